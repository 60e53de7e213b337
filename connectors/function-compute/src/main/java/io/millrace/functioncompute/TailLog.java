// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.http.OneLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The end of what a function logged in an invocation, as the service sends it with the answer. */
final class TailLog {

  /** Together with what the function answered, a failure stays within 2 KB. */
  private static final int MAX_CHARS = 700;

  private static final String CUT = "… ";

  private TailLog() {}

  /**
   * The last lines, as one line without secrets; empty where the function logged nothing.
   *
   * @param encoded the value of {@code x-fc-log-result}
   */
  static String lastLines(String encoded, Credentials credentials) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return OneLine.of("not base64: " + encoded, credentials);
    }
    List<String> lines =
        Arrays.stream(OneLine.without(credentials, text).split("\\R"))
            .filter(line -> !isFrame(line))
            .map(OneLine::of)
            .filter(line -> !line.isEmpty())
            .toList();
    String all = String.join(" | ", lines);
    if (all.length() <= MAX_CHARS) {
      return all;
    }
    int from = all.length() - MAX_CHARS;
    return CUT + all.substring(Character.isLowSurrogate(all.charAt(from)) ? from + 1 : from);
  }

  /** What the service itself logs around each invocation. */
  private static boolean isFrame(String line) {
    return line.startsWith("FC Invoke Start RequestId: ")
        || line.startsWith("FC Invoke End RequestId: ");
  }
}
