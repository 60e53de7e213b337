// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The hash keys from {@code first} to {@code last}, both included, that lead to a partition. */
record HashRange(long first, long last) {

  /** Of a partition that takes no records. */
  static final HashRange NONE = new HashRange(-1, -1);

  /** Divides all keys, 0 to 2^63-1, among some partitions. */
  static List<HashRange> divide(int parts) {
    List<HashRange> ranges = new ArrayList<>();
    long width = Long.MAX_VALUE / parts;
    for (int i = 0; i < parts; i++) {
      long first = i * width;
      ranges.add(new HashRange(first, i == parts - 1 ? Long.MAX_VALUE : first + width - 1));
    }
    return ranges;
  }

  /** The hash key of a partition key: the first eight bytes of its MD5, without the sign. */
  static long hash(String partitionKey) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(partitionKey.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong() & Long.MAX_VALUE;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  boolean contains(long key) {
    return first <= key && key <= last;
  }

  @Override
  public String toString() {
    return "[" + first + " : " + last + "]";
  }
}
