// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.function.ProcessContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * FunctionGraph's contract with container images: port 8000, JSON, {@code X-CFF-*} headers. Any
 * answer but a 2xx is the function's own error, in a form of its own.
 */
final class ContainerContract implements ProcessContract {

  private static final int PORT = 8000;

  @Override
  public int port() {
    return PORT;
  }

  @Override
  public List<String> portVariables() {
    return List.of("PORT");
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public Map<String, String> context(FunctionCall call, ServiceKeys keys) {
    Map<String, String> headers = new HashMap<>();
    headers.put("X-CFF-Request-Id", call.requestId());
    headers.put("X-CFF-Memory", "128");
    headers.put("X-CFF-Timeout", Long.toString(FunctionGraphAnswers.seconds(call.timeout())));
    headers.put("X-CFF-Func-Version", call.qualifier());
    headers.put("X-CFF-Func-Name", call.function());
    headers.put("X-CFF-Project-Id", call.owner());
    headers.put("X-CFF-Package", call.group());
    headers.put("X-CFF-Region", FunctionUrn.LOCAL);
    headers.put("X-CFF-Auth-Token", keys.authToken().orElse(""));
    headers.put("X-CFF-Security-Access-Key", keys.accessKeyId());
    headers.put("X-CFF-Security-Secret-Key", keys.accessKeySecret());
    headers.put("X-CFF-Security-Token", keys.securityToken().orElse(""));
    return headers;
  }

  @Override
  public FunctionResult failed(int status, Optional<String> reported, byte[] body) {
    return body.length > 0
        ? FunctionResult.reported(body)
        : FunctionResult.ended("The function answered POST /invoke with status " + status);
  }
}
