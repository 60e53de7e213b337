// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contract.FunctionStage;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.http.HttpAnswer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** FunctionGraph. */
final class FunctionGraphStage implements FunctionStage {

  private static final Map<String, String> HEADERS = Map.of("X-Cff-Request-Id", "r-1");

  @Override
  public String type() {
    return "functiongraph";
  }

  @Override
  public FunctionEmulator service(Emulator emulator) {
    return emulator.functionGraph();
  }

  @Override
  public void create(Emulator emulator, String function, FunctionLimits limits) {
    emulator.functionGraph().create("p1", "default", function, limits);
  }

  @Override
  public Map<String, String> options(URI endpoint, String function) {
    return Map.of(
        "function.endpoint",
        endpoint.toString(),
        "function.urn",
        "urn:fss:eu-de:p1:function:default:" + function);
  }

  @Override
  public Set<String> needed() {
    return Set.of("function.endpoint", "function.urn");
  }

  @Override
  public String publicHost() {
    return "functiongraph.eu-de.otc.t-systems.com";
  }

  @Override
  public String throttled() {
    return "FSS.0429";
  }

  @Override
  public String forbidden() {
    return "FSS.0403";
  }

  @Override
  public String wrongSecret() {
    return "HTTP 401 APIGW.0301";
  }

  @Override
  public String noSuchFunction() {
    return "HTTP 404 FSS.1051";
  }

  @Override
  public HttpAnswer refused(int status, String code, String message) {
    return answer(status, object().put("error_code", code).put("error_msg", message).toString());
  }

  @Override
  public HttpAnswer succeeded() {
    return answer(200, object().put("result", "").put("status", 200).toString());
  }

  @Override
  public HttpAnswer failed(String message, String log) {
    String framed =
        "2022-09-20T11:43:57Z Start invoke request 'r-1', version: v1\n"
            + log
            + "2022-09-20T11:43:58Z Finish invoke request 'r-1', duration: 65ms";
    String result = object().put("errorType", "Shop").put("errorMessage", message).toString();
    return answer(200, failure(result, framed));
  }

  private static String failure(String result, String log) {
    return object().put("result", result).put("log", log).put("status", 500).toString();
  }

  @Override
  public List<HttpAnswer> repeating(String text) {
    return List.of(
        failed(text, ""),
        failed("m", text + "\n" + "l".repeat(100) + "\n"),
        answer(200, failure(object().put("errorType", text).toString(), "")),
        answer(200, failure(text, "")),
        answer(200, object().put("status", text).toString()),
        refused(403, text, "m"),
        refused(403, "X", text),
        answer(502, text));
  }

  private static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(status, HEADERS, body.getBytes(UTF_8));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
