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

/** The verifier against what the unmodified SDK really sent. */
class FunctionSignatureTest {

  private static final ServiceKeys KEYS =
      new ServiceKeys("AKID", "AKSECRET", Optional.of("STS_TOKEN_Y"));
  private static final List<CapturedRequest> REQUESTS =
      CapturedRequest.load("function-compute.jsonl");

  @Test
  void acceptsEveryCapturedRequest() {
    assertThat(REQUESTS).hasSizeGreaterThan(10);
    for (CapturedRequest request : REQUESTS) {
      assertThatCode(() -> verify(request, request.lowerCaseHeaders(), request.body()))
          .as(request.toString())
          .doesNotThrowAnyException();
    }
  }

  @Test
  void refusesEveryCapturedRequestWithAnySignedPartChanged() {
    for (CapturedRequest request : REQUESTS) {
      Map<String, String> headers = request.lowerCaseHeaders();
      headers.forEach(
          (name, value) -> {
            if (name.startsWith("x-fc")
                || List.of("date", "content-type", "content-md5").contains(name)) {
              Map<String, String> changed = new TreeMap<>(headers);
              changed.put(name, altered(value));
              assertRefused(request, changed, request.body(), "SignatureNotMatch");
            }
          });
      Map<String, String> added = new TreeMap<>(headers);
      added.put("x-fc-added", "1");
      assertRefused(request, added, request.body(), "SignatureNotMatch");
      Map<String, String> signature = new TreeMap<>(headers);
      signature.put("authorization", altered(headers.get("authorization")));
      assertRefused(request, signature, request.body(), "SignatureNotMatch");
      assertRefused(
          new CapturedRequest(request.method(), altered(request.target()), headers, request.body()),
          headers,
          request.body(),
          "SignatureNotMatch");
      if (headers.containsKey("content-md5")) {
        byte[] body = request.body().clone();
        body[body.length / 2] ^= 1;
        assertRefused(request, headers, body, "InvalidArgument");
      }
    }
  }

  @Test
  void refusesOtherKeysAndTokens() {
    CapturedRequest request = REQUESTS.get(0);
    assertRefusedWith(
        request, new ServiceKeys("AKIE", "AKSECRET", KEYS.securityToken()), "InvalidAccessKeyID");
    assertRefusedWith(
        request, new ServiceKeys("AKID", "AKSECREU", KEYS.securityToken()), "SignatureNotMatch");
    assertRefusedWith(
        request, new ServiceKeys("AKID", "AKSECRET", Optional.empty()), "AccessDenied");
    assertRefusedWith(
        request, new ServiceKeys("AKID", "AKSECRET", Optional.of("OTHER")), "AccessDenied");
  }

  @Test
  void refusesWhatLacksAHeader() {
    for (String name : List.of("authorization", "date")) {
      Map<String, String> headers = new TreeMap<>(REQUESTS.get(0).lowerCaseHeaders());
      headers.remove(name);
      assertRefused(REQUESTS.get(0), headers, REQUESTS.get(0).body(), "MissingRequiredHeader");
    }
  }

  @Test
  void comparesTheDateWhenTheClockIsChecked() {
    CapturedRequest request = REQUESTS.get(0);
    Instant sent = Instant.parse("2026-11-21T22:08:10Z");
    for (int minutes : new int[] {-15, 0, 15}) {
      assertThatCode(() -> verifyAt(request, sent.plusSeconds(minutes * 60L)))
          .doesNotThrowAnyException();
    }
    for (int seconds : new int[] {-901, 901}) {
      assertThatThrownBy(() -> verifyAt(request, sent.plusSeconds(seconds)))
          .hasMessageContaining("15 minutes");
    }
  }

  private static void verifyAt(CapturedRequest request, Instant now) {
    FunctionSignature.verify(
        request.method(),
        request.target(),
        request.lowerCaseHeaders(),
        request.body(),
        KEYS,
        Optional.of(now));
  }

  private static void assertRefusedWith(CapturedRequest request, ServiceKeys keys, String code) {
    assertThatThrownBy(
            () ->
                FunctionSignature.verify(
                    request.method(),
                    request.target(),
                    request.lowerCaseHeaders(),
                    request.body(),
                    keys,
                    Optional.empty()))
        .isInstanceOfSatisfying(FunctionException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void assertRefused(
      CapturedRequest request, Map<String, String> headers, byte[] body, String code) {
    assertThatThrownBy(() -> verify(request, headers, body))
        .as(request.toString())
        .isInstanceOfSatisfying(FunctionException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static void verify(CapturedRequest request, Map<String, String> headers, byte[] body) {
    FunctionSignature.verify(
        request.method(), request.target(), headers, body, KEYS, Optional.empty());
  }
}
