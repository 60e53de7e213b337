// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

/**
 * How long is measured.
 *
 * @param repeats of every round; the contenders of a scenario take turns
 * @param rate records a second while delays are taken
 * @param paceSeconds how long records are put at that rate; the first third does not count
 * @param leastWarmUp seconds that a backlog is worked off at least before that counts
 * @param mostWarmUp seconds after which it counts though the contender is not warm
 * @param seconds how long that counts
 */
public record Effort(
    int repeats, int rate, int paceSeconds, int leastWarmUp, int mostWarmUp, int seconds) {

  /** For a first look. */
  public static final Effort QUICK = new Effort(1, 200, 3, 7, 16, 3);

  /** For figures that are to be told. */
  public static final Effort FULL = new Effort(3, 200, 6, 15, 60, 10);
}
