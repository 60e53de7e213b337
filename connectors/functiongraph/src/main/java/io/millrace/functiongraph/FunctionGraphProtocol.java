// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionProtocol;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.SdkHmacSignature;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Invocations of one function, synchronous and in the form that tells the function's status, and
 * questions about it. Stateless.
 */
final class FunctionGraphProtocol implements FunctionProtocol {

  private static final Duration DESCRIPTION_TIMEOUT = Duration.ofSeconds(30);
  private static final byte[] NO_BODY = {};

  private final FunctionGraphTarget target;
  private final URI invocations;
  private final Clock clock;

  FunctionGraphProtocol(FunctionGraphTarget target, Clock clock) {
    this.target = target;
    this.invocations = target.invocations();
    this.clock = clock;
  }

  @Override
  public HttpCall invocation(byte[] event, Credentials credentials) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("X-CFF-Request-Version", "v1");
    if (target.logTail()) {
      headers.put("X-Cff-Log-Type", "tail");
    }
    return call("POST", invocations, headers, event, credentials, target.timeout());
  }

  @Override
  public Outcome outcome(HttpAnswer answer, Credentials credentials) {
    return FunctionGraphAnswer.outcome(answer, credentials);
  }

  @Override
  public HttpCall description(Credentials credentials) {
    return description(target.urn(), credentials);
  }

  /** The question about any function. */
  HttpCall description(FunctionUrn function, Credentials credentials) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    return call(
        "GET", target.description(function), headers, NO_BODY, credentials, DESCRIPTION_TIMEOUT);
  }

  @Override
  public FunctionDescription description(HttpAnswer answer, Credentials credentials) {
    return FunctionGraphAnswer.description(answer, credentials);
  }

  private HttpCall call(
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Credentials credentials,
      Duration timeout) {
    headers.put("Accept", "application/json");
    headers.put("User-Agent", UserAgent.VALUE);
    headers.put("X-Project-Id", target.urn().project());
    Map<String, String> signed =
        SdkHmacSignature.signed(credentials, method, uri, headers, body, clock.instant());
    return new HttpCall(
        method, uri, List.copyOf(signed.entrySet()), body, timeout, FunctionGraphAnswer.KEPT);
  }
}
