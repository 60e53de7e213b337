// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The whole name of a function (API reference, page "Function Model").
 *
 * @param group its package
 * @param qualifier a version, or an alias behind {@code !}
 */
record FunctionUrn(String region, String project, String group, String function, String qualifier)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  static final String FORMS =
      "urn:fss:<region>:<project id>:function:<package>:<name>[:<version>|:!<alias>], or in short"
          + " <name>, <package>:<name>, <project id>:<package>:<name>[:<version>|:!<alias>]";

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
  private static final Pattern QUALIFIER = Pattern.compile("!?[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
  private static final String LATEST = "latest";
  private static final String DEFAULT_PACKAGE = "default";

  /**
   * A name as the user wrote it.
   *
   * @param region absent in the short forms
   * @param project absent in the two shortest
   */
  record Given(
      Optional<String> region,
      Optional<String> project,
      String group,
      String function,
      String qualifier) {

    FunctionUrn in(String knownRegion, String knownProject) {
      return new FunctionUrn(knownRegion, knownProject, group, function, qualifier);
    }
  }

  /** Reads a name; empty where it is of none of the forms. */
  static Optional<Given> parse(String text) {
    List<String> fields = Arrays.asList(text.split(":", -1));
    boolean whole =
        fields.size() >= 7
            && fields.get(0).equals("urn")
            && fields.get(1).equals("fss")
            && fields.get(4).equals("function");
    Optional<Given> given =
        switch (fields.size()) {
          case 1 -> given(null, null, DEFAULT_PACKAGE, fields.get(0), LATEST);
          case 2 -> given(null, null, fields.get(0), fields.get(1), LATEST);
          case 3 -> given(null, fields.get(0), fields.get(1), fields.get(2), LATEST);
          case 4 -> given(null, fields.get(0), fields.get(1), fields.get(2), fields.get(3));
          case 7 -> given(fields.get(2), fields.get(3), fields.get(5), fields.get(6), LATEST);
          case 8 ->
              given(fields.get(2), fields.get(3), fields.get(5), fields.get(6), fields.get(7));
          default -> Optional.empty();
        };
    return fields.size() < 7 || whole ? given : Optional.empty();
  }

  private static Optional<Given> given(
      String region, String project, String group, String function, String qualifier) {
    boolean named =
        Stream.of(region, project, group, function)
            .filter(Objects::nonNull)
            .allMatch(FunctionUrn::isPart);
    return named && QUALIFIER.matcher(qualifier).matches()
        ? Optional.of(
            new Given(
                Optional.ofNullable(region),
                Optional.ofNullable(project),
                group,
                function,
                qualifier))
        : Optional.empty();
  }

  /** Whether a text can be a region, a project, a package or a name. */
  static boolean isPart(String text) {
    return PART.matcher(text).matches();
  }

  /** Another function, where this one is. */
  FunctionUrn named(String other) {
    return new FunctionUrn(region, project, group, other, LATEST);
  }

  /** The path below the endpoint, without what is done with the function. */
  String path() {
    return "/v2/" + project + "/fgs/functions/" + this;
  }

  @Override
  public String toString() {
    return String.join(":", "urn", "fss", region, project, "function", group, function, qualifier);
  }
}
