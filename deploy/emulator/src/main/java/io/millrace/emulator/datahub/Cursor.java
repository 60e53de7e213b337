// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A place in a shard as the service writes it: 32 hex digits that hold the second, the sequence
 * and, because a cursor of another shard is refused, the shard.
 *
 * <p>The cursor of a shard that never had a record is {@code 3} and 31 zeros, whatever the shard.
 */
final class Cursor {

  private static final int LENGTH = 32;
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String EMPTY_SHARD = "3" + "0".repeat(LENGTH - 1);

  private Cursor() {}

  /** The cursor of a sequence. */
  static byte[] of(int shard, long sequence, long systemTime) {
    byte[] text = new byte[LENGTH];
    Arrays.fill(text, 0, 4, (byte) '0');
    text[0] = '3';
    boolean emptyShard = sequence == 0 && systemTime == 0;
    hex(text, 4, 8, systemTime / 1000);
    hex(text, 12, 16, sequence);
    hex(text, 28, 4, emptyShard ? 0 : shard);
    return text;
  }

  /** The same as text. */
  static String text(int shard, long sequence, long systemTime) {
    return new String(of(shard, sequence, systemTime), StandardCharsets.US_ASCII);
  }

  /**
   * The sequence that a cursor stands at.
   *
   * @throws DataHubException {@code InvalidCursor} if it is none, or one of another shard
   */
  static long sequence(int shard, String cursor) {
    if (cursor.equals(EMPTY_SHARD)) {
      return 0;
    }
    try {
      if (cursor.length() == LENGTH
          && cursor.startsWith("3000")
          && Integer.parseInt(cursor, 28, LENGTH, 16) == (shard & 0xffff)) {
        return Long.parseLong(cursor, 12, 28, 16);
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
