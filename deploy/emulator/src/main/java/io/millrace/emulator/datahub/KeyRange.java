// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The hash keys of a shard, from begin inclusive to end exclusive; the highest key has no
 * successor.
 */
record KeyRange(BigInteger begin, BigInteger end) {

  static final BigInteger HIGHEST = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

  /** What an extended topic's added shards have: no key leads there. */
  static final KeyRange NONE = new KeyRange(HIGHEST, HIGHEST);

  /** Divides all keys evenly. */
  static List<KeyRange> divide(int parts) {
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      ranges.add(new KeyRange(bound(i, parts), bound(i + 1, parts)));
    }
    return ranges;
  }

  /** The hash key of a partition key. */
  static BigInteger hash(String partitionKey) {
    try {
      return new BigInteger(
          1, MessageDigest.getInstance("MD5").digest(partitionKey.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /** Reads a hash key of 32 hex digits. */
  static BigInteger parse(String hashKey) {
    if (!hashKey.matches("[0-9A-Fa-f]{32}")) {
      throw DataHubException.invalidParameter("The key range is invalid.");
    }
    return new BigInteger(hashKey, 16);
  }

  /** Whether the other range begins where this one ends. */
  boolean endsAt(KeyRange other) {
    return end.equals(other.begin);
  }

  BigInteger middle() {
    return begin.add(end).shiftRight(1);
  }

  String beginText() {
    return text(begin);
  }

  String endText() {
    return text(end);
  }

  private static BigInteger bound(int i, int parts) {
    return HIGHEST.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(parts));
  }

  private static String text(BigInteger key) {
    return String.format("%32s", key.toString(16)).replace(' ', '0').toUpperCase(Locale.ROOT);
  }
}
