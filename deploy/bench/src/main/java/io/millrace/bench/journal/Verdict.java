// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

/**
 * What was wrong with a delivery.
 *
 * @param lost records that were left behind: not acknowledged, though a later one of their shard
 *     was, more than {@link Judge#SETTLED_MICROS} before the end
 * @param repeats records that were called again after they had been acknowledged, each time counted
 * @param outOfOrder calls that began before all records in front of theirs were acknowledged
 * @param overlapping calls that began while another call with records of the same shard was open
 */
public record Verdict(long lost, long repeats, long outOfOrder, long overlapping) {

  public static final Verdict FLAWLESS = new Verdict(0, 0, 0, 0);

  /** Both, added up. */
  public Verdict plus(Verdict other) {
    return new Verdict(
        lost + other.lost,
        repeats + other.repeats,
        outOfOrder + other.outOfOrder,
        overlapping + other.overlapping);
  }
}
