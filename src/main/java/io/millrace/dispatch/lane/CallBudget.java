// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

/**
 * How many calls may be under way at once: the share of {@code function.max-concurrency} that this
 * subtask has. It starts small after a start or restore and grows by one with each call that was
 * answered, so that it doubles in the time of one call; throttling halves it.
 *
 * <p>Not thread-safe: it belongs to the task thread.
 */
public final class CallBudget {

  private final int max;
  private int limit;
  private int underWay;

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

  public boolean hasRoom() {
    return underWay < limit;
  }

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
  public void giveBackThrottled() {
    underWay--;
    limit = Math.max(1, limit / 2);
  }

  /** A call ended otherwise. */
  public void giveBack() {
    underWay--;
  }

  /** Calls under way. */
  public int underWay() {
    return underWay;
  }

  /** Calls that may be under way at once now. */
  public int limit() {
    return limit;
  }
}
