// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.dispatch.Outcome;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a refusal of Function Compute asks for. The service's own code decides; where it has none,
 * or one that is not listed, the HTTP status does.
 *
 * <p>Which fault is whose: the project's delivery contract, "What counts as a failure".
 */
enum Verdict {
  /** Counts as an attempt of the envelope. */
  RECORDS,
  /** The event is too large. */
  TOO_LARGE,
  /** Blocks the function for all shards until a probe succeeds. */
  TARGET,
  /** Asked too much at a time. */
  THROTTLED,
  /** Somebody on the way gave up waiting; the function may be running. */
  UNKNOWN;

  /**
   * Codes of both APIs, from Function Compute's manual, page "Error codes" of 2.0 and of 3.0, where
   * nothing else is said. {@code Throttling} is also {@code Throttling.User}, and so on.
   */
  private static final Map<String, Verdict> BY_CODE =
      Map.ofEntries(
          Map.entry("AccessDenied", TARGET),
          Map.entry("SignatureNotMatch", TARGET),
          Map.entry("InvalidAccessKeyID", TARGET),
          Map.entry("ServiceNotFound", TARGET),
          Map.entry("FunctionNotFound", TARGET),
          Map.entry("AliasNotFound", TARGET),
          Map.entry("VersionNotFound", TARGET),
          Map.entry("MissingRequiredHeader", TARGET),
          Map.entry("PathNotSupported", TARGET),
          // The function is being changed; it passes.
          Map.entry("ConcurrentUpdateError", TARGET),
          // 400 here, not 413.
          Map.entry("EntityTooLarge", TOO_LARGE),
          Map.entry("ResourceExhausted", THROTTLED),
          Map.entry("ResourceThrottled", THROTTLED),
          Map.entry("ClientClosedRequest", UNKNOWN),
          // 3.0. The user's process in the function's instance: it exited, or its file is missing.
          Map.entry("CAExited", RECORDS),
          Map.entry("CAFileNotFound", TARGET),
          Map.entry("InternalServerError", RECORDS),
          // Said of many things, and not certain to be the same for the next event.
          Map.entry("InvalidArgument", RECORDS),
          Map.entry("PreconditionFailed", RECORDS),
          // The gateway before 3.0 and security tokens: the cloud's OpenAPI manual, pages
          // "V3 request structure and signature" and "Common error codes".
          Map.entry("ExpiredToken", TARGET),
          Map.entry("InvalidSecurityToken", TARGET),
          Map.entry("MissingSecurityToken", TARGET),
          Map.entry("InvalidAccessKeyId", TARGET),
          Map.entry("IncompleteSignature", TARGET),
          Map.entry("SignatureDoesNotMatch", TARGET),
          Map.entry("InvalidTimeStamp", TARGET),
          Map.entry("Forbidden", TARGET),
          Map.entry("NoPermission", TARGET),
          Map.entry("InvalidAction", TARGET),
          Map.entry("InvalidVersion", TARGET),
          Map.entry("Throttling", THROTTLED),
          Map.entry("ServiceUnavailable", THROTTLED),
          // Somebody on the way sent the request twice, and the first one was let in.
          Map.entry("SignatureNonceUsed", UNKNOWN));

  static Verdict of(String code, int status) {
    int dot = code.indexOf('.');
    String family = dot < 0 ? code : code.substring(0, dot);
    Verdict byCode = BY_CODE.getOrDefault(code, BY_CODE.get(family));
    return byCode != null ? byCode : ofStatus(status);
  }

  /** All codes that are listed. */
  static Set<String> codes() {
    return BY_CODE.keySet();
  }

  private static Verdict ofStatus(int status) {
    return switch (status) {
      // 200 to one that should run later, 202 to one that should run now: not the service.
      case 202, 401, 403, 404, 405, 409, 410 -> TARGET;
      case 413 -> TOO_LARGE;
      case 429, 503 -> THROTTLED;
      case 408, 499, 504 -> UNKNOWN;
      // A redirect, or an upgrade: something else answers at this address.
      default -> status < 400 ? TARGET : RECORDS;
    };
  }

  Outcome outcome(String message, Optional<String> requestId) {
    return switch (this) {
      case RECORDS -> new Outcome.RecordFault(message, requestId);
      case TOO_LARGE -> new Outcome.TooLarge(message, requestId);
      case TARGET -> new Outcome.TargetFault(message, requestId);
      case THROTTLED -> new Outcome.Throttled(message, requestId);
      case UNKNOWN -> new Outcome.UnknownFate(message, requestId);
    };
  }
}
