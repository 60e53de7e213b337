// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.datahub.ShardLog.Place;
import java.nio.charset.StandardCharsets;

/**
 * A place in a shard as the service writes it: 32 hex digits that hold the place among records of
 * one sequence, the second, the sequence and, because a cursor of another shard is refused, the
 * shard.
 *
 * <p>The cursor of a shard that never had a record is {@code 3} and 31 zeros, whatever the shard.
 */
final class Cursor {

  /** The largest index that a cursor can hold. */
  static final int MAX_INDEX = 0xfff;

  private static final int LENGTH = 32;
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String EMPTY_SHARD = "3" + "0".repeat(LENGTH - 1);

  private Cursor() {}

  /** The cursor of a place. */
  static byte[] of(int shard, Place place) {
    byte[] text = new byte[LENGTH];
    text[0] = '3';
    boolean emptyShard = place.sequence() == 0 && place.time() == 0;
    hex(text, 1, 3, place.index());
    hex(text, 4, 8, place.time() / 1000);
    hex(text, 12, 16, place.sequence());
    hex(text, 28, 4, emptyShard ? 0 : shard);
    return text;
  }

  /** The same as text. */
  static String text(int shard, Place place) {
    return new String(of(shard, place), StandardCharsets.US_ASCII);
  }

  /**
   * The sequence and index that a cursor stands at; its time is left out.
   *
   * @throws DataHubException {@code InvalidCursor} if it is none, or one of another shard
   */
  static Place place(int shard, String cursor) {
    if (cursor.equals(EMPTY_SHARD)) {
      return new Place(0, 0, 0);
    }
    try {
      if (cursor.length() == LENGTH
          && cursor.startsWith("3")
          && Integer.parseInt(cursor, 28, LENGTH, 16) == (shard & 0xffff)) {
        int index = Integer.parseInt(cursor, 1, 4, 16);
        return new Place(Long.parseLong(cursor, 12, 28, 16), index, 0);
      }
    } catch (NumberFormatException notHex) {
      // Refused below.
    }
    throw DataHubException.invalidCursor();
  }

  private static void hex(byte[] text, int offset, int digits, long value) {
    for (int i = 0; i < digits; i++) {
      text[offset + i] = DIGITS[(int) (value >>> (4 * (digits - 1 - i))) & 0xf];
    }
  }
}
