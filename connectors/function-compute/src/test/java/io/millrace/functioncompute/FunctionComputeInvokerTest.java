// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ScriptedTransport;
import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.HttpFunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.functioncompute.FunctionComputeOptions.Invocation;
import io.millrace.http.HttpCall;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FunctionComputeInvokerTest {

  private static final byte[] EVENT = "{\"records\":[]}".getBytes(UTF_8);
  private static final CredentialsProvider KEYS =
      () -> new Credentials("AKID", "AKSECRET", Optional.of("STS_TOKEN_Y"));

  private static final FunctionApi V2 = new Api2016("123", "svc", "fn");
  private static final FunctionApi V3 = new Api2023("fn", "prod");

  private final ScriptedTransport transport = new ScriptedTransport();

  @Test
  void sendsOneSignedRequest() {
    transport.answer(200, Map.of("X-Fc-Request-Id", "r-1"), "ok");

    Outcome outcome = invoke(KEYS);

    assertThat(outcome).isEqualTo(new Outcome.Acknowledged(Optional.of("r-1")));
    HttpCall call = transport.calls().get(0);
    assertThat(transport.calls()).hasSize(1);
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
            Map.entry("Content-Type", "application/octet-stream"),
            Map.entry("X-Fc-Log-Type", "Tail"),
            Map.entry("x-fc-account-id", "123"),
            Map.entry("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            Map.entry("Content-MD5", "deTkKQKDzkJJYrvSHvK1fA=="),
            Map.entry("x-fc-security-token", "STS_TOKEN_Y"),
            Map.entry("Authorization", call.headers().get(8).getValue()));
    assertThat(call.headers().get(8).getValue()).startsWith("FC AKID:").hasSize(8 + 44);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "400, InvalidArgument,       RecordFault",
        "400, MissingRequiredHeader, TargetFault",
        "400, PathNotSupported,      TargetFault",
        "400, EntityTooLarge,        TooLarge",
        "403, AccessDenied,          TargetFault",
        "403, SignatureNotMatch,     TargetFault",
        "403, InvalidAccessKeyID,    TargetFault",
        "404, ServiceNotFound,       TargetFault",
        "404, FunctionNotFound,      TargetFault",
        "404, AliasNotFound,         TargetFault",
        "404, VersionNotFound,       TargetFault",
        "409, ConcurrentUpdateError, TargetFault",
        "412, PreconditionFailed,    RecordFault",
        "412, CAExited,              RecordFault",
        "412, CAFileNotFound,        TargetFault",
        "429, ResourceExhausted,     Throttled",
        "429, ResourceThrottled,     Throttled",
        "503, ResourceThrottled,     Throttled",
        "499, ClientClosedRequest,   UnknownFate",
        "500, InternalServerError,   RecordFault",
        "418, SomethingNew,          RecordFault",
        "403, ExpiredToken,          TargetFault",
        "400, InvalidSecurityToken.Expired, TargetFault",
        "400, MissingSecurityToken,  TargetFault",
        "404, InvalidAccessKeyId.NotFound, TargetFault",
        "400, IncompleteSignature,   TargetFault",
        "400, SignatureDoesNotMatch, TargetFault",
        "400, InvalidTimeStamp.Expired, TargetFault",
        "400, SignatureNonceUsed,    UnknownFate",
        "403, Forbidden.RAM,         TargetFault",
        "403, NoPermission,          TargetFault",
        "400, InvalidVersion,        TargetFault",
        "404, InvalidAction.NotFound, TargetFault",
        "400, Throttling.User,       Throttled",
        "503, ServiceUnavailable,    Throttled",
      })
  void classifiesRefusalsOfBothGenerations(int status, String code, String kind) {
    assertClassified(
        V2, status, code, kind, "{\"ErrorCode\":\"" + code + "\",\"ErrorMessage\":\"because\"}");
    // As 2.0's manual writes it, and as its SDK does not read it.
    assertClassified(
        V2, status, code, kind, "{\"errorCode\":\"" + code + "\",\"errorMessage\":\"because\"}");
    assertClassified(
        V3,
        status,
        code,
        kind,
        "{\"Code\":\"" + code + "\",\"Message\":\"because\",\"RequestId\":\"r-2\"}");
  }

  private void assertClassified(
      FunctionApi api, int status, String code, String kind, String refusal) {
    transport.answer(status, Map.of("x-fc-request-id", "r-2"), refusal);

    Outcome outcome = invoke(api, Invocation.sync);

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(outcome.requestId()).contains("r-2");
    assertThat(outcome.message()).isEqualTo("HTTP " + status + " " + code + ": because");
  }

  @Test
  void everyListedCodeHasARow() throws Exception {
    List<String> rows =
        List.of(
            getClass()
                .getDeclaredMethod(
                    "classifiesRefusalsOfBothGenerations", int.class, String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value());
    for (String code : FunctionComputeRefusals.TABLE.byCode().keySet()) {
      assertThat(rows).as(code).anyMatch(row -> row.matches("\\d+, " + code + "[.,].*"));
    }
  }

  @Test
  void asynchronousInvocationIsAcknowledgedByA202Only() {
    transport.answer(202, Map.of("X-Fc-Request-Id", "r-4"), "");
    assertThat(invoke(V2, Invocation.async))
        .isEqualTo(new Outcome.Acknowledged(Optional.of("r-4")));
    assertThat(transport.calls().get(0).headers())
        .contains(Map.entry("X-Fc-Invocation-Type", "Async"))
        .noneMatch(header -> header.getKey().equals("X-Fc-Log-Type"));

    assertThat(invoke(V3, Invocation.async)).isInstanceOf(Outcome.Acknowledged.class);

    transport.answer(200, Map.of(), "hello");
    assertThat(invoke(V2, Invocation.async)).isInstanceOf(Outcome.TargetFault.class);
  }

  @Test
  void signsFor30() {
    transport.answer(200, Map.of(), "ok");

    invoke(V3, Invocation.sync);

    HttpCall call = transport.calls().get(0);
    assertThat(call.uri())
        .hasToString(
            "https://123.cn-x.fc.aliyuncs.com/2023-03-30/functions/fn/invocations?qualifier=prod");
    Map<String, String> headers =
        call.headers().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(headers)
        .containsEntry("x-acs-action", "InvokeFunction")
        .containsEntry("x-acs-version", "2023-03-30")
        .containsEntry("x-acs-date", "2026-01-01T00:00:00Z")
        .containsEntry("x-acs-security-token", "STS_TOKEN_Y")
        .containsEntry(
            "x-acs-content-sha256",
            "1b8b4c0b6f6ad1d32565952720bc004eeb1f188f62045e4d5525ae2af8c78432")
        .containsEntry("X-Fc-Log-Type", "Tail");
    assertThat(headers.get("Authorization"))
        .startsWith(
            "ACS3-HMAC-SHA256 Credential=AKID,SignedHeaders=content-type;host;x-acs-action;"
                + "x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;"
                + "x-acs-version,Signature=");
    invoke(V3, Invocation.sync);
    assertThat(transport.calls().get(1).headers())
        .noneMatch(header -> header.getValue().equals(headers.get("x-acs-signature-nonce")));
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"timeout\":60}',                    Known",
    "200, '{}',                                  Withheld",
    "403, '{\"ErrorCode\":\"AccessDenied\"}',    Withheld",
    "403, '{\"Code\":\"NoPermission\"}',         Withheld",
    "403, '{\"Code\":\"SignatureNotMatch\"}',    Refused",
    "404, '{\"Code\":\"FunctionNotFound\"}',     Refused",
    "404, '{\"ErrorCode\":\"ServiceNotFound\"}', Refused",
    "400, '{\"Code\":\"InvalidSecurityToken.Expired\"}', Refused",
    "404, 'not found',                           Withheld",
    "400, '{\"ErrorCode\":\"PathNotSupported\"}', Withheld",
    "500, '{\"Code\":\"InternalServerError\"}',  Withheld",
    "429, '{\"Code\":\"Throttling\"}',           Withheld",
  })
  void describes(int status, String body, String kind) {
    transport.answer(status, Map.of(), body);

    FunctionDescription description = target(V3, Invocation.sync, KEYS).describe().join();

    assertThat(description.getClass().getSimpleName()).isEqualTo(kind);
    HttpCall call = transport.calls().get(0);
    assertThat(call.method()).isEqualTo("GET");
    assertThat(call.body()).isEmpty();
    assertThat(call.uri().toString()).endsWith("/2023-03-30/functions/fn?qualifier=prod");
    assertThat(call.headers()).contains(Map.entry("x-acs-action", "GetFunction"));
    if (description instanceof FunctionDescription.Known known) {
      assertThat(known.timeout()).isEqualTo(Duration.ofSeconds(60));
    }
  }

  @Test
  void functionErrorBehind200IsAFaultOfTheRecords() {
    transport.answer(
        200,
        Map.of("X-Fc-Error-Type", "UnhandledInvocationError", "X-Fc-Request-Id", "r-3"),
        "{\"errorMessage\":\"Function timed out after 3 seconds\",\"errorType\":\"Timeout\"}");

    assertThat(invoke(KEYS))
        .isEqualTo(
            new Outcome.RecordFault(
                "UnhandledInvocationError: Timeout: Function timed out after 3 seconds",
                Optional.of("r-3")));
  }

  @ParameterizedTest
  @CsvSource({
    "200, FcCommonError,            RecordFault",
    "200, UnhandledInvocationError, RecordFault",
    "404, HandledInvocationError,   RecordFault",
    "502, UnhandledInvocationError, RecordFault",
    "403, FcCommonError,            TargetFault",
    "429, FcCommonError,            Throttled",
    "503, FcCommonError,            Throttled",
    "504, FcCommonError,            UnknownFate",
    "413, FcCommonError,            TooLarge",
  })
  void aRefusalStaysOneThoughItNamesAnErrorType(int status, String type, String kind) {
    transport.answer(status, Map.of("X-Fc-Error-Type", type), "{}");

    assertThat(invoke(KEYS).getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void functionErrorWithoutJsonSaysWhatItSaid() {
    transport.answer(
        200, Map.of("x-fc-error-type", "HandledInvocationError"), "boom\n\u0007" + "x");

    assertThat(invoke(KEYS).message()).isEqualTo("HandledInvocationError: boom \\u0007x");
  }

  private Outcome invoke(CredentialsProvider credentials) {
    return invoke(target(V2, Invocation.sync, credentials));
  }

  private Outcome invoke(FunctionApi api, Invocation kind) {
    return invoke(target(api, kind, KEYS));
  }

  private static Outcome invoke(FunctionInvoker invoker) {
    return invoker.invoke(new FunctionInvoker.Invocation("0", EVENT, 1)).join();
  }

  private FunctionInvoker target(
      FunctionApi api, Invocation kind, CredentialsProvider credentials) {
    FunctionComputeTarget target =
        new FunctionComputeTarget(
            URI.create("https://123.cn-x.fc.aliyuncs.com"),
            api,
            kind,
            true,
            Duration.ofMinutes(10),
            6 << 20,
            credentials,
            List.of());
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    return new HttpFunctionInvoker(
        new FunctionComputeProtocol(target, clock), credentials, transport);
  }
}
