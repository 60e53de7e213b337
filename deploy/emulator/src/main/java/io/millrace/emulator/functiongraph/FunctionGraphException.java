// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functiongraph;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.http.Answer;

/** A refusal by FunctionGraph, before any function runs: HTTP status, error code, message. */
final class FunctionGraphException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  FunctionGraphException(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  /** The refusal that a fault rule asks for. */
  static FunctionGraphException injected(FaultRule rule) {
    int status = rule.status().orElseGet(() -> statusOf(rule.errorCode().orElseThrow()));
    return new FunctionGraphException(
        status,
        rule.errorCode().orElseGet(() -> "FSS.0" + status),
        "Injected fault: " + rule.kind().wireName());
  }

  /** The gateway before the service does not let it in. */
  static FunctionGraphException notAdmitted(String reason) {
    return new FunctionGraphException(
        401, "APIGW.0301", "Incorrect IAM authentication information: " + reason);
  }

  String code() {
    return code;
  }

  /** The answer to the request that is refused. */
  Answer answer(String requestId) {
    return Answer.json(
            status,
            JsonNodeFactory.instance
                .objectNode()
                .put("error_code", code)
                .put("error_msg", getMessage()))
        .with("X-Cff-Request-Id", requestId);
  }

  /** The status that the service gives with an error code. */
  private static int statusOf(String code) {
    return switch (code) {
      case "FSS.0401", "FSS.1118", "APIGW.0301", "APIGW.0307" -> 401;
      case "FSS.0403" -> 403;
      case "FSS.0404", "FSS.1051", "FSS.1052", "FSS.1053", "FSS.1055", "APIGW.0101" -> 404;
      case "FSS.0406" -> 406;
      case "FSS.0408" -> 408;
      case "FSS.0409" -> 409;
      case "FSS.0413", "FSS.1201" -> 413;
      case "FSS.0429", "APIGW.0308" -> 429;
      case "FSS.0500", "FSS.1202" -> 500;
      case "FSS.0502" -> 502;
      case "FSS.0503", "FSS.1115", "FSS.1169" -> 503;
      case "FSS.0504" -> 504;
      default -> 400;
    };
  }
}
