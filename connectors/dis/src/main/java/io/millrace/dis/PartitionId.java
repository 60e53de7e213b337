// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import java.util.OptionalInt;

/** How DIS names partitions: {@code shardId-} and ten digits, or the number alone. */
final class PartitionId {

  private static final String PREFIX = "shardId-";

  private PartitionId() {}

  /** The long form. */
  static String of(int number) {
    return String.format("%s%010d", PREFIX, number);
  }

  /** The number; empty if the text is of neither form. */
  static OptionalInt number(String text) {
    String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
    return digits.matches("[0-9]{1,10}") && Long.parseLong(digits) <= Integer.MAX_VALUE
        ? OptionalInt.of(Integer.parseInt(digits))
        : OptionalInt.empty();
  }
}
