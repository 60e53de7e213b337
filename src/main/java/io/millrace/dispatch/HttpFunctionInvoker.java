// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.http.Causes;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.PublicEvolving;

/** Invokes one function: an attempt is one request. Stateless. */
@PublicEvolving
public final class HttpFunctionInvoker implements FunctionInvoker {

  private final FunctionProtocol protocol;
  private final CredentialsProvider keys;
  private final HttpTransport transport;

  public HttpFunctionInvoker(
      FunctionProtocol protocol, CredentialsProvider keys, HttpTransport transport) {
    this.protocol = protocol;
    this.keys = keys;
    this.transport = transport;
  }

  @Override
  public CompletableFuture<Outcome> invoke(Invocation invocation) {
    Credentials credentials;
    try {
      credentials = keys.get();
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new Outcome.TargetFault(credentialsFault(e), Optional.empty()));
    }
    return transport
        .send(protocol.invocation(invocation.event(), credentials))
        .handle(
            (answer, failure) ->
                failure == null
                    ? protocol.outcome(answer, credentials)
                    : outcome(Causes.of(failure)));
  }

  @Override
  public CompletableFuture<FunctionDescription> describe() {
    Credentials credentials;
    try {
      credentials = keys.get();
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(
          new FunctionDescription.Refused(credentialsFault(e)));
    }
    return transport
        .send(protocol.description(credentials))
        .handle(
            (answer, failure) ->
                failure == null
                    ? protocol.description(answer, credentials)
                    : new FunctionDescription.Refused(
                        OneLine.of(String.valueOf(Causes.of(failure).getMessage()))));
  }

  private static Outcome outcome(Throwable failure) {
    if (failure instanceof HttpFailure http) {
      String line = OneLine.of(http.getMessage());
      return switch (http.kind()) {
        case NOT_CONNECTED, TLS_REFUSED, CLOSED -> new Outcome.TargetFault(line, Optional.empty());
        case NOT_LET_OUT -> new Outcome.NotSent(line);
        case CONNECTION_LOST, TIMED_OUT -> new Outcome.UnknownFate(line, Optional.empty());
      };
    }
    // Not foreseen by the transport's contract; whether the function ran cannot be known.
    return new Outcome.UnknownFate(OneLine.of(String.valueOf(failure)), Optional.empty());
  }

  private static String credentialsFault(RuntimeException e) {
    String line = e instanceof MissingCredentialException ? e.getMessage() : e.toString();
    return "credentials: " + OneLine.of(line);
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
