// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.io.Serializable;
import java.time.Duration;

/**
 * Whether the function can be reached, for all subtasks together. A fault of the target (refused
 * credentials, function missing, endpoint down) that any subtask reports begins an episode: nobody
 * launches, but one call at a time probes, first after a second and then at growing intervals. The
 * probe that gets through ends the episode.
 *
 * <p>Lives on the JobManager's main thread and hears of the subtasks by their {@link Report}s, each
 * answered with an {@link Order}. Either may be lost or come twice. Not checkpointed: a restored
 * job tries at once.
 */
public final class Blockade {

  /** What changed with a report. */
  public enum Change {
    NONE,
    RAISED,
    LIFTED
  }

  /**
   * What a subtask tells.
   *
   * @param blocked whether it launches nothing because of the target
   * @param episode that it knows of; when blocked, 0 says that it met a fault of its own since
   * @param message what it met last
   * @param probe number of the last probe that it was told to make
   * @param probing whether that probe is under way
   * @param canProbe whether it has an envelope to probe with
   */
  public record Report(
      boolean blocked, long episode, String message, long probe, boolean probing, boolean canProbe)
      implements Serializable {}

  /**
   * What a subtask is told.
   *
   * @param episode under way; 0 when the function can be reached
   * @param since when it began, in milliseconds since the epoch
   * @param message what was met last
   * @param probe number of the probe that this subtask is to make; 0 for none
   */
  public record Order(long episode, long since, String message, long probe)
      implements Serializable {

    public static final Order NONE = new Order(0, 0, "", 0);
  }

  private static final int NOBODY = -1;

  private final long firstProbe;
  private final long longestProbe;
  private long episodes;
  private long probes;
  private boolean raised;
  private long since;
  private String message = "";
  private long interval;
  private long probeAt;
  private int prober = NOBODY;

  /**
   * @param firstProbe from the first fault to the first probe
   * @param longestProbe the interval grows by doubling up to this
   */
  public Blockade(Duration firstProbe, Duration longestProbe) {
    this.firstProbe = firstProbe.toMillis();
    this.longestProbe = longestProbe.toMillis();
  }

  /** Takes what a subtask tells; {@link #order} has the answer. */
  public Change report(int subtask, Report report, long now) {
    if (!report.blocked()) {
      if (raised && report.episode() == episodes) {
        raised = false;
        prober = NOBODY;
        return Change.LIFTED;
      }
      return Change.NONE;
    }
    if (!raised) {
      if (report.episode() != 0) {
        // It has not heard yet that the episode is over.
        return Change.NONE;
      }
      raised = true;
      episodes++;
      since = now;
      message = report.message();
      interval = firstProbe;
      probeAt = now + interval;
      prober = NOBODY;
      return Change.RAISED;
    }
    if (subtask == prober && report.probe() == probes && !report.probing()) {
      message = report.message();
      prober = NOBODY;
      interval = Math.min(longestProbe, interval * 2);
      probeAt = now + interval;
    }
    return Change.NONE;
  }

  /** What to answer to a subtask's report; a probe goes to one subtask at a time. */
  public Order order(int subtask, Report report, long now) {
    if (!raised) {
      return Order.NONE;
    }
    if (prober == NOBODY && report.canProbe() && now >= probeAt) {
      prober = subtask;
      probes++;
    }
    // Told again until the subtask knows of it: an answer can be lost.
    boolean tell = prober == subtask && report.probe() != probes;
    return new Order(episodes, since, message, tell ? probes : 0);
  }

  /** The subtask has begun anew: its probe, if it made one, is gone, and another is due at once. */
  public void forget(int subtask, long now) {
    if (prober == subtask) {
      prober = NOBODY;
    }
    probeAt = Math.min(probeAt, now);
  }

  /** All subtasks have begun anew. */
  public void clear() {
    raised = false;
    prober = NOBODY;
  }

  public boolean isRaised() {
    return raised;
  }

  /** Since when, in milliseconds since the epoch. */
  public long since() {
    return since;
  }

  /** What was met last. */
  public String message() {
    return message;
  }
}
