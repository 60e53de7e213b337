// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.time.Duration;

/**
 * What was agreed for calls of unknown fate.
 *
 * @param functionTimeout how long an invocation may run; the service ends it then
 * @param waits true where the next attempt waits until a call of unknown fate has run into its
 *     timeout ({@code delivery.unknown-fate: wait})
 */
public record Terms(Duration functionTimeout, boolean waits) {

  /**
   * The shortest time between two arrivals at the service of which the first was waited out. A
   * tenth less than the timeout: the first may have travelled longer than the second.
   */
  long waitedOut() {
    return functionTimeout.toNanos() / 1000 / 10 * 9;
  }
}
