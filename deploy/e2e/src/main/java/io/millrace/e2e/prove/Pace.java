// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A run of a fixed time at a fixed rate, with faults drawn one after the other.
 *
 * @param minutes how long records are put
 * @param rate records a second
 * @param faultEvery from the beginning of one fault to that of the next, or longer where it lasts
 */
record Pace(int minutes, int rate, Duration faultEvery) {

  /**
   * What is not drawn unless it is asked for: afterwards there are other shards, other subtasks or
   * another job, and what processes hold could not be compared with what they held before.
   */
  private static final Set<Fault> ANOTHER_LOAD =
      EnumSet.of(
          Fault.PLANNED_RESCALE,
          Fault.KILL_AFTER_RESCALE,
          Fault.OLD_SAVEPOINT,
          Fault.REWIND,
          Fault.SPLIT,
          Fault.MERGE,
          Fault.SCALE_UP,
          Fault.SCALE_DOWN,
          Fault.KILLS_WHILE_RESHARDING,
          Fault.SESSION_STOLEN);

  /** How many records that is. */
  long records() {
    return 60L * minutes * rate;
  }

  /** Those of some faults after which everything is as it was before. */
  static List<Fault> sameLoad(List<Fault> faults) {
    return faults.stream().filter(fault -> !ANOTHER_LOAD.contains(fault)).toList();
  }
}
