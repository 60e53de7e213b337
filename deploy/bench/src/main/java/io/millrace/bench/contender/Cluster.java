// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Flink inside of this process, with one job; and what it tells of the job's checkpoints. Used by
 * one thread.
 */
final class Cluster {

  /** Millrace's own jobs have it, and its source needs it. */
  private static final int MAX_PARALLELISM = 1024;

  /** Of a round's checkpoints, which are one a second. */
  private static final int REMEMBERED = 200;

  private final MiniCluster cluster;
  private final JobID job;

  private Cluster(MiniCluster cluster, JobID job) {
    this.cluster = cluster;
    this.job = job;
  }

  /** What a job is built in. */
  static StreamExecutionEnvironment environment(Assignment assignment) {
    return StreamExecutionEnvironment.createLocalEnvironment(
        assignment.parallelism(), configuration(assignment));
  }

  private static Configuration configuration(Assignment assignment) {
    Configuration configuration = new Configuration();
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        assignment.directory().resolve("checkpoints").toUri().toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL,
        Duration.ofMillis(Assignment.CHECKPOINT_MILLIS));
    configuration.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    configuration.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, REMEMBERED);
    configuration.set(RestOptions.BIND_PORT, "0");
    return configuration;
  }

  /** Starts it with the job that was built. */
  static Cluster run(StreamExecutionEnvironment env, String name, Assignment assignment)
      throws Exception {
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(name);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration(assignment))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(assignment.parallelism())
                .build());
    cluster.start();
    return new Cluster(cluster, cluster.submitJob(graph.getJobGraph()).get().getJobID());
  }

  /** The checkpoints that were completed since a time, in milliseconds since 1970. */
  Optional<Checkpoints> checkpointsSince(long time) throws Exception {
    List<CompletedCheckpointStats> completed =
        cluster
            .getExecutionGraph(job)
            .get()
            .getCheckpointStatsSnapshot()
            .getHistory()
            .getCheckpoints()
            .stream()
            .filter(CompletedCheckpointStats.class::isInstance)
            .map(CompletedCheckpointStats.class::cast)
            .filter(each -> each.getLatestAckTimestamp() >= time)
            .toList();
    return completed.isEmpty() ? Optional.empty() : Optional.of(Checkpoints.of(completed));
  }

  /**
   * Several checkpoints.
   *
   * @param millis from trigger to the last acknowledgement, the median
   * @param mostMillis of all of them
   * @param bytes of the state as a whole, the median
   */
  record Checkpoints(long millis, long mostMillis, long bytes) {

    private static Checkpoints of(List<CompletedCheckpointStats> completed) {
      long[] millis =
          sorted(completed.stream().mapToLong(CompletedCheckpointStats::getEndToEndDuration));
      long[] bytes = sorted(completed.stream().mapToLong(CompletedCheckpointStats::getStateSize));
      return new Checkpoints(
          millis[millis.length / 2], millis[millis.length - 1], bytes[bytes.length / 2]);
    }

    private static long[] sorted(LongStream values) {
      return values.sorted().toArray();
    }
  }
}
