// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.credentials.Credentials;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpFailure;
import io.millrace.http.OneLine;
import java.io.IOException;
import java.util.Optional;

/** Reads an answer of Function Compute: how did the attempt end? */
final class FunctionComputeAnswer {

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  /** Larger bodies are not parsed for their message. */
  private static final int MAX_ERROR_BODY = 256 * 1024;

  private FunctionComputeAnswer() {}

  static Outcome outcome(HttpAnswer answer, Credentials credentials) {
    Optional<String> requestId = answer.header("x-fc-request-id");
    // A function that failed is answered with 200 as well; only this header tells.
    Optional<String> functionError = answer.header("x-fc-error-type");
    if (functionError.isPresent()) {
      String line = OneLine.without(credentials, functionError(functionError.get(), answer));
      return new Outcome.RecordFault(line, requestId);
    }
    if (answer.status() / 100 == 2 && answer.status() != 202) {
      return new Outcome.Acknowledged(requestId);
    }
    JsonNode error = json(answer);
    String code = text(error, "ErrorCode");
    String message = text(error, "ErrorMessage");
    String said = message.isEmpty() ? OneLine.of(answer.body()) : OneLine.of(message);
    String line =
        "HTTP "
            + answer.status()
            + (code.isEmpty() ? "" : " " + OneLine.of(code))
            + (said.isEmpty() ? "" : ": " + said);
    return Verdict.of(code, answer.status()).outcome(OneLine.without(credentials, line), requestId);
  }

  static Outcome outcome(HttpFailure failure) {
    String line = OneLine.of(failure.getMessage());
    return failure.fateUnknown()
        ? new Outcome.UnknownFate(line, Optional.empty())
        : new Outcome.TargetFault(line, Optional.empty());
  }

  private static String functionError(String kind, HttpAnswer answer) {
    JsonNode error = json(answer);
    String type = text(error, "errorType");
    String message = text(error, "errorMessage");
    StringBuilder line = new StringBuilder(OneLine.of(kind));
    if (!type.isEmpty()) {
      line.append(": ").append(OneLine.of(type));
    }
    String said = message.isEmpty() ? OneLine.of(answer.body()) : OneLine.of(message);
    return said.isEmpty() ? line.toString() : line.append(": ").append(said).toString();
  }

  /** The body as JSON, or a missing node where it is none. */
  private static JsonNode json(HttpAnswer answer) {
    if (answer.body().length > MAX_ERROR_BODY) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  private static String text(JsonNode object, String field) {
    return object.path(field).asText("");
  }
}
