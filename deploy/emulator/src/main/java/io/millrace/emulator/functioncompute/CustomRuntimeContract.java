// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCall;
import io.millrace.emulator.function.FunctionResult;
import io.millrace.emulator.function.ProcessContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Function Compute's custom-runtime contract: {@code x-fc-*} headers; a 404 with {@code
 * x-fc-status: 404} is the function's own error. Any other answer than a 2xx, which the contract
 * leaves open, counts as a crash.
 */
final class CustomRuntimeContract implements ProcessContract {

  @Override
  public int port() {
    return 0;
  }

  @Override
  public List<String> portVariables() {
    return List.of("FC_SERVER_PORT", "PORT");
  }

  @Override
  public String contentType() {
    return "application/octet-stream";
  }

  @Override
  public Map<String, String> context(FunctionCall call, ServiceKeys keys) {
    Map<String, String> headers = new HashMap<>();
    headers.put("x-fc-request-id", call.requestId());
    headers.put("x-fc-access-key-id", keys.accessKeyId());
    headers.put("x-fc-access-key-secret", keys.accessKeySecret());
    headers.put("x-fc-security-token", keys.securityToken().orElse(""));
    headers.put("x-fc-function-name", call.function());
    headers.put("x-fc-function-handler", "index.handler");
    headers.put("x-fc-function-memory", "512");
    headers.put("x-fc-service-name", call.group());
    headers.put("x-fc-service-logproject", "");
    headers.put("x-fc-service-logstore", "");
    headers.put("x-fc-qualifier", call.qualifier());
    headers.put("x-fc-version-id", call.qualifier());
    headers.put("x-fc-account-id", call.owner());
    headers.put("x-fc-region", "local");
    headers.put("x-fc-control-path", "/invoke");
    return headers;
  }

  @Override
  public Optional<String> errorHeader() {
    return Optional.of("x-fc-status");
  }

  @Override
  public FunctionResult failed(int status, Optional<String> reported, byte[] body) {
    if (reported.filter("404"::equals).isPresent()) {
      return FunctionResult.reported(body);
    }
    return status / 100 == 2
        ? FunctionResult.success(body)
        : FunctionResult.ended("The function answered POST /invoke with status " + status);
  }
}
