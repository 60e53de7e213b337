// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;
import java.util.Optional;

/**
 * When a failed envelope is tried again, and how often. The defaults are the contract's: 1 s after
 * the failure, 512 failed attempts (DataHub, "Synchronize data to Function Compute", usage notes).
 *
 * @param interval from a failure to the next attempt
 * @param maxAttempts failed attempts after which the lane is exhausted, at least 1
 * @param probes when an exhausted lane is tried by itself; empty for never
 */
public record RetrySchedule(Duration interval, int maxAttempts, Optional<ProbeSchedule> probes) {

  public RetrySchedule {
    if (interval.isNegative() || maxAttempts < 1) {
      throw new IllegalArgumentException("interval must not be negative, maxAttempts at least 1");
    }
  }

  /** A schedule without probes. */
  public RetrySchedule(Duration interval, int maxAttempts) {
    this(interval, maxAttempts, Optional.empty());
  }

  boolean isExhausted(int failedAttempts) {
    return failedAttempts >= maxAttempts;
  }

  long nextAttempt(long now) {
    return now + interval.toMillis();
  }

  /** When an exhausted lane is tried by itself; never where that is not wanted. */
  long nextProbe(int failedAttempts, long failedAt) {
    return probes
        .map(probe -> failedAt + probe.interval(Math.max(0, failedAttempts - maxAttempts)))
        .orElse(Long.MAX_VALUE);
  }
}
