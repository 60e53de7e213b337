// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.cli.CommandFailure;
import io.millrace.e2e.oracle.EventReader;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A stream and the function that it feeds, within a cloud or across two. */
public enum Pair {
  DATAHUB_FC("datahub-fc", StreamService.DATAHUB, FunctionService.FUNCTION_COMPUTE),
  DIS_FUNCTIONGRAPH("dis-functiongraph", StreamService.DIS, FunctionService.FUNCTIONGRAPH),
  DATAHUB_FUNCTIONGRAPH(
      "datahub-functiongraph", StreamService.DATAHUB, FunctionService.FUNCTIONGRAPH),
  DIS_FC("dis-fc", StreamService.DIS, FunctionService.FUNCTION_COMPUTE);

  private final String wireName;
  private final StreamService stream;
  private final FunctionService function;

  Pair(String wireName, StreamService stream, FunctionService function) {
    this.wireName = wireName;
    this.stream = stream;
    this.function = function;
  }

  /** As commands call it. */
  public String wireName() {
    return wireName;
  }

  /** The pair of a name. */
  public static Optional<Pair> named(String wireName) {
    return Arrays.stream(values()).filter(pair -> pair.wireName.equals(wireName)).findFirst();
  }

  /**
   * The pair of a command's {@code --pair}.
   *
   * @throws CommandFailure where there is none of this name
   */
  public static Pair ofOption(String value) {
    return named(value)
        .orElseThrow(
            () ->
                CommandFailure.badInput(
                    "--pair: '%s' is not accepted; accepted: %s".formatted(value, names())));
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Pair::wireName).collect(Collectors.joining(", "));
  }

  /** Reads the events that the function gets: their form is the stream's. */
  public EventReader events() {
    return stream.events();
  }

  /** Where its records come from. */
  public StreamService stream() {
    return stream;
  }

  /** Where they go. */
  public FunctionService function() {
    return function;
  }
}
