// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpFailure;
import io.millrace.http.OneLine;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads an answer of Function Compute: how did the attempt end? */
final class FunctionComputeAnswer {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** So much of an answer is read: what a function returns is nobody's, its errors are short. */
  static final int KEPT = 256 * 1024;

  /** What the function itself did; the service's refusals can carry other values. */
  private static final Set<String> FUNCTION_ERRORS =
      Set.of("HandledInvocationError", "UnhandledInvocationError");

  private static final Set<String> HOPELESS =
      Set.of(
          "ServiceNotFound",
          "FunctionNotFound",
          "AliasNotFound",
          "VersionNotFound",
          "SignatureNotMatch",
          "SignatureDoesNotMatch",
          "InvalidAccessKeyID",
          "InvalidAccessKeyId",
          "ExpiredToken",
          "InvalidSecurityToken",
          "MissingSecurityToken");

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
      String line = functionError(functionError.get(), answer, credentials);
      return new Outcome.RecordFault(line, requestId);
    }
    // 202 means: accepted, to be run later.
    if (asynchronous ? answer.status() == 202 : isOk(answer) && answer.status() != 202) {
      return new Outcome.Acknowledged(requestId);
    }
    Refusal refusal = Refusal.of(answer, credentials);
    return refusal.verdict().outcome(refusal.line(), requestId);
  }

  static Outcome outcome(HttpFailure failure) {
    String line = OneLine.of(failure.getMessage());
    return failure.fateUnknown()
        ? new Outcome.UnknownFate(line, Optional.empty())
        : new Outcome.TargetFault(line, Optional.empty());
  }

  /** What the service says of the function. */
  static FunctionDescription description(HttpAnswer answer, Credentials credentials) {
    if (isOk(answer)) {
      long seconds = json(answer).path("timeout").asLong(0);
      return seconds > 0
          ? new FunctionDescription.Known(Duration.ofSeconds(seconds))
          : new FunctionDescription.Withheld("the service's description names no timeout");
    }
    Refusal refusal = Refusal.of(answer, credentials);
    return refusal.leavesNoHope()
        ? new FunctionDescription.Refused(refusal.line())
        : new FunctionDescription.Withheld(refusal.line());
  }

  private static boolean isOk(HttpAnswer answer) {
    return answer.status() / 100 == 2;
  }

  /** The name is 2.0's, and 3.0's too; behind a gateway of the cloud there may be another. */
  private static Optional<String> requestId(HttpAnswer answer) {
    return answer
        .header("x-fc-request-id")
        .or(() -> answer.header("x-acs-request-id"))
        .or(() -> Optional.of(text(json(answer), "RequestId")).filter(id -> !id.isEmpty()));
  }

  private static String functionError(String kind, HttpAnswer answer, Credentials credentials) {
    JsonNode error = json(answer);
    String type = text(error, "errorType");
    StringBuilder line = new StringBuilder(OneLine.of(kind, credentials));
    if (!type.isEmpty()) {
      line.append(": ").append(OneLine.of(type, credentials));
    }
    String said = said(text(error, "errorMessage"), answer, credentials);
    if (!said.isEmpty()) {
      line.append(": ").append(said);
    }
    String log =
        answer
            .header("x-fc-log-result")
            .map(encoded -> TailLog.lastLines(encoded, credentials))
            .orElse("");
    return log.isEmpty() ? line.toString() : line.append("; log: ").append(log).toString();
  }

  /** The message, or the beginning of the body where there is none. */
  private static String said(String message, HttpAnswer answer, Credentials credentials) {
    return message.isEmpty()
        ? OneLine.of(answer.body(), credentials)
        : OneLine.of(message, credentials);
  }

  /**
   * A refusal in the form of either API, or of something on the way.
   *
   * @param code the service's own, empty where there is none
   * @param line for people
   */
  private record Refusal(int status, String code, String line) {

    static Refusal of(HttpAnswer answer, Credentials credentials) {
      JsonNode error = json(answer);
      String code = codeIn(error);
      String said =
          said(text(error, "ErrorMessage", "Message", "errorMessage"), answer, credentials);
      String line =
          "HTTP "
              + answer.status()
              + (code.isEmpty() ? "" : " " + OneLine.of(code, credentials))
              + (said.isEmpty() ? "" : ": " + said);
      return new Refusal(answer.status(), code, line);
    }

    Verdict verdict() {
      return Verdict.of(code, status);
    }

    /**
     * Whether an invocation would end no better than a question about the function. Not so where
     * the account may invoke and not ask, and where a server has invocations only.
     */
    boolean leavesNoHope() {
      return HOPELESS.contains(code.contains(".") ? code.substring(0, code.indexOf('.')) : code);
    }
  }

  /**
   * The service's own code of a refusal, empty where there is none. 2.0 names code and message
   * ErrorCode and ErrorMessage, its manual errorCode; 3.0 Code and Message.
   */
  static String code(HttpAnswer answer) {
    return codeIn(json(answer));
  }

  private static String codeIn(JsonNode error) {
    return text(error, "ErrorCode", "Code", "errorCode");
  }

  /** The body as JSON, or a missing node where it is none. */
  private static JsonNode json(HttpAnswer answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  /** The first field that is there; else empty. */
  private static String text(JsonNode object, String... fields) {
    for (String field : fields) {
      if (object.hasNonNull(field)) {
        return object.path(field).asText("");
      }
    }
    return "";
  }
}
