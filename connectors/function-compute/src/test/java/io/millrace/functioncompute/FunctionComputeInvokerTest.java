// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.FunctionInvoker.Invocation;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class FunctionComputeInvokerTest {

  private static final byte[] EVENT = "{\"records\":[]}".getBytes(UTF_8);
  private static final CredentialsProvider KEYS =
      () -> new Credentials("AKID", "AKSECRET", Optional.of("STS_TOKEN_Y"));

  private final RecordingTransport transport = new RecordingTransport();

  @Test
  void sendsOneSignedRequest() {
    transport.next = answered(200, Map.of("X-Fc-Request-Id", "r-1"), "ok");

    Outcome outcome = invoke(KEYS);

    assertThat(outcome).isEqualTo(new Outcome.Acknowledged(Optional.of("r-1")));
    HttpCall call = transport.calls.get(0);
    assertThat(transport.calls).hasSize(1);
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.uri())
        .hasToString(
            "https://123.cn-x.fc.aliyuncs.com/2016-08-15/services/svc/functions/fn/invocations");
    assertThat(call.timeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(call.body()).isSameAs(EVENT);
    assertThat(call.headers())
        .containsExactly(
            Map.entry("Accept", "application/json"),
            Map.entry("User-Agent", UserAgent.VALUE),
            Map.entry("x-fc-account-id", "123"),
            Map.entry("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            Map.entry("Content-Type", "application/octet-stream"),
            Map.entry("Content-MD5", "deTkKQKDzkJJYrvSHvK1fA=="),
            Map.entry("x-fc-security-token", "STS_TOKEN_Y"),
            Map.entry("Authorization", call.headers().get(7).getValue()));
    assertThat(call.headers().get(7).getValue()).startsWith("FC AKID:").hasSize(8 + 44);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "400, InvalidArgument,       RecordFault",
        "400, MissingRequiredHeader, TargetFault",
        "400, PathNotSupported,      TargetFault",
        "400, EntityTooLarge,        TooLarge",
        "413, -,                     TooLarge",
        "401, -,                     TargetFault",
        "403, AccessDenied,          TargetFault",
        "403, SignatureNotMatch,     TargetFault",
        "403, InvalidAccessKeyID,    TargetFault",
        "403, -,                     TargetFault",
        "404, ServiceNotFound,       TargetFault",
        "404, FunctionNotFound,      TargetFault",
        "404, AliasNotFound,         TargetFault",
        "404, VersionNotFound,       TargetFault",
        "404, -,                     TargetFault",
        "409, ConcurrentUpdateError, TargetFault",
        "412, PreconditionFailed,    RecordFault",
        "412, CAExited,              RecordFault",
        "412, CAFileNotFound,        TargetFault",
        "429, ResourceExhausted,     Throttled",
        "429, ResourceThrottled,     Throttled",
        "429, -,                     Throttled",
        "503, ResourceThrottled,     Throttled",
        "503, -,                     Throttled",
        "499, ClientClosedRequest,   UnknownFate",
        "504, -,                     UnknownFate",
        "500, InternalServerError,   RecordFault",
        "500, -,                     RecordFault",
        "502, -,                     RecordFault",
        "302, -,                     TargetFault",
        "202, -,                     TargetFault",
        "418, SomethingNew,          RecordFault",
      })
  void classifiesRefusals(int status, String code, String kind) {
    String body =
        code == null
            ? "<html>\n<h1>no</h1></html>"
            : "{\"ErrorCode\":\"" + code + "\",\"ErrorMessage\":\"because\"}";
    transport.next = answered(status, Map.of("x-fc-request-id", "r-2"), body);

    Outcome outcome = invoke(KEYS);

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(outcome.requestId()).contains("r-2");
    assertThat(outcome.message())
        .isEqualTo(
            code == null
                ? "HTTP " + status + ": <html> <h1>no</h1></html>"
                : "HTTP " + status + " " + code + ": because");
  }

  @Test
  void functionErrorBehind200IsAFaultOfTheRecords() {
    transport.next =
        answered(
            200,
            Map.of("X-Fc-Error-Type", "UnhandledInvocationError", "X-Fc-Request-Id", "r-3"),
            "{\"errorMessage\":\"Function timed out after 3 seconds\",\"errorType\":\"Timeout\"}");

    assertThat(invoke(KEYS))
        .isEqualTo(
            new Outcome.RecordFault(
                "UnhandledInvocationError: Timeout: Function timed out after 3 seconds",
                Optional.of("r-3")));
  }

  @Test
  void functionErrorWithoutJsonSaysWhatItSaid() {
    transport.next =
        answered(200, Map.of("x-fc-error-type", "HandledInvocationError"), "boom\n\u0007" + "x");

    assertThat(invoke(KEYS).message()).isEqualTo("HandledInvocationError: boom \\u0007x");
  }

  @Test
  void longErrorsAreCut() {
    transport.next = answered(500, Map.of(), "e".repeat(1 << 20));

    assertThat(invoke(KEYS).message())
        .startsWith("HTTP 500: eee")
        .endsWith(" …")
        .hasSizeBetween(1000, 1100);
  }

  @Test
  void secretsAreNotRepeated() {
    transport.next =
        answered(
            403,
            Map.of(),
            "{\"ErrorCode\":\"SignatureNotMatch\",\"ErrorMessage\":"
                + "\"signed x-fc-security-token:STS_TOKEN_Y with AKSECRET\"}");

    assertThat(invoke(KEYS).message())
        .isEqualTo("HTTP 403 SignatureNotMatch: signed x-fc-security-token:**** with ****");
  }

  @ParameterizedTest
  @EnumSource(HttpFailure.Kind.class)
  void lostRequestsAreOfUnknownFateAndUnsentOnesAreNot(HttpFailure.Kind kind) {
    transport.next = CompletableFuture.failedFuture(new HttpFailure(kind, "https://h: what", null));

    Outcome outcome = invoke(KEYS);

    assertThat(outcome.message()).isEqualTo("https://h: what");
    switch (kind) {
      case CONNECTION_LOST, TIMED_OUT ->
          assertThat(outcome).isInstanceOf(Outcome.UnknownFate.class);
      case NOT_CONNECTED, TLS_REFUSED, CLOSED ->
          assertThat(outcome).isInstanceOf(Outcome.TargetFault.class);
    }
  }

  @Test
  void missingCredentialsAreAFaultOfTheTargetAndSendNothing() {
    Outcome outcome =
        invoke(
            () -> {
              throw new MissingCredentialException("${SECRET} is not set or empty on host h");
            });

    assertThat(outcome)
        .isEqualTo(
            new Outcome.TargetFault(
                "credentials: ${SECRET} is not set or empty on host h", Optional.empty()));
    assertThat(transport.calls).isEmpty();
  }

  private Outcome invoke(CredentialsProvider credentials) {
    FunctionComputeTarget target =
        new FunctionComputeTarget(
            URI.create("https://123.cn-x.fc.aliyuncs.com"),
            "123",
            "svc",
            "fn",
            Duration.ofMinutes(10),
            6 << 20,
            credentials);
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    try (FunctionInvoker invoker = new FunctionComputeInvoker(target, transport, clock)) {
      return invoker.invoke(new Invocation("0", EVENT, 1)).join();
    }
  }

  private static CompletableFuture<HttpAnswer> answered(
      int status, Map<String, String> headers, String body) {
    return CompletableFuture.completedFuture(new HttpAnswer(status, headers, body.getBytes(UTF_8)));
  }

  /** Answers what it is told and remembers what it was asked. */
  private static final class RecordingTransport implements HttpTransport {
    final List<HttpCall> calls = new ArrayList<>();
    CompletableFuture<HttpAnswer> next;

    @Override
    public CompletableFuture<HttpAnswer> send(HttpCall call) {
      calls.add(call);
      return next;
    }

    @Override
    public void close() {}
  }
}
