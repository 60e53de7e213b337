// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.job.Pipeline;
import io.millrace.job.TriggerSpec;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Millrace as a trigger describes it. */
final class MillraceJob {

  static final String NO_LEDGER = "";

  private MillraceJob() {}

  /** What a trigger says of the ledger, which is the stream's subscription. */
  static String ledger(Assignment assignment, String mode) {
    return """
      ledger: source
      ledger-mode: %s
    source.%s: %s
    """
        .formatted(
            mode,
            switch (assignment.pair()) {
              case DATAHUB_FC -> "subscription";
              case DIS_FUNCTIONGRAPH -> "app";
            },
            assignment.subscription());
  }

  static Cluster begin(Assignment assignment, String ledger) throws Exception {
    TriggerSpec spec = TriggerSpec.parse(assignment.trigger(ledger), Map.of());
    StreamExecutionEnvironment env = Cluster.environment(assignment);
    Pipeline.build(env, spec);
    return Cluster.run(env, "millrace", assignment);
  }
}
