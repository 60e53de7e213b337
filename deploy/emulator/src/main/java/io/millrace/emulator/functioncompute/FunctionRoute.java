// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.http.Exchange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request asks of the function service.
 *
 * @param service empty under 3.0
 */
record FunctionRoute(
    ApiVersion api, Operation operation, String service, String qualifier, String function) {

  /** What can be done with a function. */
  enum Operation {
    INVOKE,
    DESCRIBE
  }

  private static final Pattern PATH_2016 =
      Pattern.compile(
          "/2016-08-15/services/([^/.]+)(?:\\.([^/]+))?/functions/([^/]+)(/invocations)?");
  private static final Pattern PATH_2023 =
      Pattern.compile("/2023-03-30/functions/([^/]+)(/invocations)?");

  /** The API version that a path speaks of; 2.0 where it speaks of none. */
  static ApiVersion api(Exchange exchange) {
    return exchange.path().startsWith("/2023-03-30/") ? ApiVersion.V2023 : ApiVersion.V2016;
  }

  /** What is asked; empty for what the emulator does not have. */
  static Optional<FunctionRoute> of(Exchange exchange) {
    Matcher old = PATH_2016.matcher(exchange.path());
    if (old.matches()) {
      return operation(exchange, old.group(4))
          .map(
              operation ->
                  new FunctionRoute(
                      ApiVersion.V2016,
                      operation,
                      old.group(1),
                      Optional.ofNullable(old.group(2)).orElse(FunctionStore.LATEST),
                      old.group(3)));
    }
    Matcher path = PATH_2023.matcher(exchange.path());
    if (path.matches()) {
      return operation(exchange, path.group(2))
          .map(
              operation ->
                  new FunctionRoute(
                      ApiVersion.V2023,
                      operation,
                      "",
                      exchange.parameter("qualifier").orElse(FunctionStore.LATEST),
                      path.group(1)));
    }
    return Optional.empty();
  }

  private static Optional<Operation> operation(Exchange exchange, String invocations) {
    if (invocations != null) {
      return exchange.method().equals("POST") ? Optional.of(Operation.INVOKE) : Optional.empty();
    }
    return exchange.method().equals("GET") ? Optional.of(Operation.DESCRIBE) : Optional.empty();
  }
}
