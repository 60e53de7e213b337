// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionError;
import io.millrace.dispatch.Outcome;
import io.millrace.dispatch.RefusalTable.Refusal;
import io.millrace.http.HttpAnswer;
import io.millrace.http.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads an answer of Function Compute: how did the attempt end? */
final class FunctionComputeAnswer {

  /** So much of an answer is read: what a function returns is nobody's, its errors are short. */
  static final int KEPT = 256 * 1024;

  /** What the function itself did; the service's refusals can carry other values. */
  private static final Set<String> FUNCTION_ERRORS =
      Set.of("HandledInvocationError", "UnhandledInvocationError");

  private FunctionComputeAnswer() {}

  /**
   * How an invocation ended.
   *
   * @param asynchronous whether it was to be accepted only, and run later
   */
  static Outcome outcome(HttpAnswer answer, boolean asynchronous, Credentials credentials) {
    Optional<String> requestId = requestId(answer);
    // A function that failed is answered with 200 as well; only this header tells.
    Optional<String> functionError =
        answer
            .header("x-fc-error-type")
            .filter(type -> isOk(answer) || FUNCTION_ERRORS.contains(type));
    if (functionError.isPresent()) {
      String line =
          FunctionError.line(
              functionError.get(),
              answer.body(),
              log(answer),
              FunctionComputeAnswer::isFrame,
              credentials);
      return new Outcome.RecordFault(line, requestId);
    }
    // 202 means: accepted, to be run later.
    if (asynchronous ? answer.status() == 202 : isOk(answer) && answer.status() != 202) {
      return new Outcome.Acknowledged(requestId);
    }
    Refusal refusal = FunctionComputeRefusals.TABLE.read(answer, credentials);
    return refusal.verdict().outcome(refusal.line(), requestId);
  }

  /** What the service says of the function. */
  static FunctionDescription description(HttpAnswer answer, Credentials credentials) {
    if (!isOk(answer)) {
      return FunctionComputeRefusals.TABLE.read(answer, credentials).description();
    }
    String seconds = JsonFields.of(answer.body()).text(List.of("timeout"));
    return seconds.matches("[1-9][0-9]{0,8}")
        ? new FunctionDescription.Known(Duration.ofSeconds(Long.parseLong(seconds)))
        : new FunctionDescription.Withheld("the service's description names no timeout");
  }

  private static boolean isOk(HttpAnswer answer) {
    return answer.status() / 100 == 2;
  }

  /** The name is 2.0's, and 3.0's too; behind a gateway of the cloud there may be another. */
  private static Optional<String> requestId(HttpAnswer answer) {
    return answer
        .header("x-fc-request-id")
        .or(() -> answer.header("x-acs-request-id"))
        .or(
            () ->
                Optional.of(JsonFields.of(answer.body()).text(List.of("RequestId")))
                    .filter(id -> !id.isEmpty()));
  }

  /** The end of what the function logged, as the service sends it with the answer. */
  private static String log(HttpAnswer answer) {
    String encoded = answer.header("x-fc-log-result").orElse("").strip();
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "not base64: " + encoded;
    }
  }

  /** What the service itself logs around each invocation. */
  private static boolean isFrame(String line) {
    return line.startsWith("FC Invoke Start RequestId: ")
        || line.startsWith("FC Invoke End RequestId: ");
  }
}
