// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static io.millrace.dispatch.Verdict.RECORDS;
import static io.millrace.dispatch.Verdict.TARGET;
import static io.millrace.dispatch.Verdict.THROTTLED;
import static io.millrace.dispatch.Verdict.TOO_LARGE;
import static io.millrace.dispatch.Verdict.UNKNOWN;

import io.millrace.dispatch.RefusalTable;
import io.millrace.dispatch.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How Function Compute says no. */
final class FunctionComputeRefusals {

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

  private static final Set<String> HOPELESS =
      Set.of(
          "ServiceNotFound",
          "FunctionNotFound",
          "AliasNotFound",
          "VersionNotFound",
          "SignatureNotMatch",
          "SignatureDoesNotMatch",
          "InvalidAccessKeyID",
          "InvalidAccessKeyId",
          "ExpiredToken",
          "InvalidSecurityToken",
          "MissingSecurityToken");

  /**
   * 2.0 names code and message ErrorCode and ErrorMessage, its manual errorCode; 3.0 Code and
   * Message.
   */
  static final RefusalTable TABLE =
      new RefusalTable(
          List.of("ErrorCode", "Code", "errorCode"),
          List.of("ErrorMessage", "Message", "errorMessage"),
          BY_CODE,
          HOPELESS);

  private FunctionComputeRefusals() {}
}
