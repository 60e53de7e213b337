// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.JobTasks;
import io.millrace.source.ShardStreamSource;
import io.millrace.source.SourceOptions;
import io.millrace.source.enumerator.Placement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backlog stays in the stream, and no checkpoint waits: with every function call hanging. */
final class BacklogITCase {

  private static final int SHARDS = 256;
  private static final int PARALLELISM = 2;
  private static final MemorySize BUFFER = MemorySize.ofMebiBytes(4);

  /** Several times what the buffer has room for. */
  private static final int RECORDS = 500;

  private static final Duration PATIENCE = JobTasks.PATIENCE;

  @TempDir private Path directory;

  private JobID start(
      MiniCluster cluster, FakeStream stream, FakeFunction function, Optional<String> savepoint)
      throws Exception {
    Configuration options = new Configuration();
    options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    options.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    options.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, false);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
    env.setParallelism(PARALLELISM);
    env.setMaxParallelism(Placement.MAX_PARALLELISM);
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.BUFFER, BUFFER);
    delivery.set(DeliveryOptions.STOP_DRAIN_TIMEOUT, Duration.ofSeconds(1));
    Configuration source = new Configuration();
    source.set(SourceOptions.FETCH_MAX_RECORDS, 50);
    env.fromSource(
            ShardStreamSource.of(stream.factory(), new StartPosition.Earliest(), source),
            WatermarkStrategy.noWatermarks(),
            "orders")
        .uid("source")
        .sinkTo(FunctionSink.of("orders", function.factory(), FakeFunction.FORMAT, delivery))
        .uid("functions");
    JobGraph graph = env.getStreamGraph().getJobGraph();
    savepoint.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path, false)));
    return cluster.submitJob(graph).get().getJobID();
  }

  @Test
  void everyCallHangs() throws Exception {
    Configuration options = JobTasks.patientCluster();
    options.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.resolve("cp").toUri() + "");
    try (MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(options)
                    .setNumSlotsPerTaskManager(PARALLELISM)
                    .withRandomPorts()
                    .build());
        FakeStream stream = FakeStream.withShards(SHARDS);
        FakeFunction function = FakeFunction.create()) {
      cluster.start();
      function.hang();
      stream.putEverywhere(RECORDS);

      JobID job = start(cluster, stream, function, Optional.empty());
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(function.openCalls()).isGreaterThan(0));
      assertQuickAndBounded(cluster, job);

      JobTasks.awaitRunning(cluster, job);
      String savepoint =
          cluster
              .stopWithSavepoint(
                  job, directory.resolve("sp").toUri() + "", false, SavepointFormatType.CANONICAL)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      job = start(cluster, stream, function, Optional.of(savepoint));
      assertQuickAndBounded(cluster, job);

      function.release();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                for (int shard : List.of(0, 100, SHARDS - 1)) {
                  assertThat(function.received(shard + ""))
                      .endsWith(shard + ":" + (RECORDS - 1) + ".0");
                }
              });
      cluster.cancelJob(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Waits until nothing moves any more, and looks at the checkpoints from then on. */
  private static void assertQuickAndBounded(MiniCluster cluster, JobID job) throws Exception {
    AtomicReference<List<CompletedCheckpointStats>> still = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              List<CompletedCheckpointStats> last = lastCompleted(cluster, job);
              assertThat(last).hasSize(8);
              assertThat(last.stream().map(CompletedCheckpointStats::getStateSize).distinct())
                  .as("state size")
                  .hasSize(1);
              still.set(last);
            });
    // The buffer counts memory, which is more than the same records take in state.
    assertThat(still.get().get(0).getStateSize())
        .isLessThan(PARALLELISM * BUFFER.getBytes() + SHARDS * 1000L);
    // A checkpoint that waited for calls would never end. How quick one can be is told by the
    // quickest of many: the others measure what else the machine had to do.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(lastCompleted(cluster, job))
                    .extracting(CompletedCheckpointStats::getEndToEndDuration)
                    .anySatisfy(duration -> assertThat(duration).isLessThan(1_000)));
  }

  private static List<CompletedCheckpointStats> lastCompleted(MiniCluster cluster, JobID job)
      throws Exception {
    CheckpointStatsSnapshot stats =
        cluster
            .getExecutionGraph(job)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .getCheckpointStatsSnapshot();
    return stats == null
        ? List.of()
        : stats.getHistory().getCheckpoints().stream()
            .filter(CompletedCheckpointStats.class::isInstance)
            .map(CompletedCheckpointStats.class::cast)
            .filter(checkpoint -> !checkpoint.getProperties().isSavepoint())
            .limit(8)
            .toList();
  }
}
