// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import static org.awaitility.Awaitility.await;

import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.enumerator.Placement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The source with stand-ins for lanes behind it, run on a MiniCluster. */
final class StreamJob {

  private static final long SECONDS = JobTasks.PATIENCE.toSeconds();

  private final MiniCluster cluster;
  private final JobID id;

  private StreamJob(MiniCluster cluster, JobID id) {
    this.cluster = cluster;
    this.id = id;
  }

  /** How a job is started; each setting returns a changed copy. */
  record Start(
      FakeStream stream,
      DeliveryLog log,
      StartPosition from,
      int parallelism,
      int maxParallelism,
      Optional<Duration> checkpoints,
      Optional<String> savepoint,
      int restarts) {

    Start parallelism(int other) {
      return new Start(stream, log, from, other, maxParallelism, checkpoints, savepoint, restarts);
    }

    Start maxParallelism(int other) {
      return new Start(stream, log, from, parallelism, other, checkpoints, savepoint, restarts);
    }

    Start from(StartPosition other) {
      return new Start(
          stream, log, other, parallelism, maxParallelism, checkpoints, savepoint, restarts);
    }

    /** No checkpoint but those that the test asks for; Flink else takes one at once. */
    Start checkpointsByHand() {
      return new Start(
          stream, log, from, parallelism, maxParallelism, Optional.empty(), savepoint, restarts);
    }

    Start savepoint(String other) {
      return new Start(
          stream,
          log,
          from,
          parallelism,
          maxParallelism,
          checkpoints,
          Optional.of(other),
          restarts);
    }

    Start restarts(int other) {
      return new Start(
          stream, log, from, parallelism, maxParallelism, checkpoints, savepoint, other);
    }

    StreamJob on(MiniCluster cluster) throws Exception {
      JobGraph graph = graph();
      cluster.submitJob(graph).get(SECONDS, TimeUnit.SECONDS);
      return new StreamJob(cluster, graph.getJobID());
    }

    private JobGraph graph() {
      Configuration configuration = new Configuration();
      configuration.set(PipelineOptions.MAX_PARALLELISM, maxParallelism);
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
      configuration.set(
          RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
      checkpoints.ifPresent(
          interval -> configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval));
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(configuration);
      env.setParallelism(parallelism);
      Configuration options = new Configuration();
      options.set(SourceOptions.DISCOVERY_INTERVAL, Duration.ofMillis(200));
      options.set(SourceOptions.IDLE_WAIT, Duration.ofMillis(20));
      DataStream<ShardRecord> records =
          env.fromSource(
                  ShardStreamSource.of(stream.factory(), from, options),
                  WatermarkStrategy.noWatermarks(),
                  "stream")
              .uid("source");
      DataStreamUtils.reinterpretAsKeyedStream(records, ShardRecord::lane, Types.INT)
          .process(log.lanes())
          .returns(Types.INT)
          .uid("lanes")
          .sinkTo(new DiscardingSink<>())
          .uid("sink");
      JobGraph graph = env.getStreamGraph().getJobGraph();
      savepoint.ifPresent(
          path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
      return graph;
    }
  }

  /** A job that starts at the oldest records, with a checkpoint each 200 ms. */
  static Start of(FakeStream stream, DeliveryLog log) {
    return new Start(
        stream,
        log,
        new StartPosition.Earliest(),
        2,
        Placement.MAX_PARALLELISM,
        Optional.of(Duration.ofMillis(200)),
        Optional.empty(),
        20);
  }

  JobStatus status() throws Exception {
    return cluster.getJobStatus(id).get(SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until all tasks run. */
  private void running() {
    JobTasks.awaitRunning(cluster, id);
  }

  /** Stops the job with a savepoint and tells its path. */
  String stop(Path directory) throws Exception {
    running();
    String path =
        cluster
            .stopWithSavepoint(
                id, directory.toUri().toString(), false, SavepointFormatType.CANONICAL)
            .get(SECONDS, TimeUnit.SECONDS);
    cluster.requestJobResult(id).get(SECONDS, TimeUnit.SECONDS);
    return path;
  }

  /** Completes a checkpoint now; one that meets a lost TaskManager is asked for again. */
  void checkpoint() {
    await()
        .atMost(JobTasks.PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .untilAsserted(
            () -> {
              running();
              cluster.triggerCheckpoint(id).get(SECONDS, TimeUnit.SECONDS);
            });
  }

  /** Ends the job, whatever state it is in. */
  void cancel() throws Exception {
    if (!status().isGloballyTerminalState()) {
      cluster.cancelJob(id).get(SECONDS, TimeUnit.SECONDS);
      cluster.requestJobResult(id).get(SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Why the job failed. */
  Throwable failure() throws Exception {
    return cluster
        .requestJobResult(id)
        .get(SECONDS, TimeUnit.SECONDS)
        .getSerializedThrowable()
        .orElseThrow()
        .deserializeError(StreamJob.class.getClassLoader());
  }
}
