// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.Lane;

/** Which command makes sense for a shard, as it was seen last, and why another does not. */
final class CommandFit {

  private CommandFit() {}

  static boolean fits(Verb verb, LaneStatus status) {
    boolean suspended = isIn(Lane.State.SUSPENDED, status);
    boolean over = isIn(Lane.State.ENDED, status) || !hasBegun(status);
    return switch (verb) {
      case RESUME -> suspended;
      case SUSPEND -> !suspended && !over;
      case SEEK -> !over;
      case RETRY ->
          isIn(Lane.State.RETRYING, status)
              && !Lane.Waiting.EARLIER_CALL.name().equals(status.waitingFor());
      case SKIP -> isHeldUp(status) && status.inFlightSince() == null && status.envelope() != null;
    };
  }

  /** Why a command does not fit: what follows "shard 3 is". */
  static String misfit(Verb verb, LaneStatus status) {
    if (!hasBegun(status)) {
      return "not begun; it waits for its parents " + status.parents();
    }
    return status.state()
        + switch (verb) {
          case RESUME -> "; only a SUSPENDED shard can be resumed";
          case SUSPEND -> "; a SUSPENDED or ENDED shard cannot be suspended";
          case SEEK -> "; a shard that has ended and was delivered cannot be moved";
          case RETRY -> noRetry(status);
          case SKIP -> noSkip(status);
        };
  }

  private static String noRetry(LaneStatus status) {
    if (isIn(Lane.State.SUSPENDED, status)) {
      return "; resume it: that is an attempt now, with fresh attempts after it";
    }
    return isIn(Lane.State.RETRYING, status)
        ? ", but a call whose answer was lost may still be running"
        : "; only a RETRYING shard can be tried again";
  }

  private static String noSkip(LaneStatus status) {
    if (status.inFlightSince() != null) {
      return ", and a call is under way; suspend it, and skip when the call has ended";
    }
    return isHeldUp(status)
        ? ", but holds no envelope that has been tried"
        : "; only of a SUSPENDED or RETRYING shard anything can be skipped";
  }

  private static boolean hasBegun(LaneStatus status) {
    return !LaneStatus.PARENTS.equals(status.waitingFor());
  }

  /** It fails, or waits for an operator. */
  private static boolean isHeldUp(LaneStatus status) {
    return isIn(Lane.State.RETRYING, status) || isIn(Lane.State.SUSPENDED, status);
  }

  private static boolean isIn(Lane.State state, LaneStatus status) {
    return status.state().equals(state.name());
  }
}
