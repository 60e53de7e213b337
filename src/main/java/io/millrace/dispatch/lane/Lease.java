// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;

/**
 * Leave to launch. A task that was frozen, or cut off, does not know that another has taken over;
 * but it knows that its lease has run out. It is renewed by the coordinator's answers, reckoned
 * from when the question was sent, and is shorter than the time in which a silent task is replaced.
 *
 * <p>Renewed by the task thread, looked at by any: a call is let out under it.
 *
 * <p>Times are of {@link System#nanoTime}, which a stopped process cannot stop.
 */
public final class Lease {

  private final long duration;
  private volatile boolean granted;
  private volatile long until;

  public Lease(Duration duration) {
    this.duration = duration.toNanos();
  }

  /**
   * Renews the lease.
   *
   * @param askedAt when the question was sent
   */
  public void renew(long askedAt) {
    long renewed = askedAt + duration;
    if (!granted || renewed - until > 0) {
      until = renewed;
      granted = true;
    }
  }

  /** The coordinator refused: another attempt of this subtask is the current one. */
  public void revoke() {
    granted = false;
  }

  public boolean isFresh(long nanoTime) {
    return granted && until - nanoTime > 0;
  }

  /** True when it was renewed by a question sent after a moment. */
  boolean isRenewedSince(long nanoTime) {
    return granted && until - duration - nanoTime > 0;
  }
}
