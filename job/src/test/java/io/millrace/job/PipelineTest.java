// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.options.OptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipelineTest {

  @TempDir private Path directory;

  @Test
  void everyDefaultOfTheJob() {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration());
    Pipeline.build(env, spec(Map.of()));

    assertThat(env.getCheckpointConfig().getCheckpointInterval()).isEqualTo(10_000);
    assertThat(env.getCheckpointConfig().getCheckpointingConsistencyMode())
        .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
    assertThat(env.getConfiguration().get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(env.getConfiguration().get(RocksDBOptions.OPTIONS_FACTORY))
        .isEqualTo(RocksDBFiles.class.getName());
    assertThat(env.getConfiguration().get(RestartStrategyOptions.RESTART_STRATEGY))
        .isEqualTo("exponential-delay");
    assertThat(
            env.getConfiguration()
                .get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(
            env.getConfiguration()
                .get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF))
        .isLessThan(Duration.ofSeconds(1));
    assertThat(env.getMaxParallelism()).isEqualTo(1024);
    assertThat(env.getParallelism()).isEqualTo(1);
    assertThat(env.getConfig().getGlobalJobParameters().toMap())
        .containsOnly(
            Map.entry("millrace.sink-uid", "functions"), Map.entry("millrace.trigger", "orders"));
  }

  @Test
  void theTriggersKeysWinOverTheEnvironmentsAndBothOverDefaults() {
    Configuration given = new Configuration();
    given.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(3));
    given.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    given.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    given.set(RocksDBOptions.OPTIONS_FACTORY, "com.example.Options");
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(given);

    Pipeline.build(env, spec(Map.of("flink.state.backend.type", "rocksdb")));

    ReadableConfig effective = env.getConfiguration();
    assertThat(effective.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(effective.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("none");
    assertThat(effective.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
    assertThat(effective.get(RocksDBOptions.OPTIONS_FACTORY)).isEqualTo("com.example.Options");
  }

  @Test
  void anEnvironmentThatWouldBreakTheJobIsRefused() {
    Configuration given = new Configuration();
    given.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.AT_LEAST_ONCE);

    assertThatThrownBy(() -> Pipeline.build(new StreamExecutionEnvironment(given), spec(Map.of())))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining("AT_LEAST_ONCE");
  }

  @Test
  void sourceAndSinkAreOneTaskNamedAfterStreamAndFunction() {
    JobGraph graph =
        JobSubmission.graph(
            new Configuration(), spec(Map.of("parallelism", "4")), java.util.Optional.empty());

    assertThat(graph.getName()).isEqualTo("orders");
    List<JobVertex> vertices = new ArrayList<>();
    graph.getVertices().forEach(vertices::add);
    assertThat(vertices).hasSize(1);
    assertThat(vertices.get(0).getName()).contains("events", "events → nowhere: dispatch");
    assertThat(vertices.get(0).getParallelism()).isEqualTo(4);
    assertThat(vertices.get(0).getMaxParallelism()).isEqualTo(1024);
  }

  private TriggerSpec spec(Map<String, String> overrides) {
    return TriggerText.parse(directory, TriggerText.SMALLEST, overrides);
  }
}
