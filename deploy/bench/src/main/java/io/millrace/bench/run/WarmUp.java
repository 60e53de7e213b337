// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Tells when a contender is warm: the processor time of a record is no longer falling. A program
 * that the JVM is still compiling pays for that, and for running uncompiled, so the cost of a
 * record falls for as long as there is something to gain. It is taken over windows of {@link
 * #WINDOW_SECONDS}; when the last one is not cheaper than the one before by more than {@link
 * #STILL_FALLING}, it is over.
 *
 * <p>It lasts as long as {@code least} in any case, since at first there may be too little to
 * compile, and not longer than {@code most}. Used by one thread.
 */
final class WarmUp {

  static final int WINDOW_SECONDS = 3;

  /** What processor times of three seconds differ by anyway, on a machine that is quiet. */
  static final double STILL_FALLING = 0.05;

  private final int least;
  private final int most;
  private final Deque<Look> looks = new ArrayDeque<>();
  private Look first;
  private Look last;

  /**
   * @param least seconds
   * @param most seconds
   */
  WarmUp(int least, int most) {
    this.least = least;
    this.most = most;
  }

  /** Takes a look, about once a second. */
  void add(Look look) {
    first = first == null ? look : first;
    last = look;
    looks.add(look);
    while (looks.size() > 2 * WINDOW_SECONDS + 1) {
      looks.remove();
    }
  }

  double seconds() {
    return first == null ? 0 : last.secondsSince(first);
  }

  boolean isOver() {
    return first != null && seconds() >= least && (seconds() >= most || isSteady());
  }

  private boolean isSteady() {
    if (looks.size() <= 2 * WINDOW_SECONDS) {
      return false;
    }
    Iterator<Look> each = looks.iterator();
    Look begin = each.next();
    Look middle = begin;
    for (int i = 0; i < WINDOW_SECONDS; i++) {
      middle = each.next();
    }
    double before = middle.microsPerRecordSince(begin);
    double now = last.microsPerRecordSince(middle);
    // False where one of them is no number.
    return now >= before * (1 - STILL_FALLING);
  }
}
