// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Invokes one function synchronously: an attempt is one signed request. Stateless. */
final class FunctionComputeInvoker implements FunctionInvoker {

  static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final FunctionComputeTarget target;
  private final URI uri;
  private final HttpTransport transport;
  private final Clock clock;

  FunctionComputeInvoker(FunctionComputeTarget target, HttpTransport transport, Clock clock) {
    this.target = target;
    this.uri = target.invocations();
    this.transport = transport;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Outcome> invoke(Invocation invocation) {
    Credentials credentials;
    try {
      credentials = target.credentials().get();
    } catch (RuntimeException e) {
      String line = e instanceof MissingCredentialException ? e.getMessage() : e.toString();
      return CompletableFuture.completedFuture(
          new Outcome.TargetFault("credentials: " + OneLine.of(line), Optional.empty()));
    }
    return transport
        .send(call(invocation.event(), credentials))
        .handle((answer, failure) -> outcome(answer, failure, credentials));
  }

  private HttpCall call(byte[] event, Credentials credentials) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("User-Agent", UserAgent.VALUE);
    if (!target.account().isEmpty()) {
      headers.put("x-fc-account-id", target.account());
    }
    headers.put("Date", HTTP_DATE.format(clock.instant()));
    headers.put("Content-Type", "application/octet-stream");
    headers.put("Content-MD5", md5(event));
    credentials.securityToken().ifPresent(token -> headers.put("x-fc-security-token", token));
    headers.put(
        "Authorization",
        FunctionComputeSignature.authorization(credentials, "POST", uri.getRawPath(), headers));
    return new HttpCall("POST", uri, List.copyOf(headers.entrySet()), event, target.timeout());
  }

  private static Outcome outcome(HttpAnswer answer, Throwable failure, Credentials credentials) {
    if (failure == null) {
      return FunctionComputeAnswer.outcome(answer, credentials);
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HttpFailure http) {
      return FunctionComputeAnswer.outcome(http);
    }
    // Not foreseen by the transport's contract; whether the function ran cannot be known.
    return new Outcome.UnknownFate(OneLine.of(String.valueOf(cause)), Optional.empty());
  }

  private static String md5(byte[] event) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(event));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /** Holds nothing. */
  @Override
  public void close() {}
}
