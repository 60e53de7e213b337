// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.http.Exchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request asks of FunctionGraph.
 *
 * @param urn as it was sent; empty for the list of all functions
 */
record FunctionGraphRoute(Operation operation, String project, String urn) {

  /** What can be done. */
  enum Operation {
    INVOKE,
    INVOKE_LATER,
    DESCRIBE,
    LIST
  }

  private static final Pattern PATH =
      Pattern.compile(
          "/v2/([^/]+)/fgs/functions(?:/([^/]+)/(invocations|invocations-async|config))?/?");

  /** What is asked; empty for what the emulator does not have. */
  static Optional<FunctionGraphRoute> of(Exchange exchange) {
    Matcher path = PATH.matcher(exchange.path());
    if (!path.matches()) {
      return Optional.empty();
    }
    String asked = exchange.method() + " " + Optional.ofNullable(path.group(3)).orElse("");
    Optional<Operation> operation =
        switch (asked) {
          case "POST invocations" -> Optional.of(Operation.INVOKE);
          case "POST invocations-async" -> Optional.of(Operation.INVOKE_LATER);
          case "GET config" -> Optional.of(Operation.DESCRIBE);
          case "GET " -> Optional.of(Operation.LIST);
          default -> Optional.empty();
        };
    String urn =
        Optional.ofNullable(path.group(2))
            .map(text -> URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8))
            .orElse("");
    return operation.map(known -> new FunctionGraphRoute(known, path.group(1), urn));
  }

  /**
   * The function that is meant.
   *
   * @throws FunctionGraphException where its name is of no known form, or of another project
   */
  FunctionUrn function() {
    FunctionUrn parsed = FunctionUrn.parse(urn, project);
    if (!parsed.project().equals(project)) {
      throw new FunctionGraphException(
          403, "FSS.0403", "Forbidden: project " + project + " does not own " + urn);
    }
    return parsed;
  }
}
