// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import java.util.Comparator;

/** Orders shard ids as people read them: by number where they are numbers, else by text. */
enum ShardOrder implements Comparator<String> {
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int byLength = isNumber(a) && isNumber(b) ? Integer.compare(a.length(), b.length()) : 0;
    return byLength != 0 ? byLength : a.compareTo(b);
  }

  private static boolean isNumber(String id) {
    return !id.isEmpty() && id.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
