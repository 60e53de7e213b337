// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What a function returned.
 *
 * @param failure present if it failed
 * @param log what it logged, lines that end with a newline
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record FunctionResult(Optional<Failure> failure, byte[] body, String log) {

  /** Who saw a function fail. */
  public enum Observer {
    /** The function's own code, which reported or threw an error. */
    FUNCTION,
    /** The service: the function's process ended, or was ended. */
    SERVICE
  }

  /**
   * How a function failed.
   *
   * @param code that a fault asks the service to report, instead of the one that it would choose
   */
  public record Failure(Observer observer, Optional<String> code) {}

  /** A function returned. */
  public static FunctionResult success(byte[] body) {
    return new FunctionResult(Optional.empty(), body, "");
  }

  FunctionResult withLog(String lines) {
    return new FunctionResult(failure, body, lines);
  }

  /** The function's own code reported an error, in a form of its own. */
  public static FunctionResult reported(byte[] body) {
    return new FunctionResult(
        Optional.of(new Failure(Observer.FUNCTION, Optional.empty())), body, "");
  }

  /** The service saw the function fail. */
  public static FunctionResult ended(String message) {
    return failure(new Failure(Observer.SERVICE, Optional.empty()), message);
  }

  static FunctionResult failure(Failure failure, String message) {
    return new FunctionResult(
        Optional.of(failure),
        bytes(JsonNodeFactory.instance.objectNode().put("errorMessage", message)),
        "");
  }

  static FunctionResult thrown(Throwable failure) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("errorMessage", String.valueOf(failure.getMessage()))
            .put("errorType", failure.getClass().getName());
    ArrayNode trace = body.putArray("stackTrace");
    for (StackTraceElement element : failure.getStackTrace()) {
      trace.add(element.toString());
    }
    return reported(bytes(body));
  }

  static FunctionResult crashed(Duration after) {
    return ended(
        "Process exited unexpectedly before completing request (duration: "
            + after.toMillis()
            + "ms, maxMemoryUsage: 0.00MB)");
  }

  static FunctionResult timedOut(Duration timeout) {
    String seconds =
        timeout.toMillisPart() == 0
            ? Long.toString(timeout.toSeconds())
            : Double.toString(timeout.toMillis() / 1000.0);
    return ended("Function timed out after " + seconds + " seconds (maxMemoryUsage: 0.00MB)");
  }

  private static byte[] bytes(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
