// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;

/**
 * When a lane whose attempts are used up is tried once more, by itself: at intervals that double.
 *
 * @param first from the suspension to the first probe
 * @param longest interval
 */
public record ProbeSchedule(Duration first, Duration longest) {

  public ProbeSchedule {
    if (first.toMillis() < 1 || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("the first interval is positive, the longest not shorter");
    }
  }

  /**
   * From a failure to the next probe, in milliseconds.
   *
   * @param probes that failed before
   */
  long interval(int probes) {
    long interval = first.toMillis();
    for (int i = 0; i < probes && interval < longest.toMillis(); i++) {
      interval *= 2;
    }
    return Math.min(longest.toMillis(), interval);
  }
}
