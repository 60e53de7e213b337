// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after being throttled: doubling, with jitter, so that shards refused together do
 * not come back together.
 *
 * @param first the longest wait after the first refusal
 * @param longest the longest wait at all
 */
public record Backoff(Duration first, Duration longest) {

  /**
   * A wait, between half and the whole of what has been doubled.
   *
   * @param refusals in a row, from 1
   * @return milliseconds, at least 1
   */
  public long waitMillis(int refusals, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(refusals - 1, 20);
    long whole = Math.min(longest.toMillis(), doubled);
    return Math.max(1, whole / 2 + (long) (random.nextDouble() * (whole / 2.0)));
  }
}
