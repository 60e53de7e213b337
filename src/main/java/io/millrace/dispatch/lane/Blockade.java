// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;

/**
 * Whether the function can be reached. A fault of the target (refused credentials, function
 * missing, endpoint down) raises the blockade: no lane launches, but one at a time probes, first
 * after a second and then at growing intervals. Any outcome that came from the function lifts it.
 *
 * <p>Not checkpointed: a restored task tries at once. Not thread-safe: it belongs to the task
 * thread.
 */
public final class Blockade {

  private final long firstProbe;
  private final long longestProbe;
  private boolean raised;
  private long interval;
  private long probeAt;
  private boolean probing;
  private long since;

  /**
   * @param firstProbe from the first fault to the first probe
   * @param longestProbe the interval grows by doubling up to this
   */
  public Blockade(Duration firstProbe, Duration longestProbe) {
    this.firstProbe = firstProbe.toMillis();
    this.longestProbe = longestProbe.toMillis();
  }

  /**
   * A call met a fault of the target.
   *
   * @param probe whether this call was the probe
   * @return true when this raised the blockade
   */
  public boolean meetFault(long now, boolean probe) {
    if (!raised) {
      raised = true;
      since = now;
      interval = firstProbe;
      probeAt = now + interval;
      return true;
    }
    if (probe) {
      probing = false;
      interval = Math.min(longestProbe, interval * 2);
      probeAt = now + interval;
    }
    return false;
  }

  /**
   * A call was answered by the function itself.
   *
   * @return true when this lifted the blockade
   */
  public boolean lift() {
    boolean lifted = raised;
    raised = false;
    probing = false;
    return lifted;
  }

  /** A probe ended in a way that tells nothing about the target. */
  public void endProbe(long now) {
    if (raised) {
      probing = false;
      probeAt = now + interval;
    }
  }

  public boolean isRaised() {
    return raised;
  }

  /** Since when, in milliseconds since the epoch. */
  public long since() {
    return since;
  }

  /** True when a lane may launch as the probe. */
  public boolean isProbeDue(long now) {
    return raised && !probing && now >= probeAt;
  }

  /** A lane launches as the probe. */
  public void beginProbe() {
    probing = true;
  }

  /** When the next probe is due, in milliseconds since the epoch. */
  public long probeAt() {
    return probeAt;
  }
}
