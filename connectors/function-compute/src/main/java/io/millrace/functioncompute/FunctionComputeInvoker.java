// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.functioncompute.FunctionApi.Request;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Invokes one function: an attempt is one signed request. Stateless. */
final class FunctionComputeInvoker implements FunctionInvoker {

  private static final Duration DESCRIPTION_TIMEOUT = Duration.ofSeconds(30);
  private static final byte[] NO_BODY = {};

  private final FunctionComputeTarget target;
  private final URI uri;
  private final boolean asynchronous;
  private final HttpTransport transport;
  private final Clock clock;

  FunctionComputeInvoker(FunctionComputeTarget target, HttpTransport transport, Clock clock) {
    this.target = target;
    this.uri = target.invocations();
    this.asynchronous = target.invocation() == FunctionComputeOptions.Invocation.async;
    this.transport = transport;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Outcome> invoke(Invocation invocation) {
    Credentials credentials;
    try {
      credentials = target.credentials().get();
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new Outcome.TargetFault(credentialsFault(e), Optional.empty()));
    }
    return transport
        .send(invocation(invocation.event(), credentials))
        .handle((answer, failure) -> outcome(answer, failure, credentials));
  }

  @Override
  public CompletableFuture<FunctionDescription> describe() {
    Credentials credentials;
    try {
      credentials = target.credentials().get();
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new FunctionDescription.Refused(credentialsFault(e)));
    }
    Request request = new Request("GET", target.description(), "GetFunction", common(), NO_BODY);
    return transport
        .send(call(request, credentials, DESCRIPTION_TIMEOUT))
        .handle(
            (answer, failure) ->
                failure == null
                    ? FunctionComputeAnswer.description(answer, credentials)
                    : new FunctionDescription.Refused(
                        OneLine.of(String.valueOf(cause(failure).getMessage()))));
  }

  private HttpCall invocation(byte[] event, Credentials credentials) {
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

  private Outcome outcome(HttpAnswer answer, Throwable failure, Credentials credentials) {
    if (failure == null) {
      return FunctionComputeAnswer.outcome(answer, asynchronous, credentials);
    }
    if (cause(failure) instanceof HttpFailure http) {
      return FunctionComputeAnswer.outcome(http);
    }
    // Not foreseen by the transport's contract; whether the function ran cannot be known.
    return new Outcome.UnknownFate(OneLine.of(String.valueOf(cause(failure))), Optional.empty());
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static String credentialsFault(RuntimeException e) {
    String line = e instanceof MissingCredentialException ? e.getMessage() : e.toString();
    return "credentials: " + OneLine.of(line);
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
