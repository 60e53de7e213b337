// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.Invocation;
import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.emulator.Journal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The journal of invocations in the oracle's words. */
public final class JournalEvidence {

  /** {@code millrace/<version> (<pid>@<host>)}. */
  private static final Pattern CLIENT = Pattern.compile("millrace/\\S* \\((\\d+)@[^)]*\\)");

  private JournalEvidence() {}

  /** What the function's service saw. */
  public static List<Invocation> invocations(List<Journal.Entry> entries) {
    return entries.stream()
        .map(
            entry ->
                new Invocation(
                    entry.id(),
                    entry.start(),
                    entry.end(),
                    process(entry.client()),
                    entry.body(),
                    fate(entry.outcome())))
        .toList();
  }

  /** The pid of the calling process; of a caller that is not Millrace its whole name. */
  static String process(String client) {
    Matcher matcher = CLIENT.matcher(client);
    return matcher.matches() ? matcher.group(1) : client;
  }

  static Fate fate(String outcome) {
    return switch (outcome) {
      case "ok" -> Fate.ACKNOWLEDGED;
      case "error", "refused" -> Fate.FAILED;
      case "dropped-before", "dropped-after" -> Fate.CUT;
      case "open", "hung", "truncated", "client-gone", "gateway-timeout" -> Fate.UNKNOWN;
      default -> throw new IllegalArgumentException("the journal has an outcome " + outcome);
    };
  }
}
