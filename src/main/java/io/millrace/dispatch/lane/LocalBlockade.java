// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * A subtask's part in the {@link Blockade}. It stops launching at the first fault of the target
 * that it meets or hears of, probes when told to, and goes on when its probe gets through or it
 * hears that another's did.
 *
 * <p>A probe that is open for longer than any refusal takes has got through: the function may work
 * for minutes, and its other shards are not to wait for that.
 *
 * <p>Not checkpointed. Not thread-safe: it belongs to the task thread.
 */
final class LocalBlockade {

  private enum Probe {
    NONE,
    DUE,
    UNDER_WAY
  }

  private final long refusalTime;
  private boolean raised;
  private long episode;
  private String message = "";
  private long launches;
  private long firstAfterLift;
  private long liftedEpisode;
  private long probeNumber;
  private Probe probe = Probe.NONE;
  private long probeBegan;

  /**
   * @param refusalTime within which a target that refuses a call has done so
   */
  LocalBlockade(Duration refusalTime) {
    this.refusalTime = refusalTime.toMillis();
  }

  /** Counts a launch; gives its number. */
  long launch() {
    return launches++;
  }

  /**
   * A call met a fault of the target.
   *
   * @param launch number of its launch: what was launched before a lift tells of the past
   * @param number of the probe that the call was; 0 when it was none
   */
  void meetFault(long launch, String fault, long number) {
    if (raised) {
      message = fault;
    } else if (launch >= firstAfterLift) {
      raised = true;
      episode = 0;
      message = fault;
    }
    endProbe(number);
  }

  /** The probe ended, in whatever way. */
  void endProbe(long number) {
    if (number == probeNumber) {
      probe = Probe.NONE;
    }
  }

  /**
   * A call got through.
   *
   * @param number of the probe that the call was; 0 when it was none, and tells of the past only
   * @return true when this ended the episode
   */
  boolean getThrough(long number) {
    if (!raised || probe != Probe.UNDER_WAY || number != probeNumber) {
      return false;
    }
    liftedEpisode = episode;
    clear();
    return true;
  }

  private void clear() {
    raised = false;
    firstAfterLift = launches;
    probe = Probe.NONE;
  }

  /** Does as the coordinator says. */
  void obey(Blockade.Order order) {
    if (order.episode() == 0) {
      // An own fault that the coordinator has not heard of yet stands.
      if (raised && episode != 0) {
        clear();
      }
    } else if (raised || order.episode() != liftedEpisode) {
      raised = true;
      episode = order.episode();
      message = order.message();
      if (order.probe() > probeNumber) {
        probeNumber = order.probe();
        probe = Probe.DUE;
      }
    }
  }

  Blockade.Report report(boolean canProbe) {
    return new Blockade.Report(
        raised,
        raised ? episode : liftedEpisode,
        message,
        probeNumber,
        probe != Probe.NONE,
        canProbe);
  }

  boolean isRaised() {
    return raised;
  }

  /** Why the function cannot be reached. */
  String message() {
    return message;
  }

  /** True when the next launch is the probe. */
  boolean isProbeDue() {
    return probe == Probe.DUE;
  }

  /** A probe that could not be made, for want of an envelope, lapses: another subtask's turn. */
  void lapse() {
    if (probe == Probe.DUE) {
      probe = Probe.NONE;
    }
  }

  /** The launch that is being made is the probe. */
  long beginProbe(long now) {
    probe = Probe.UNDER_WAY;
    probeBegan = now;
    return probeNumber;
  }

  /** When the probe under way counts as having got through, in milliseconds since the epoch. */
  OptionalLong throughAt() {
    return probe == Probe.UNDER_WAY
        ? OptionalLong.of(probeBegan + refusalTime)
        : OptionalLong.empty();
  }

  /** The number of the last probe that was to be made. */
  long probeNumber() {
    return probeNumber;
  }
}
