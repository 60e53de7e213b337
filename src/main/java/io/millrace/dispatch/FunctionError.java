// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.credentials.Credentials;
import io.millrace.http.JsonFields;
import io.millrace.http.OneLine;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.annotation.PublicEvolving;

/**
 * A failure of the function itself, for people: on one line, without secrets, and with the end of
 * what the function logged.
 */
@PublicEvolving
public final class FunctionError {

  /** Together with what the function answered, a failure stays within 2 KB. */
  private static final int MAX_LOG = 700;

  private static final String CUT = "… ";

  private FunctionError() {}

  /**
   * The line.
   *
   * @param kind what the service calls it
   * @param result what the function answered: {@code {"errorMessage": …, "errorType": …}}, or any
   *     text
   * @param log what it logged; empty for nothing
   * @param frame recognizes the lines that the service itself logs around each invocation
   */
  public static String line(
      String kind, byte[] result, String log, Predicate<String> frame, Credentials credentials) {
    JsonFields error = JsonFields.of(result);
    String type = error.text(List.of("errorType"));
    String message = error.text(List.of("errorMessage"));
    StringBuilder line = new StringBuilder(OneLine.of(kind, credentials));
    if (!type.isEmpty()) {
      line.append(": ").append(OneLine.of(type, credentials));
    }
    String said =
        message.isEmpty() ? OneLine.of(result, credentials) : OneLine.of(message, credentials);
    if (!said.isEmpty()) {
      line.append(": ").append(said);
    }
    String logged = lastLines(log, frame, credentials);
    return logged.isEmpty() ? line.toString() : line.append("; log: ").append(logged).toString();
  }

  private static String lastLines(String log, Predicate<String> frame, Credentials credentials) {
    List<String> lines =
        Arrays.stream(OneLine.without(credentials, log).split("\\R"))
            .filter(frame.negate())
            .map(OneLine::of)
            .filter(line -> !line.isEmpty())
            .toList();
    String all = String.join(" | ", lines);
    if (all.length() <= MAX_LOG) {
      return all;
    }
    int from = all.length() - MAX_LOG;
    return CUT + all.substring(Character.isLowSurrogate(all.charAt(from)) ? from + 1 : from);
  }
}
