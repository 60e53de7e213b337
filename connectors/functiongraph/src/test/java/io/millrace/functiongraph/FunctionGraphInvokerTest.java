// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ScriptedTransport;
import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionDescription;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.HttpFunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpCall;
import io.millrace.http.UserAgent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FunctionGraphInvokerTest {

  private static final byte[] EVENT = "{\"ShardID\":\"shardId-0000000000\"}".getBytes(UTF_8);
  private static final CredentialsProvider KEYS =
      () -> new Credentials("AKTEST", "SKTEST", Optional.of("STS_TOKEN_Y"));

  private final ScriptedTransport transport = new ScriptedTransport();

  @Test
  void sendsOneSignedRequest() {
    transport.answer(
        200,
        Map.of("X-Cff-Request-Id", "r-1", "X-Is-Func-Err", "false", "X-Func-Err-Code", "0"),
        "{\"request_id\":\"r-1\",\"result\":\"\",\"log\":\"\",\"status\":200}");

    Outcome outcome = invoke(KEYS);

    assertThat(outcome).isEqualTo(new Outcome.Acknowledged(Optional.of("r-1")));
    assertThat(transport.calls()).hasSize(1);
    HttpCall call = transport.calls().get(0);
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.uri())
        .hasToString(
            "https://functiongraph.eu-de.otc.t-systems.com/v2/p1/fgs/functions"
                + "/urn:fss:eu-de:p1:function:default:f:latest/invocations");
    assertThat(call.timeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(call.body()).isSameAs(EVENT);
    String authorization = call.headers().get(8).getValue();
    assertThat(call.headers())
        .containsExactly(
            Map.entry("Content-Type", "application/json"),
            Map.entry("X-CFF-Request-Version", "v1"),
            Map.entry("X-Cff-Log-Type", "tail"),
            Map.entry("Accept", "application/json"),
            Map.entry("User-Agent", UserAgent.VALUE),
            Map.entry("X-Project-Id", "p1"),
            Map.entry("X-Sdk-Date", "20260101T000000Z"),
            Map.entry("X-Security-Token", "STS_TOKEN_Y"),
            Map.entry("Authorization", authorization));
    assertThat(authorization)
        .matches(
            "SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=accept;host;user-agent;x-cff-log-type;"
                + "x-cff-request-version;x-project-id;x-sdk-date;x-security-token,"
                + " Signature=[0-9a-f]{64}");
  }

  @Test
  void anIamTokenGoesAlongInsteadOfASignature() {
    transport.answer(200, Map.of(), "{\"status\":200}");

    assertThat(invoke(() -> Credentials.ofAuthToken("TOKEN")))
        .isInstanceOf(Outcome.Acknowledged.class);

    assertThat(transport.calls().get(0).headers())
        .contains(Map.entry("X-Auth-Token", "TOKEN"))
        .noneMatch(header -> header.getKey().matches("Authorization|X-Sdk-Date"));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "400, FSS.0400, RecordFault",
        "401, FSS.0401, TargetFault",
        "403, FSS.0403, TargetFault",
        "404, FSS.0404, TargetFault",
        "406, FSS.0406, RecordFault",
        "408, FSS.0408, UnknownFate",
        "410, FSS.0410, TargetFault",
        "413, FSS.0413, TooLarge",
        "429, FSS.0429, Throttled",
        "500, FSS.0500, RecordFault",
        "502, FSS.0502, RecordFault",
        "503, FSS.0503, Throttled",
        "504, FSS.0504, UnknownFate",
        "400, FSS.1002, TargetFault",
        "400, FSS.1014, TargetFault",
        "400, FSS.1015, TargetFault",
        "404, FSS.1051, TargetFault",
        "404, FSS.1052, TargetFault",
        "404, FSS.1053, TargetFault",
        "404, FSS.1055, TargetFault",
        "503, FSS.1115, TargetFault",
        "401, FSS.1118, TargetFault",
        "503, FSS.1169, TargetFault",
        "413, FSS.1201, TooLarge",
        "500, FSS.1202, RecordFault",
        "400, FSS.1303, TargetFault",
        "400, FSS.1309, TargetFault",
        "400, FSS.1310, TargetFault",
        "503, FSS.1401, TargetFault",
        "503, FSS.1402, TargetFault",
        "404, APIGW.0101, TargetFault",
        "404, APIGW.0103, TargetFault",
        "413, APIGW.0201, TooLarge",
        "504, APIGW.0201, UnknownFate",
        "401, APIGW.0301, TargetFault",
        "401, APIGW.0302, TargetFault",
        "401, APIGW.0303, TargetFault",
        "401, APIGW.0305, TargetFault",
        "403, APIGW.0306, TargetFault",
        "401, APIGW.0307, TargetFault",
        "429, APIGW.0308, Throttled",
        "403, FSS.1126, TargetFault",
      })
  void classifiesRefusals(int status, String code, String kind) {
    transport.answer(
        status,
        Map.of("x-cff-request-id", "r-2"),
        "{\"error_code\":\"" + code + "\",\"error_msg\":\"because\"}");

    Outcome outcome = invoke(KEYS);

    assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(outcome.requestId()).contains("r-2");
    assertThat(outcome.message()).isEqualTo("HTTP " + status + " " + code + ": because");
  }

  @Test
  void everyListedCodeHasARow() throws Exception {
    List<String> rows =
        List.of(
            getClass()
                .getDeclaredMethod("classifiesRefusals", int.class, String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value());
    for (String code : FunctionGraphRefusals.TABLE.byCode().keySet()) {
      assertThat(rows).as(code).anyMatch(row -> row.contains(", " + code + ","));
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "200, 200, -,     -,   Acknowledged",
        "200, -,   -,     -,   Acknowledged",
        "200, 200, false, 0,   Acknowledged",
        "200, 204, FALSE, 0,   Acknowledged",
        "200, 500, -,     -,   RecordFault",
        "200, 500, false, 0,   RecordFault",
        "200, 200, true,  0,   RecordFault",
        "200, 200, false, 555, RecordFault",
        "200, -,   true,  -,   RecordFault",
        "200, 404, -,     -,   RecordFault",
        "200, 0,   -,     -,   RecordFault",
        "500, 500, true,  500, RecordFault",
        "401, -,   true,  -,   TargetFault",
        "429, -,   true,  -,   Throttled",
      })
  void aFunctionsErrorIsToldInThreePlaces(
      int http, String status, String flag, String code, String kind) {
    Map<String, String> headers = new HashMap<>();
    if (flag != null) {
      headers.put("X-Is-Func-Err", flag);
    }
    if (code != null) {
      headers.put("X-Func-Err-Code", code);
    }
    transport.answer(http, headers, status == null ? "{}" : "{\"status\":" + status + "}");

    assertThat(invoke(KEYS).getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void ofAFunctionsErrorTheBodyTellsAll() {
    transport.answer(
        200,
        Map.of("X-Is-Func-Err", "true", "X-Func-Err-Code", "500"),
        """
        {"request_id":"r-3","result":"{\\"errorMessage\\":\\"no stock\\",\\"errorType\\":\\"Shop\\"}",
         "log":"2022-09-20T11:43:57Z Start invoke request 'r-3', version: v1\\nreading 7\\n\\nno\
         stock\\n2022-09-20T11:43:58Z Finish invoke request 'r-3', duration: 65ms","status":500}
        """);

    assertThat(invoke(KEYS))
        .isEqualTo(
            new Outcome.RecordFault(
                "function error 500: Shop: no stock; log: reading 7 | no stock",
                Optional.of("r-3")));
  }

  @Test
  void ofALargeResultTheHeaderTells() {
    String cut = "{\"result\":\"" + "x".repeat(FunctionGraphAnswer.KEPT - 11);

    transport.answer(200, Map.of("X-Is-Func-Err", "false"), cut);
    assertThat(invoke(KEYS)).isInstanceOf(Outcome.Acknowledged.class);
    transport.answer(200, Map.of("X-Is-Func-Err", "true"), cut);
    assertThat(invoke(KEYS)).isInstanceOf(Outcome.RecordFault.class);
    transport.answer(200, Map.of(), cut);
    assertThat(invoke(KEYS))
        .isInstanceOf(Outcome.RecordFault.class)
        .extracting(Outcome::message)
        .asString()
        .startsWith("no status within the first 256 KiB of the answer, and no X-Is-Func-Err: ");
    transport.answer(200, Map.of(), cut.replace("{", "{\"status\":200,"));
    assertThat(invoke(KEYS)).isInstanceOf(Outcome.Acknowledged.class);
  }

  @ParameterizedTest
  @CsvSource({
    "200, '{\"timeout\":60}',                  Known",
    "200, '{}',                                Withheld",
    "403, '{\"error_code\":\"FSS.0403\"}',     Withheld",
    "401, '{\"error_code\":\"FSS.0401\"}',     Refused",
    "401, '{\"error_code\":\"APIGW.0301\"}',   Refused",
    "401, '{\"error_code\":\"APIGW.0307\"}',   Refused",
    "404, '{\"error_code\":\"FSS.1051\"}',     Refused",
    "404, '{\"error_code\":\"FSS.1053\"}',     Refused",
    "400, '{\"error_code\":\"FSS.1309\"}',     Refused",
    "404, 'not found',                         Withheld",
    "500, '{\"error_code\":\"FSS.0500\"}',     Withheld",
    "429, '{\"error_code\":\"APIGW.0308\"}',   Withheld",
  })
  void describes(int status, String body, String kind) {
    transport.answer(status, Map.of(), body);

    FunctionDescription description = invoker(KEYS).describe().join();

    assertThat(description.getClass().getSimpleName()).isEqualTo(kind);
    HttpCall call = transport.calls().get(0);
    assertThat(call.method()).isEqualTo("GET");
    assertThat(call.body()).isEmpty();
    assertThat(call.uri().toString())
        .endsWith("/v2/p1/fgs/functions/urn:fss:eu-de:p1:function:default:f:latest/config");
    if (description instanceof FunctionDescription.Known known) {
      assertThat(known.timeout()).isEqualTo(Duration.ofSeconds(60));
    }
  }

  private Outcome invoke(CredentialsProvider credentials) {
    return invoker(credentials).invoke(new FunctionInvoker.Invocation("0", EVENT, 1)).join();
  }

  private FunctionInvoker invoker(CredentialsProvider credentials) {
    FunctionGraphTarget target =
        new FunctionGraphTarget(
            URI.create("https://functiongraph.eu-de.otc.t-systems.com"),
            new FunctionUrn("eu-de", "p1", "default", "f", "latest"),
            true,
            Duration.ofMinutes(2),
            6_000_000,
            credentials);
    Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    return new HttpFunctionInvoker(
        new FunctionGraphProtocol(target, clock), credentials, transport);
  }
}
