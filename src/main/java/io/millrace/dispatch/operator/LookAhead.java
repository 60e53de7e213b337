// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

/**
 * How many records one lane should hold: so many that the next envelope is there when the function
 * returns, and no more, because what a lane holds is part of every checkpoint.
 *
 * <p>That is what the lane delivers in a span of time, at the pace it has now. A lane that ran low
 * though its shard had been closed doubles its span: the stream takes that long to bring more. Each
 * time the lane has held enough, the span becomes a little shorter again.
 *
 * <p>Belongs to the task thread. It has no clock; {@code now} is in milliseconds since the epoch.
 */
final class LookAhead {

  /** Envelopes that every lane may hold: one under way, the next ones while more is fetched. */
  private static final int LEAST_ENVELOPES = 4;

  /** Below this a fetch costs more than the records that it spares a checkpoint. */
  private static final int LEAST_RECORDS = 128;

  private static final double SHORTEST_MILLIS = 250;
  private static final double LONGEST_MILLIS = 8_000;
  private static final double LONGER = 2;
  private static final double SHORTER = 15.0 / 16;

  /** The pace is measured over so long. */
  private static final long WINDOW_MILLIS = 100;

  /** Of a pace that falls, what a window counts; one that rises counts at once. */
  private static final double SLOWING = 0.25;

  private final int envelope;
  private final int least;
  private double span = SHORTEST_MILLIS;
  private double perMilli;
  private long since = Long.MIN_VALUE;
  private long before;
  private boolean enough;

  /**
   * @param envelope records of an envelope at most
   */
  LookAhead(int envelope) {
    this.envelope = envelope;
    this.least = Math.max(LEAST_RECORDS, LEAST_ENVELOPES * envelope);
  }

  /**
   * What the lane should hold at most.
   *
   * @param delivered records of the lane so far
   */
  long most(long now, long delivered) {
    if (since == Long.MIN_VALUE || now < since || delivered < before) {
      since = now;
      before = delivered;
    } else if (now - since >= WINDOW_MILLIS) {
      double pace = (double) (delivered - before) / (now - since);
      perMilli = pace > perMilli ? pace : perMilli + SLOWING * (pace - perMilli);
      since = now;
      before = delivered;
    }
    return Math.max(least, Math.round(perMilli * span));
  }

  /** The lane holds what it should. */
  void holdsEnough() {
    enough = true;
    span = Math.max(SHORTEST_MILLIS, span * SHORTER);
  }

  /**
   * The lane holds so many records, and is about to launch.
   *
   * @param held records
   */
  void launchesWith(long held) {
    if (enough && held < envelope) {
      enough = false;
      span = Math.min(LONGEST_MILLIS, span * LONGER);
    }
  }
}
