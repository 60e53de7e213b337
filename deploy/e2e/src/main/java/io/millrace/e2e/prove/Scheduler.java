// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.util.Map;
import org.apache.flink.configuration.JobManagerOptions;

/** What of Flink's decides which subtasks run where, and what restarts when one is lost. */
enum Scheduler {
  /** Only what was lost restarts; a job has the parallelism that it was started with. */
  DEFAULT,
  /** The whole job restarts, which is how it can be rescaled in place. */
  ADAPTIVE;

  /** Flink's settings for it. */
  Map<String, String> settings() {
    return switch (this) {
      case DEFAULT -> Map.of();
      case ADAPTIVE ->
          Map.of(
              JobManagerOptions.SCHEDULER.key(),
              "adaptive",
              // A lost TaskManager is replaced: the job waits for that, and does not shrink first.
              JobManagerOptions.SCHEDULER_SUBMISSION_RESOURCE_STABILIZATION_TIMEOUT.key(),
              "30 s",
              // What is asked for is done with the next checkpoint.
              JobManagerOptions.SCHEDULER_EXECUTING_COOLDOWN_AFTER_RESCALING.key(),
              "0 s",
              JobManagerOptions.SCHEDULER_EXECUTING_RESOURCE_STABILIZATION_TIMEOUT.key(),
              "0 s");
    };
  }
}
