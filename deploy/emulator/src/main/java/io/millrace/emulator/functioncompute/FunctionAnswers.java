// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.function.FunctionResult.Failure;
import io.millrace.emulator.http.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

/** What the function service answers when it does not refuse. */
final class FunctionAnswers {

  /** How much of the log comes along with an answer. */
  private static final int MAX_LOG = 4096;

  private FunctionAnswers() {}

  /** An asynchronous invocation will be run. */
  static Answer accepted(String requestId) {
    return Answer.of(202, Answer.JSON, new byte[0]).with("X-Fc-Request-Id", requestId);
  }

  /** What a function returned, or its error: both are a 200. */
  static Answer returned(
      FunctionRoute route, FunctionCall call, FunctionResult result, Duration taken, boolean tail) {
    Answer answer =
        Answer.of(200, "application/octet-stream", result.body())
            .with("X-Fc-Request-Id", call.requestId())
            .with("X-Fc-Invocation-Duration", Long.toString(taken.toMillis()))
            .with("X-Fc-Max-Memory-Usage", "0.00")
            .with("X-Fc-Code-Checksum", "0");
    answer =
        switch (route.api()) {
          case V2016 -> answer.with("X-Fc-Invocation-Service-Version", call.qualifier());
          case V2023 -> answer.with("X-Fc-Instance-Id", "c-local-0");
        };
    if (result.failure().isPresent()) {
      answer = answer.with("X-Fc-Error-Type", errorType(result.failure().get()));
    }
    return tail ? answer.with("X-Fc-Log-Result", log(call, result)) : answer;
  }

  private static String errorType(Failure failure) {
    return failure
        .code()
        .orElseGet(
            () ->
                switch (failure.observer()) {
                  case FUNCTION -> "HandledInvocationError";
                  case SERVICE -> "UnhandledInvocationError";
                });
  }

  /** What exists under the name. */
  static Answer described(FunctionRoute route, FunctionLimits limits, String requestId) {
    long seconds = Math.max(1, limits.timeout().plusMillis(999).toSeconds());
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("functionId", "local")
            .put("functionName", route.function())
            .put("description", "")
            .put("runtime", "custom")
            .put("handler", "index.handler")
            .put("timeout", seconds)
            .put("memorySize", 512)
            .put("codeSize", 0)
            .put("codeChecksum", "0")
            .put("createdTime", "2026-01-01T00:00:00Z")
            .put("lastModifiedTime", "2026-01-01T00:00:00Z");
    return Answer.json(200, body).with("X-Fc-Request-Id", requestId);
  }

  private static String log(FunctionCall call, FunctionResult result) {
    StringBuilder text = new StringBuilder(256);
    text.append("FC Invoke Start RequestId: ").append(call.requestId()).append('\n');
    text.append(result.log());
    if (result.failure().isPresent()) {
      text.append(new String(result.body(), UTF_8)).append('\n');
    }
    text.append("FC Invoke End RequestId: ").append(call.requestId()).append('\n');
    byte[] bytes = text.toString().getBytes(UTF_8);
    int tail = Math.min(bytes.length, MAX_LOG);
    return Base64.getEncoder()
        .encodeToString(Arrays.copyOfRange(bytes, bytes.length - tail, bytes.length));
  }
}
