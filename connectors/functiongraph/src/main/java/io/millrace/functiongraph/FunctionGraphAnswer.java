// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionError;
import io.millrace.dispatch.Outcome;
import io.millrace.dispatch.RefusalTable.Refusal;
import io.millrace.http.HttpAnswer;
import io.millrace.http.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads an answer of FunctionGraph: how did the attempt end? */
final class FunctionGraphAnswer {

  /** So much of an answer is read: what a function returns is nobody's, its errors are short. */
  static final int KEPT = 256 * 1024;

  private FunctionGraphAnswer() {}

  static Outcome outcome(HttpAnswer answer, Credentials credentials) {
    JsonFields body = JsonFields.of(answer.body());
    Optional<String> requestId =
        answer
            .header("x-cff-request-id")
            .or(() -> Optional.of(body.text(List.of("request_id"))).filter(id -> !id.isEmpty()));
    Optional<String> functionError = functionError(answer, body);
    if (functionError.isPresent()) {
      byte[] result =
          body.values().containsKey("result")
              ? body.text(List.of("result")).getBytes(StandardCharsets.UTF_8)
              : answer.body();
      String line =
          FunctionError.line(
              functionError.get(),
              result,
              body.text(List.of("log")),
              FunctionGraphAnswer::isFrame,
              credentials);
      return new Outcome.RecordFault(line, requestId);
    }
    if (isOk(answer)) {
      return new Outcome.Acknowledged(requestId);
    }
    Refusal refusal = FunctionGraphRefusals.TABLE.read(answer, credentials);
    return refusal.verdict().outcome(refusal.line(), requestId);
  }

  /**
   * What the function did wrong; empty where it did nothing wrong, or nothing at all. It is told in
   * two headers and in the body, and behind a 200 as a rule; behind a 5xx where the header says so.
   */
  private static Optional<String> functionError(HttpAnswer answer, JsonFields body) {
    Optional<String> flag = answer.header("x-is-func-err");
    boolean flagged = flag.filter("true"::equalsIgnoreCase).isPresent();
    if (!isOk(answer)) {
      return flagged && answer.status() >= 500
          ? Optional.of("HTTP " + answer.status() + ", function error")
          : Optional.empty();
    }
    Optional<String> code = answer.header("x-func-err-code").filter(text -> !text.equals("0"));
    String status = body.text(List.of("status"));
    boolean failed = flagged || code.isPresent() || !status.matches("|2[0-9]{2}");
    if (failed) {
      return Optional.of("function error" + said(code.orElse(""), status));
    }
    // The body of a large result is not read to the end, where the status may stand.
    boolean untold = flag.isEmpty() && status.isEmpty() && answer.body().length >= KEPT;
    return untold
        ? Optional.of("no status within the first 256 KiB of the answer, and no X-Is-Func-Err")
        : Optional.empty();
  }

  private static String said(String code, String status) {
    if (code.isEmpty()) {
      return status.isEmpty() ? "" : " " + status;
    }
    return status.isEmpty() || status.equals(code) ? " " + code : " " + code + ", status " + status;
  }

  /** What the service says of the function. */
  static FunctionDescription description(HttpAnswer answer, Credentials credentials) {
    if (!isOk(answer)) {
      return FunctionGraphRefusals.TABLE.read(answer, credentials).description();
    }
    String seconds = JsonFields.of(answer.body()).text(List.of("timeout"));
    return seconds.matches("[1-9][0-9]{0,8}")
        ? new FunctionDescription.Known(Duration.ofSeconds(Long.parseLong(seconds)))
        : new FunctionDescription.Withheld("the service's description names no timeout");
  }

  /** 202 means: accepted, to be run later, which was not asked for. */
  private static boolean isOk(HttpAnswer answer) {
    return answer.status() / 100 == 2 && answer.status() != 202;
  }

  /** What the service itself logs around each invocation. */
  private static boolean isFrame(String line) {
    return line.contains("Start invoke request '") || line.contains("Finish invoke request '");
  }
}
