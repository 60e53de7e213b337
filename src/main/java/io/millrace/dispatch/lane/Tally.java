// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.Outcome;

/**
 * Calls by outcome, since the task began. Read by metric reporters from other threads: a stale
 * value does no harm.
 */
public final class Tally {
  private volatile long launched;
  private volatile long acknowledged;
  private volatile long failed;
  private volatile long throttled;
  private volatile long targetFaults;
  private volatile long unknownFates;

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  void launch() {
    launched++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  void count(Outcome outcome) {
    if (outcome instanceof Outcome.Acknowledged) {
      acknowledged++;
    } else if (outcome instanceof Outcome.Throttled) {
      throttled++;
    } else if (outcome instanceof Outcome.TargetFault) {
      targetFaults++;
    } else if (outcome instanceof Outcome.UnknownFate) {
      unknownFates++;
    } else if (!(outcome instanceof Outcome.NotSent)) {
      failed++;
    }
  }

  public long launched() {
    return launched;
  }

  public long acknowledged() {
    return acknowledged;
  }

  public long failed() {
    return failed;
  }

  public long throttled() {
    return throttled;
  }

  public long targetFaults() {
    return targetFaults;
  }

  public long unknownFates() {
    return unknownFates;
  }
}
