// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.Outcome;

/**
 * Calls by outcome, and records by what became of them, since the task began. Read by metric
 * reporters from other threads: a stale value does no harm.
 */
public final class Tally {
  private volatile long launched;
  private volatile long acknowledged;
  private volatile long failed;
  private volatile long throttled;
  private volatile long targetFaults;
  private volatile long unknownFates;
  private volatile long notSent;
  private volatile long retries;
  private volatile long sent;
  private volatile long delivered;
  private volatile long notDelivered;
  private volatile long discarded;
  private volatile long repeated;
  private volatile long lastCallMillis;

  /**
   * A call is launched.
   *
   * @param again whether an attempt with this envelope failed before
   * @param repeat records that may have been delivered before a restore
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  void launch(int records, boolean again, long repeat) {
    launched++;
    sent += records;
    retries += again ? 1 : 0;
    repeated += repeat;
  }

  /** A call with so many records has ended, after so many milliseconds. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  void end(Outcome outcome, int records, long took) {
    count(outcome);
    lastCallMillis = took;
    if (outcome instanceof Outcome.Acknowledged) {
      delivered += records;
    } else if (outcome instanceof Outcome.NotSent) {
      sent -= records;
    } else {
      notDelivered += records;
    }
  }

  /** Records were given up. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  void discard(long records) {
    discarded += records;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the task thread only
  private void count(Outcome outcome) {
    if (outcome instanceof Outcome.Acknowledged) {
      acknowledged++;
    } else if (outcome instanceof Outcome.Throttled) {
      throttled++;
    } else if (outcome instanceof Outcome.TargetFault) {
      targetFaults++;
    } else if (outcome instanceof Outcome.UnknownFate) {
      unknownFates++;
    } else if (outcome instanceof Outcome.NotSent) {
      notSent++;
    } else {
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

  /** Calls that were launched and not let out, because the lease had ended meanwhile. */
  public long notSent() {
    return notSent;
  }

  /** Calls with an envelope of which an attempt had failed. */
  public long retries() {
    return retries;
  }

  /** Records in calls launched, as often as they were sent. */
  public long sent() {
    return sent;
  }

  /** Records that the function acknowledged. */
  public long delivered() {
    return delivered;
  }

  /** Records in calls that ended otherwise. */
  public long notDelivered() {
    return notDelivered;
  }

  /** Records given up. */
  public long discarded() {
    return discarded;
  }

  /** Records sent again after a restore, though they may have been delivered. */
  public long repeated() {
    return repeated;
  }

  /** How long the call took that ended last. */
  public long lastCallMillis() {
    return lastCallMillis;
  }
}
