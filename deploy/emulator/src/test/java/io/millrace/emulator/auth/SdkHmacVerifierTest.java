// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.CapturedRequest;
import io.millrace.emulator.ServiceKeys;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures whose requests, keys and results are known, of both forms. */
class SdkHmacVerifierTest {

  private static final ServiceKeys KEYS =
      new ServiceKeys("AKTEST", "SKTEST", Optional.empty(), Optional.of("IAM_TOKEN"));

  /** A request with its signature. */
  private enum Vector {
    SCOPED(
        "dis",
        "GET",
        "/v2/p1/cursors/?cursor-type=TRIM_HORIZON&partition-id=shardId-0000000000&stream-name=s&",
        "",
        "SDK-HMAC-SHA256 Credential=AKTEST/20260101/eu-de/dis/sdk_request,"
            + " SignedHeaders=accept;content-type;host;x-project-id;x-sdk-date;x-sdk-version,"
            + " Signature=879dcd7778fe2ce2a4f91ee1161425af569929363e56c6e988349fdc42aeb2f2",
        Map.of(
            "accept", "*/*; charset=utf-8",
            "content-type", "application/json; charset=utf-8",
            "host", "127.0.0.1:18081",
            "x-project-id", "p1",
            "x-sdk-date", "20260101T000000Z",
            "x-sdk-version", "1.3.5-SNAPSHOT/java")),
    PLAIN(
        "functiongraph",
        "POST",
        "/v2/p1/fgs/functions/urn:fss:eu-de:p1:function:default:f:latest/invocations",
        "{\"ShardID\":\"shardId-0000000000\"}",
        "SDK-HMAC-SHA256 Access=AKTEST,"
            + " SignedHeaders=host;user-agent;x-cff-request-version;x-project-id;x-sdk-date,"
            + " Signature=8412c4d352012555811ac234e911bdb860d9ed2533fccb01c1f3dcda96e7b7d7",
        Map.of(
            "host", "127.0.0.1:18081",
            "user-agent", "huaweicloud-usdk-java/3.0",
            "x-cff-request-version", "v1",
            "x-project-id", "p1",
            "x-sdk-date", "20260101T000000Z"));

    private final String service;
    private final String method;
    private final String target;
    private final String body;
    private final Map<String, String> headers = new TreeMap<>();

    Vector(
        String service,
        String method,
        String target,
        String body,
        String authorization,
        Map<String, String> headers) {
      this.service = service;
      this.method = method;
      this.target = target;
      this.body = body;
      this.headers.putAll(headers);
      this.headers.put("authorization", authorization);
    }

    Optional<String> refusal(
        String method, String target, Map<String, String> headers, String body, ServiceKeys keys) {
      return new SdkHmacVerifier(service, Optional.empty())
          .refusal(method, target, headers, body.getBytes(UTF_8), keys);
    }

    Optional<String> refusalWith(String header, String value) {
      Map<String, String> changed = new TreeMap<>(headers);
      changed.put(header, value);
      return refusal(method, target, changed, body, KEYS);
    }
  }

  @ParameterizedTest
  @EnumSource(Vector.class)
  void acceptsTheKnownSignature(Vector vector) {
    assertThat(vector.refusal(vector.method, vector.target, vector.headers, vector.body, KEYS))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Vector.class)
  void refusesWithAnySignedPartChanged(Vector vector) {
    String mismatch = "the signature does not match";
    assertThat(vector.refusal("PUT", vector.target, vector.headers, vector.body, KEYS))
        .contains(mismatch);
    assertThat(
            vector.refusal(
                vector.method, vector.target + "&x=1", vector.headers, vector.body, KEYS))
        .contains(mismatch);
    assertThat(
            vector.refusal(
                vector.method,
                vector.target.replace("p1", "p2"),
                vector.headers,
                vector.body,
                KEYS))
        .contains(mismatch);
    assertThat(
            vector.refusal(vector.method, vector.target, vector.headers, vector.body + " ", KEYS))
        .contains(mismatch);
    String authorization = vector.headers.get("authorization");
    String names = authorization.replaceAll(".*SignedHeaders=([^,]+),.*", "$1");
    for (String name : names.split(";")) {
      String altered = CapturedRequest.altered(vector.headers.get(name));
      assertThat(vector.refusalWith(name, altered)).as(name).isPresent();
    }
    assertThat(
            vector.refusalWith(
                "authorization",
                authorization.substring(0, authorization.length() - 1)
                    + (authorization.endsWith("0") ? "1" : "0")))
        .contains(mismatch);
  }

  @ParameterizedTest
  @EnumSource(Vector.class)
  void refusesOtherKeysAndTokens(Vector vector) {
    for (ServiceKeys keys :
        Arrays.asList(
            new ServiceKeys("AKTESU", "SKTEST", Optional.empty()),
            new ServiceKeys("AKTEST", "SKTESU", Optional.empty()),
            new ServiceKeys("AKTEST", "SKTEST", Optional.of("TOKEN")))) {
      assertThat(vector.refusal(vector.method, vector.target, vector.headers, vector.body, keys))
          .isPresent();
    }
    assertThat(vector.refusalWith("x-security-token", "TOKEN"))
        .contains("the security token is invalid");
  }

  @Test
  void refusesAScopeOfAnotherServiceOrDay() {
    String authorization = Vector.SCOPED.headers.get("authorization");
    for (String other : new String[] {"/obs/", "/dis/eu"}) {
      assertThat(Vector.SCOPED.refusalWith("authorization", authorization.replace("/dis/", other)))
          .isPresent();
    }
    assertThat(
            Vector.SCOPED.refusalWith(
                "authorization", authorization.replace("20260101", "20260102")))
        .contains("the scope is not <date>/<region>/dis/sdk_request");
  }

  @Test
  void refusesADateThatIsOffByMoreThanAQuarterOfAnHour() {
    assertThat(at("2026-01-01T00:15:00Z")).isEmpty();
    assertThat(at("2025-12-31T23:45:00Z")).isEmpty();
    assertThat(at("2026-01-01T00:15:01Z")).contains("x-sdk-date is not within 15 minutes");
    assertThat(at("2025-12-31T23:44:59Z")).contains("x-sdk-date is not within 15 minutes");
  }

  private static Optional<String> at(String time) {
    InstantSource clock = InstantSource.fixed(Instant.parse(time));
    Vector vector = Vector.SCOPED;
    return new SdkHmacVerifier(vector.service, Optional.of(clock))
        .refusal(vector.method, vector.target, vector.headers, new byte[0], KEYS);
  }

  @Test
  void acceptsAnIamTokenInPlaceOfASignature() {
    assertThat(token("IAM_TOKEN", KEYS)).isEmpty();
    assertThat(token("IAM_TOKEO", KEYS)).contains("the token is invalid or has expired");
    assertThat(token("", new ServiceKeys("AKTEST", "SKTEST", Optional.empty())))
        .contains("the token is invalid or has expired");
    assertThat(
            new SdkHmacVerifier("dis", Optional.empty())
                .refusal("GET", "/", Map.of(), new byte[0], KEYS))
        .contains("neither Authorization nor X-Auth-Token is there");
  }

  private static Optional<String> token(String token, ServiceKeys keys) {
    return new SdkHmacVerifier("dis", Optional.empty())
        .refusal("GET", "/v2/p1/streams", Map.of("x-auth-token", token), new byte[0], keys);
  }
}
