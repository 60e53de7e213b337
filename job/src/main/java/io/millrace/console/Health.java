// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import io.millrace.job.ControlClient.Tasks;
import org.apache.flink.api.common.JobStatus;

/** How a job is, in the words of the person who watches it. */
enum Health {
  /** All its tasks run. */
  RUNNING,
  /** It has not run yet. */
  STARTING,
  /** It has run; Flink is bringing back what failed, or itself. */
  RESTARTING,
  /** Flink says that it runs, or nobody knows: it could not be asked. */
  UNREACHABLE,
  /** It failed for good. */
  FAILED,
  /** It was stopped or has come to its end. */
  ENDED,
  /** The JobManager does not know it any more. */
  GONE;

  /** Nothing more will come of it. */
  boolean isOver() {
    return this == FAILED || this == ENDED || this == GONE;
  }

  static Health of(JobStatus state, Tasks tasks, boolean hasRun) {
    return switch (state) {
      case FAILED -> FAILED;
      case FINISHED, CANCELED, SUSPENDED, CANCELLING -> ENDED;
      case RUNNING ->
          tasks.all() > 0 && tasks.running() == tasks.all() ? RUNNING : starting(hasRun);
      default -> starting(hasRun);
    };
  }

  private static Health starting(boolean hasRun) {
    return hasRun ? RESTARTING : STARTING;
  }
}
