// SPDX-License-Identifier: Apache-2.0
package io.millrace.inquiry;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.annotation.Internal;

/** How far a machine's clock may be off before its signatures are refused. */
@Internal
public final class ClockSkew {

  private static final List<Integer> MINUTES = List.of(-20, -16, -14, -5, 5, 14, 16, 20);

  private ClockSkew() {}

  /**
   * The skews that are accepted, as text.
   *
   * @param accepted whether a request is let in whose clock is off by this much
   */
  public static String accepted(Predicate<Duration> accepted) {
    String let =
        MINUTES.stream()
            .filter(minutes -> accepted.test(Duration.ofMinutes(minutes)))
            .map(minutes -> (minutes > 0 ? "+" : "") + minutes)
            .collect(Collectors.joining(", "));
    return let.isEmpty() ? "none" : let + " min";
  }
}
