// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.util.Arrays;

/**
 * The last calls of a lane that the function answered: how long each took, and how many records it
 * was given. Exact over a window of fixed size, so a lane costs one kilobyte however long it lives,
 * and what the function did an hour ago does not hide what it does now. Of this run only.
 */
final class RecentCalls {

  /** Of so many, the 99th percentile is the one before the slowest. */
  private static final int WINDOW = 128;

  /** Nothing was called yet. */
  static final CallSummary NONE = new CallSummary(0, 0, 0, 0);

  private int[] millis;
  private int[] records;
  private int calls;
  private int next;
  private int[] sorted = {};
  private CallSummary summary = NONE;

  void add(long tookMillis, int count) {
    if (millis == null) {
      millis = new int[WINDOW];
      records = new int[WINDOW];
    }
    millis[next] = (int) Math.max(0, Math.min(tookMillis, Integer.MAX_VALUE));
    records[next] = count;
    next = (next + 1) % WINDOW;
    calls = Math.min(calls + 1, WINDOW);
    summary = null;
  }

  /** Reckoned when it is asked for, and not again before the next call. */
  CallSummary summary() {
    if (summary == null) {
      sorted = Arrays.copyOf(millis, calls);
      Arrays.sort(sorted);
      long sum = 0;
      for (int i = 0; i < calls; i++) {
        sum += records[i];
      }
      summary =
          new CallSummary(calls, rank(sorted, 0.50), rank(sorted, 0.99), (double) sum / calls);
    }
    return summary;
  }

  /** How long each call took, the shortest first; never written to again. */
  int[] sortedMillis() {
    summary();
    return sorted;
  }

  /** The smallest value that so large a part of all does not exceed. */
  private static int rank(int[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1];
  }
}
