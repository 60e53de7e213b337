// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.job.Pipeline;
import io.millrace.job.TriggerSpec;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Millrace as a trigger describes it; and the environment that all Flink contenders share. */
final class MillraceJob {

  static final String NO_LEDGER = "";

  /** Millrace's own jobs have it, and its source needs it. */
  private static final int MAX_PARALLELISM = 1024;

  private MillraceJob() {}

  /** What a trigger says of the ledger, which is the stream's subscription. */
  static String ledger(Assignment assignment, String mode) {
    return """
      ledger: source
      ledger-mode: %s
    source.subscription: %s
    """
        .formatted(mode, assignment.subscription());
  }

  static void begin(Assignment assignment, String ledger) throws Exception {
    TriggerSpec spec = TriggerSpec.parse(assignment.trigger(ledger), Map.of());
    StreamExecutionEnvironment env = environment(assignment);
    Pipeline.build(env, spec);
    env.executeAsync("millrace");
  }

  /** Flink inside of this process. */
  static StreamExecutionEnvironment environment(Assignment assignment) {
    Configuration configuration = new Configuration();
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        assignment.directory().resolve("checkpoints").toUri().toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL,
        java.time.Duration.ofMillis(Assignment.CHECKPOINT_MILLIS));
    configuration.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(assignment.parallelism(), configuration);
    return env;
  }
}
