// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

/**
 * How partitions are named: {@code shardId-} and ten digits; requests may give the number alone.
 */
final class PartitionId {

  private static final String PREFIX = "shardId-";

  private PartitionId() {}

  static String of(int number) {
    return String.format("%s%010d", PREFIX, number);
  }

  /**
   * The number of a partition.
   *
   * @throws DisException {@code DIS.4201} if the text names none
   */
  static int number(String text) {
    String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
    if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > Integer.MAX_VALUE) {
      throw DisException.invalidPartition(text);
    }
    return Integer.parseInt(digits);
  }
}
