// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.util.OptionalLong;

/**
 * How many calls may be under way at once: the share of {@code function.max-concurrency} that this
 * subtask has. It starts small after a start or restore and grows by one with each call that was
 * answered, so that it doubles in the time of one call; throttling halves it. Calls that do not
 * come back must not hold up the others: a budget that is used up doubles each second all the same.
 *
 * <p>Not thread-safe: it belongs to the task thread.
 */
public final class CallBudget {

  private static final long GROWTH_INTERVAL = 1_000;

  private final int max;
  private int limit;
  private int underWay;
  private long fullSince = -1;

  /**
   * @param max calls at once at most, at least 1
   * @param start how many calls at once to begin with
   */
  public CallBudget(int max, int start) {
    if (max < 1 || start < 1) {
      throw new IllegalArgumentException("a budget is at least 1");
    }
    this.max = max;
    this.limit = Math.min(max, start);
  }

  /** This subtask's share of {@code total}, when {@code parallelism} subtasks share it. */
  public static int share(int total, int parallelism, int subtask) {
    int share = total / parallelism + (subtask < total % parallelism ? 1 : 0);
    return Math.max(1, share);
  }

  /** True when one more call may be launched at {@code now}. */
  public boolean hasRoom(long now) {
    if (underWay < limit) {
      fullSince = -1;
      return true;
    }
    if (fullSince < 0) {
      fullSince = now;
    } else if (now - fullSince >= GROWTH_INTERVAL && limit < max) {
      limit = Math.min(max, limit * 2);
      fullSince = -1;
    }
    return underWay < limit;
  }

  /** When a budget that is used up grows, in milliseconds since the epoch. */
  public OptionalLong growsAt() {
    return fullSince < 0 || limit == max
        ? OptionalLong.empty()
        : OptionalLong.of(fullSince + GROWTH_INTERVAL);
  }

  /** A call is launched. */
  public void take() {
    underWay++;
  }

  /** A call ended, with an answer of the function. */
  public void giveBackAnswered() {
    underWay--;
    if (limit < max) {
      limit++;
    }
  }

  /** A call ended because of load. */
  public void giveBackThrottled(long now) {
    underWay--;
    limit = Math.max(1, limit / 2);
    fullSince = now;
  }

  /** A call ended otherwise. */
  public void giveBack() {
    underWay--;
  }

  /** Calls under way. */
  public int underWay() {
    return underWay;
  }
}
