// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;

/**
 * When a failed envelope is tried again, and how often. The defaults are the contract's: 1 s after
 * the failure, 512 failed attempts (DataHub, "Synchronize data to Function Compute", usage notes).
 *
 * @param interval from a failure to the next attempt
 * @param maxAttempts failed attempts after which the lane is exhausted, at least 1
 */
public record RetrySchedule(Duration interval, int maxAttempts) {

  public RetrySchedule {
    if (interval.isNegative() || maxAttempts < 1) {
      throw new IllegalArgumentException("interval must not be negative, maxAttempts at least 1");
    }
  }

  boolean isExhausted(int failedAttempts) {
    return failedAttempts >= maxAttempts;
  }

  long nextAttempt(long now) {
    return now + interval.toMillis();
  }
}
