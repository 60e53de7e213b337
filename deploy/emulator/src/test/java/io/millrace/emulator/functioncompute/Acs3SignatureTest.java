// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import static io.millrace.emulator.CapturedRequest.altered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.CapturedRequest;
import io.millrace.emulator.ServiceKeys;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verifier of 3.0 against what its unmodified SDK really sent. */
class Acs3SignatureTest {

  private static final ServiceKeys KEYS =
      new ServiceKeys("AKID", "AKSECRET", Optional.of("STS_TOKEN_Z"));
  private static final List<CapturedRequest> REQUESTS =
      CapturedRequest.load("function-compute-3.jsonl");

  @Test
  void acceptsEveryCapturedRequest() {
    assertThat(REQUESTS).hasSizeGreaterThan(10);
    for (CapturedRequest request : REQUESTS) {
      assertThatCode(() -> verify(request, KEYS)).as(request.toString()).doesNotThrowAnyException();
    }
  }

  @Test
  void refusesEveryCapturedRequestWithAnySignedPartChanged() {
    for (CapturedRequest request : REQUESTS) {
      Map<String, String> headers = request.lowerCaseHeaders();
      headers.forEach(
          (name, value) -> {
            if (name.startsWith("x-acs") || List.of("host", "content-type").contains(name)) {
              assertRefused(with(request, name, altered(value)), KEYS, "SignatureNotMatch");
            }
          });
      assertRefused(with(request, "x-acs-added", "1"), KEYS, "SignatureNotMatch");
      String authorization = headers.get("authorization");
      int last = authorization.length() - 1;
      char other = authorization.charAt(last) == '0' ? '1' : '0';
      assertRefused(
          with(request, "authorization", authorization.substring(0, last) + other),
          KEYS,
          "SignatureNotMatch");
      for (String part : List.of("/functions/", "qualifier=L", "POST")) {
        CapturedRequest changed =
            new CapturedRequest(
                request.method().replace("POST", part.equals("POST") ? "PUT" : "POST"),
                request.target().replace(part, part + "x"),
                request.headers(),
                request.body());
        assertRefused(changed, KEYS, "SignatureNotMatch");
      }
      byte[] body = request.body().clone();
      body[body.length / 2] ^= 1;
      assertRefused(
          new CapturedRequest(request.method(), request.target(), request.headers(), body),
          KEYS,
          "InvalidArgument");
    }
  }

  @Test
  void refusesOtherKeysAndTokens() {
    CapturedRequest request = REQUESTS.get(0);
    assertRefused(
        request, new ServiceKeys("AKIE", "AKSECRET", KEYS.securityToken()), "InvalidAccessKeyID");
    assertRefused(
        request, new ServiceKeys("AKID", "AKSECREU", KEYS.securityToken()), "SignatureNotMatch");
    assertRefused(request, new ServiceKeys("AKID", "AKSECRET", Optional.empty()), "AccessDenied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization",
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256"
      })
  void refusesWhatLacksAHeader(String name) {
    Map<String, String> headers = new TreeMap<>(REQUESTS.get(0).lowerCaseHeaders());
    headers.remove(name);
    CapturedRequest request = REQUESTS.get(0);
    assertRefused(
        new CapturedRequest(request.method(), request.target(), headers, request.body()),
        KEYS,
        "MissingRequiredHeader");
  }

  @Test
  void comparesTheDateWhenTheClockIsChecked() {
    Instant sent = Instant.parse("2026-11-21T22:09:53Z");
    for (int seconds : new int[] {-900, 0, 900}) {
      assertThatCode(() -> verifyAt(sent.plusSeconds(seconds))).doesNotThrowAnyException();
    }
    for (int seconds : new int[] {-901, 901}) {
      assertThatThrownBy(() -> verifyAt(sent.plusSeconds(seconds)))
          .hasMessageContaining("15 minutes");
    }
  }

  private static void verifyAt(Instant now) {
    CapturedRequest request = REQUESTS.get(0);
    Acs3Signature.verify(
        request.method(),
        request.target(),
        request.lowerCaseHeaders(),
        request.body(),
        KEYS,
        Optional.of(now));
  }

  private static CapturedRequest with(CapturedRequest request, String name, String value) {
    Map<String, String> headers = request.lowerCaseHeaders();
    headers.put(name, value);
    return new CapturedRequest(request.method(), request.target(), headers, request.body());
  }

  private static void assertRefused(CapturedRequest request, ServiceKeys keys, String code) {
    assertThatThrownBy(() -> verify(request, keys))
        .as(request.toString())
        .isInstanceOfSatisfying(FunctionException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void verify(CapturedRequest request, ServiceKeys keys) {
    Acs3Signature.verify(
        request.method(),
        request.target(),
        request.lowerCaseHeaders(),
        request.body(),
        keys,
        Optional.empty());
  }
}
