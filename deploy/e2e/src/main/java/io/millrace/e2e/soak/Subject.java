// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import java.util.Locale;

/** Of what there are samples. */
public enum Subject {
  /** A process that leads. */
  JOBMANAGER,
  /** A process that runs subtasks. */
  TASKMANAGER,
  /** What the job keeps outside of its processes. */
  JOB,
  /** What processes leave on disk, dead ones too. */
  CLUSTER;

  /** As it is called in a report. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
