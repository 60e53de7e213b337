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
 * @param errorType the value of {@code X-Fc-Error-Type}, if it failed; the answer is a 200 all the
 *     same
 * @param log what it logged, lines that end with a newline
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FunctionResult(Optional<String> errorType, byte[] body, String log) {

  /** The function's own code reported or threw an error. */
  static final String HANDLED = "HandledInvocationError";

  /** The function's process ended, or was ended. */
  static final String UNHANDLED = "UnhandledInvocationError";

  static FunctionResult success(byte[] body) {
    return new FunctionResult(Optional.empty(), body, "");
  }

  FunctionResult withLog(String lines) {
    return new FunctionResult(errorType, body, lines);
  }

  static FunctionResult failure(String errorType, String message) {
    return new FunctionResult(
        Optional.of(errorType),
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
    return new FunctionResult(Optional.of(HANDLED), bytes(body), "");
  }

  static FunctionResult crashed(Duration after) {
    return failure(
        UNHANDLED,
        "Process exited unexpectedly before completing request (duration: "
            + after.toMillis()
            + "ms, maxMemoryUsage: 0.00MB)");
  }

  static FunctionResult timedOut(Duration timeout) {
    String seconds =
        timeout.toMillisPart() == 0
            ? Long.toString(timeout.toSeconds())
            : Double.toString(timeout.toMillis() / 1000.0);
    return failure(
        UNHANDLED, "Function timed out after " + seconds + " seconds (maxMemoryUsage: 0.00MB)");
  }

  private static byte[] bytes(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
