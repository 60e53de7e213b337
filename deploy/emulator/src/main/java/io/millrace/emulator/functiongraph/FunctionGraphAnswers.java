// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.function.FunctionResult.Failure;
import io.millrace.emulator.functiongraph.FunctionGraphStore.Listed;
import io.millrace.emulator.http.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What FunctionGraph answers when it does not refuse. */
final class FunctionGraphAnswers {

  /** How much of the log comes along with an answer. */
  private static final int MAX_LOG = 2000;

  private static final String FUNCTION_ERROR = "500";
  private static final String RESPONSE_TOO_LARGE = "507";
  private static final String PROCESS_ENDED = "555";

  private FunctionGraphAnswers() {}

  /** An asynchronous invocation will be run. */
  static Answer accepted(String requestId) {
    return Answer.json(202, JsonNodeFactory.instance.objectNode().put("request_id", requestId))
        .with("X-Cff-Request-Id", requestId);
  }

  /** How an answer is wanted. */
  record Form(boolean json, boolean tail, int maxResponse, int errorStatus) {}

  /** What a function returned, or its error. */
  static Answer returned(FunctionCall call, FunctionResult result, Duration taken, Form form) {
    boolean tooLarge = result.failure().isEmpty() && result.body().length > form.maxResponse();
    byte[] body =
        tooLarge
            ? "{\"errorMessage\":\"The response body is too large\"}".getBytes(UTF_8)
            : result.body();
    // What the header says is documented only where it is 0; here it is the status of the result.
    String errorCode =
        tooLarge
            ? RESPONSE_TOO_LARGE
            : result.failure().map(FunctionGraphAnswers::errorCode).orElse("0");
    boolean failed = !errorCode.equals("0");
    String log = log(call, result, taken);
    int status = failed ? form.errorStatus() : 200;
    Answer answer =
        form.json()
            ? Answer.json(status, document(call, body, log, failed ? errorCode : "200"))
            : Answer.of(status, Answer.JSON, body);
    answer =
        answer
            .with("X-Cff-Request-Id", call.requestId())
            .with("X-Cff-Response-Version", form.json() ? "v1" : "v0")
            .with("X-Cff-Invoke-Summary", summary(taken))
            .with("X-CFF-Billing-Duration", Long.toString(taken.toMillis() + 1))
            .with("X-Is-Func-Err", Boolean.toString(failed))
            .with("X-Func-Err-Code", errorCode);
    return form.tail() ? answer.with("X-Cff-Function-Log", tail(log)) : answer;
  }

  private static String errorCode(Failure failure) {
    return failure
        .code()
        .orElseGet(
            () ->
                switch (failure.observer()) {
                  case FUNCTION -> FUNCTION_ERROR;
                  case SERVICE -> PROCESS_ENDED;
                });
  }

  private static ObjectNode document(
      FunctionCall call, byte[] result, String log, String errorCode) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("request_id", call.requestId())
        .put("result", new String(result, UTF_8))
        .put("log", log)
        .put("status", errorCode.matches("[0-9]{3}") ? Integer.parseInt(errorCode) : 500);
  }

  private static String summary(Duration taken) {
    return String.format(
        Locale.ROOT,
        "{\"duration\":%.3f,\"billingDuration\":%d,\"memorySize\":128,\"memoryUsed\":0}",
        taken.toNanos() / 1e6,
        taken.toMillis() + 1);
  }

  private static String log(FunctionCall call, FunctionResult result, Duration taken) {
    return "Start invoke request '%s', version: %s\n%sFinish invoke request '%s', duration: %dms"
        .formatted(
            call.requestId(), call.qualifier(), result.log(), call.requestId(), taken.toMillis());
  }

  private static String tail(String log) {
    byte[] bytes = log.getBytes(UTF_8);
    int from = Math.max(0, bytes.length - MAX_LOG);
    return Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  /** What exists under the name. */
  static Answer described(FunctionUrn urn, FunctionLimits limits, String requestId) {
    return Answer.json(200, description(urn, limits)).with("X-Cff-Request-Id", requestId);
  }

  /** All functions of a project. */
  static Answer listed(List<Listed> functions, String requestId) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode list = body.putArray("functions");
    for (Listed each : functions) {
      list.add(
          description(
              new FunctionUrn(
                  FunctionUrn.LOCAL,
                  each.project(),
                  each.group(),
                  each.function(),
                  FunctionUrn.LATEST),
              each.deployed().limits()));
    }
    body.put("next_marker", functions.size()).put("count", functions.size());
    return Answer.json(200, body).with("X-Cff-Request-Id", requestId);
  }

  private static ObjectNode description(FunctionUrn urn, FunctionLimits limits) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("func_urn", urn.toString())
            .put("func_name", urn.function())
            .put("domain_id", "local")
            .put("namespace", urn.project())
            .put("project_name", urn.region())
            .put("package", urn.group())
            .put("runtime", "Custom")
            .put("timeout", seconds(limits.timeout()))
            .put("handler", "index.handler")
            .put("memory_size", 128)
            .put("code_type", "inline")
            .put("version", urn.qualifier())
            .put("last_modified", "2026-01-01T00:00:00Z");
    body.putObject("strategy_config")
        .put(
            "concurrency",
            Optional.of(limits.maxConcurrency()).filter(n -> n < Integer.MAX_VALUE).orElse(-1));
    return body;
  }

  /** Whole seconds, as the service counts. */
  static long seconds(Duration timeout) {
    return Math.max(1, timeout.plusMillis(999).toSeconds());
  }
}
