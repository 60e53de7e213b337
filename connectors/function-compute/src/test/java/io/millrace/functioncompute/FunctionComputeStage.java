// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.contract.FunctionStage;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.http.HttpAnswer;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Function Compute.
 *
 * @param version3 whether functions belong to no service
 */
record FunctionComputeStage(boolean version3) implements FunctionStage {

  private static final String REQUEST_ID = "X-Fc-Request-Id";
  private static final String ERROR_TYPE = "X-Fc-Error-Type";

  @Override
  public String type() {
    return "function-compute";
  }

  @Override
  public FunctionEmulator service(Emulator emulator) {
    return emulator.functions();
  }

  @Override
  public void create(Emulator emulator, String function, FunctionLimits limits) {
    if (version3) {
      emulator.functions().create(function, limits);
    } else {
      emulator.functions().create("svc", function, limits);
    }
  }

  @Override
  public Map<String, String> options(URI endpoint, String function) {
    Map<String, String> named =
        Map.of("function.endpoint", endpoint.toString(), "function.function", function);
    return version3
        ? named
        : Map.of(
            "function.endpoint",
            endpoint.toString(),
            "function.service",
            "svc",
            "function.function",
            function);
  }

  /** Without a service it is version 3. */
  @Override
  public Set<String> needed() {
    return Set.of("function.endpoint", "function.function");
  }

  @Override
  public String publicHost() {
    return "12.cn-x.fc.aliyuncs.com";
  }

  @Override
  public String throttled() {
    return version3 ? "ResourceThrottled" : "ResourceExhausted";
  }

  @Override
  public String forbidden() {
    return "AccessDenied";
  }

  @Override
  public String wrongSecret() {
    return "HTTP 403 SignatureNotMatch";
  }

  @Override
  public String noSuchFunction() {
    return "HTTP 404 FunctionNotFound";
  }

  @Override
  public HttpAnswer refused(int status, String code, String message) {
    String body =
        version3
            ? json(Map.of("Code", code, "Message", message, "RequestId", "r-1"))
            : json(Map.of("ErrorCode", code, "ErrorMessage", message));
    return answer(status, Map.of(REQUEST_ID, "r-1"), body);
  }

  @Override
  public HttpAnswer succeeded() {
    return answer(200, Map.of(REQUEST_ID, "r-1"), "done");
  }

  @Override
  public HttpAnswer failed(String message, String log) {
    String framed = "FC Invoke Start RequestId: r-1\n" + log + "FC Invoke End RequestId: r-1\n";
    return answer(
        200,
        Map.of(
            REQUEST_ID,
            "r-1",
            ERROR_TYPE,
            "HandledInvocationError",
            "X-Fc-Log-Result",
            Base64.getEncoder().encodeToString(framed.getBytes(UTF_8))),
        json(Map.of("errorType", "Shop", "errorMessage", message)));
  }

  @Override
  public List<HttpAnswer> repeating(String text) {
    Map<String, String> failed = Map.of(ERROR_TYPE, "HandledInvocationError");
    return List.of(
        failed(text, ""),
        failed("m", text + "\n" + "l".repeat(100) + "\n"),
        answer(200, failed, json(Map.of("errorType", text))),
        answer(200, failed, text),
        answer(200, Map.of(ERROR_TYPE, text), "{}"),
        refused(403, text, "m"),
        refused(403, "X", text),
        answer(502, Map.of(), text));
  }

  private static HttpAnswer answer(int status, Map<String, String> headers, String body) {
    return new HttpAnswer(status, headers, body.getBytes(UTF_8));
  }

  private static String json(Map<String, String> fields) {
    var object = JsonNodeFactory.instance.objectNode();
    fields.forEach(object::put);
    return object.toString();
  }
}
