// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

/**
 * An operator's wish that a shard goes on elsewhere: a seek, or an offset that was reset.
 *
 * @param shard which
 * @param sequence where to: the first record with it or a later one
 * @param asked when; the shard does not move before
 * @param durable when no crash could undo it any more
 */
public record Move(String shard, long sequence, long asked, long durable) {

  public Move {
    if (durable < asked) {
      throw new IllegalArgumentException(
          "a move of shard %s asked for at %d, durable at %d".formatted(shard, asked, durable));
    }
  }

  /** True while a crash may undo it for the moment. */
  boolean isOpenAt(long time) {
    return asked <= time && time <= durable;
  }
}
