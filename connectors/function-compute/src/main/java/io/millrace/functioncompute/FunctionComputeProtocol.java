// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionProtocol;
import io.millrace.dispatch.Outcome;
import io.millrace.functioncompute.FunctionApi.Request;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Invocations of one function, and questions about it: requests that are signed. Stateless. */
final class FunctionComputeProtocol implements FunctionProtocol {

  private static final Duration DESCRIPTION_TIMEOUT = Duration.ofSeconds(30);
  private static final byte[] NO_BODY = {};

  private final FunctionComputeTarget target;
  private final URI uri;
  private final boolean asynchronous;
  private final Clock clock;

  FunctionComputeProtocol(FunctionComputeTarget target, Clock clock) {
    this.target = target;
    this.uri = target.invocations();
    this.asynchronous = target.invocation() == FunctionComputeOptions.Invocation.async;
    this.clock = clock;
  }

  @Override
  public HttpCall invocation(byte[] event, Credentials credentials) {
    Map<String, String> headers = common();
    headers.put("Content-Type", "application/octet-stream");
    if (asynchronous) {
      headers.put("X-Fc-Invocation-Type", "Async");
    } else if (target.logTail()) {
      headers.put("X-Fc-Log-Type", "Tail");
    }
    return call(
        new Request("POST", uri, "InvokeFunction", headers, event), credentials, target.timeout());
  }

  @Override
  public Outcome outcome(HttpAnswer answer, Credentials credentials) {
    return FunctionComputeAnswer.outcome(answer, asynchronous, credentials);
  }

  @Override
  public HttpCall description(Credentials credentials) {
    return call(
        new Request("GET", target.description(), "GetFunction", common(), NO_BODY),
        credentials,
        DESCRIPTION_TIMEOUT);
  }

  @Override
  public FunctionDescription description(HttpAnswer answer, Credentials credentials) {
    return FunctionComputeAnswer.description(answer, credentials);
  }

  private HttpCall call(Request request, Credentials credentials, Duration timeout) {
    Map<String, String> headers = target.api().signed(request, credentials, clock.instant());
    return new HttpCall(
        request.method(),
        request.uri(),
        List.copyOf(headers.entrySet()),
        request.body(),
        timeout,
        FunctionComputeAnswer.KEPT);
  }

  /** The headers of every request. */
  static Map<String, String> common() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("User-Agent", UserAgent.VALUE);
    return headers;
  }
}
