// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;

/**
 * A place in a partition in the form of DIS's own cursors: JSON in URL-safe Base64 without padding.
 * The form is that of the samples in its documents, where the type stays as it was first asked for
 * and the sequence is the one to be read next.
 */
final class CursorToken {

  /** Digits of the largest number. */
  private static final int DIGITS = 19;

  private static final int FIXED = json("", "", "", "").length();

  private CursorToken() {}

  /**
   * The cursor behind a record.
   *
   * @param next sequence to be read next
   * @param issuedAt milliseconds since the epoch; DIS takes a cursor for five minutes
   */
  static byte[] of(String stream, String partition, long next, long issuedAt) {
    String json = json(stream, partition, Long.toString(next), Long.toString(issuedAt));
    return Base64.getUrlEncoder().withoutPadding().encode(json.getBytes(US_ASCII));
  }

  /** The length of a token, at most. */
  static int maxLength(String stream, String partition) {
    int json = FIXED + stream.length() + partition.length() + 2 * DIGITS;
    return (json + 2) / 3 * 4;
  }

  private static String json(String stream, String partition, String next, String issuedAt) {
    return "{\"getIteratorParam\":{\"stream-name\":\""
        + stream
        + "\",\"partition-id\":\""
        + partition
        + "\",\"cursor-type\":\"TRIM_HORIZON\",\"starting-sequence-number\":\""
        + next
        + "\"},\"generateTimestamp\":"
        + issuedAt
        + "}";
  }
}
