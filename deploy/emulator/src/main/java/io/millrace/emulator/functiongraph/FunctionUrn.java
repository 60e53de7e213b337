// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import java.util.Arrays;
import java.util.List;

/**
 * What a request calls a function: {@code
 * urn:fss:<region>:<project>:function:<package>:<name>[:<version>|:!<alias>]}, or one of the short
 * forms {@code <name>}, {@code <package>:<name>}, {@code <project>:<package>:<name>} and {@code
 * <project>:<package>:<name>:<version>}.
 *
 * @param qualifier a version, or an alias behind {@code !}
 */
record FunctionUrn(String region, String project, String group, String function, String qualifier) {

  static final String LATEST = "latest";
  static final String DEFAULT_PACKAGE = "default";

  /** The region of what is not asked for by its whole name. */
  static final String LOCAL = "local";

  /**
   * Reads it.
   *
   * @param project of the request, for the forms that have none
   * @throws FunctionGraphException where it is of no such form
   */
  static FunctionUrn parse(String text, String project) {
    List<String> fields = Arrays.asList(text.split(":", -1));
    if (fields.stream().anyMatch(String::isEmpty)) {
      throw invalid(text);
    }
    boolean whole =
        fields.size() > 6 && text.startsWith("urn:fss:") && fields.get(4).equals("function");
    return switch (fields.size()) {
      case 1 -> new FunctionUrn(LOCAL, project, DEFAULT_PACKAGE, text, LATEST);
      case 2 -> new FunctionUrn(LOCAL, project, fields.get(0), fields.get(1), LATEST);
      case 3 -> new FunctionUrn(LOCAL, fields.get(0), fields.get(1), fields.get(2), LATEST);
      case 4 -> new FunctionUrn(LOCAL, fields.get(0), fields.get(1), fields.get(2), fields.get(3));
      case 7, 8 -> {
        if (!whole) {
          throw invalid(text);
        }
        yield new FunctionUrn(
            fields.get(2),
            fields.get(3),
            fields.get(5),
            fields.get(6),
            fields.size() == 8 ? fields.get(7) : LATEST);
      }
      default -> throw invalid(text);
    };
  }

  private static FunctionGraphException invalid(String text) {
    return new FunctionGraphException(400, "FSS.1309", "Invalid function URN: " + text);
  }

  /** Whole, and with its version or alias. */
  @Override
  public String toString() {
    return String.join(":", "urn", "fss", region, project, "function", group, function, qualifier);
  }
}
