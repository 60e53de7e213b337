// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.http.Answer;
import java.util.Optional;

/**
 * A refusal by the function service, before any function runs: HTTP status, error code, message.
 */
final class FunctionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Optional<String> errorType;

  FunctionException(int status, String code, String message) {
    this(status, code, message, Optional.empty());
  }

  private FunctionException(int status, String code, String message, Optional<String> errorType) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.errorType = errorType;
  }

  /** The refusal that a fault rule asks for. */
  static FunctionException injected(FaultRule rule) {
    int status = rule.status().orElseGet(() -> statusOf(rule.errorCode().orElseThrow()));
    return new FunctionException(
        status,
        rule.errorCode().orElseGet(() -> codeOf(status)),
        "Injected fault: " + rule.kind().wireName(),
        rule.errorType());
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** The answer with the header that goes with the refusal, where one does. */
  Answer marked(Answer answer) {
    return errorType.map(type -> answer.with("X-Fc-Error-Type", type)).orElse(answer);
  }

  /** The error code that the service gives with a status. */
  static String codeOf(int status) {
    return switch (status) {
      case 400 -> "InvalidArgument";
      case 401, 403 -> "AccessDenied";
      case 404 -> "FunctionNotFound";
      case 409 -> "ConcurrentUpdateError";
      case 412 -> "PreconditionFailed";
      case 429 -> "ResourceExhausted";
      case 499 -> "ClientClosedRequest";
      case 503 -> "ResourceThrottled";
      default -> status < 500 ? "InvalidArgument" : "InternalServerError";
    };
  }

  /** The status that the service gives with an error code. */
  static int statusOf(String code) {
    return switch (code) {
      case "AccessDenied", "SignatureNotMatch", "InvalidAccessKeyID" -> 403;
      case "ServiceNotFound", "FunctionNotFound", "AliasNotFound", "VersionNotFound" -> 404;
      case "ConcurrentUpdateError" -> 409;
      case "PreconditionFailed", "CAExited", "CAFileNotFound" -> 412;
      case "ResourceExhausted" -> 429;
      case "ClientClosedRequest" -> 499;
      case "InternalServerError" -> 500;
      case "ResourceThrottled" -> 503;
      default -> 400;
    };
  }
}
