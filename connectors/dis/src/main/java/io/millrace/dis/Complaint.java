// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DIS says in the texts of its refusals and nowhere else, in the forms that its SDK reads. */
final class Complaint {

  private static final Pattern RANGE =
      Pattern.compile("\\[(\\d{1,18})]\\[ should be within ]\\[(\\d{1,18})]\\[ ]\\[(\\d{1,18})]");
  private static final Pattern OLDEST_TIME =
      Pattern.compile("timestamp is expired, timestamp should be larger than (\\d{1,18})");

  private Complaint() {}

  /** Between what a sequence should have been. */
  static Optional<StreamState.Range> range(Throwable refusal) {
    Matcher range = RANGE.matcher(String.valueOf(refusal.getMessage()));
    return range.find()
        ? Optional.of(
            new StreamState.Range(Long.parseLong(range.group(2)), Long.parseLong(range.group(3))))
        : Optional.empty();
  }

  /** After what a time should have been, in milliseconds since the epoch. */
  static OptionalLong oldestTime(Throwable refusal) {
    Matcher oldest = OLDEST_TIME.matcher(String.valueOf(refusal.getMessage()));
    return oldest.find() ? OptionalLong.of(Long.parseLong(oldest.group(1))) : OptionalLong.empty();
  }
}
