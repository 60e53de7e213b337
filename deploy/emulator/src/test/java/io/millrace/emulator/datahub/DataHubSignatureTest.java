// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.CapturedRequest.altered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.CapturedRequest;
import io.millrace.emulator.ServiceKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verifier against what the unmodified SDK really sent. */
class DataHubSignatureTest {

  private static final String[] NO_TOKEN = {"datahub-protobuf.jsonl", "datahub-protobuf-lz4.jsonl"};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datahub-protobuf.jsonl",
        "datahub-protobuf-lz4.jsonl",
        "datahub-json-token.jsonl"
      })
  void acceptsEveryCapturedRequest(String file) {
    List<CapturedRequest> requests = CapturedRequest.load(file);
    assertThat(requests).hasSizeGreaterThan(10);
    for (CapturedRequest request : requests) {
      assertThatCode(() -> verify(request, request.lowerCaseHeaders(), keys(file)))
          .as(request.toString())
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datahub-protobuf.jsonl",
        "datahub-protobuf-lz4.jsonl",
        "datahub-json-token.jsonl"
      })
  void refusesEveryCapturedRequestWithAnySignedPartChanged(String file) {
    for (CapturedRequest request : CapturedRequest.load(file)) {
      Map<String, String> headers = request.lowerCaseHeaders();
      headers.forEach(
          (name, value) -> {
            if (name.startsWith("x-datahub-")
                || List.of("date", "content-type", "authorization").contains(name)) {
              Map<String, String> changed = new TreeMap<>(headers);
              changed.put(name, altered(value));
              assertUnauthorized(request, changed, keys(file));
              changed.remove(name);
              assertUnauthorized(request, changed, keys(file));
            }
          });
      Map<String, String> added = new TreeMap<>(headers);
      added.put("x-datahub-added", "1");
      assertUnauthorized(request, added, keys(file));
      assertUnauthorized(
          new CapturedRequest(request.method(), altered(request.target()), headers, request.body()),
          headers,
          keys(file));
      assertUnauthorized(
          new CapturedRequest(altered(request.method()), request.target(), headers, request.body()),
          headers,
          keys(file));
    }
  }

  @Test
  void refusesOtherKeysAndTokens() {
    CapturedRequest plain = CapturedRequest.load(NO_TOKEN[0]).get(0);
    CapturedRequest withToken = CapturedRequest.load("datahub-json-token.jsonl").get(0);
    assertUnauthorized(plain, plain.lowerCaseHeaders(), keys("testid", "testkez", ""));
    assertUnauthorized(plain, plain.lowerCaseHeaders(), keys("testie", "testkey", ""));
    assertUnauthorized(plain, plain.lowerCaseHeaders(), keys("testid", "testkey", "STS_TOKEN_X"));
    assertUnauthorized(withToken, withToken.lowerCaseHeaders(), keys("testid", "testkey", ""));
    assertUnauthorized(
        withToken, withToken.lowerCaseHeaders(), keys("testid", "testkey", "STS_TOKEN_Y"));
  }

  private static void assertUnauthorized(
      CapturedRequest request, Map<String, String> headers, ServiceKeys keys) {
    assertThatThrownBy(() -> verify(request, headers, keys))
        .as(request.toString())
        .isInstanceOfSatisfying(
            DataHubException.class,
            e -> {
              assertThat(e.code()).isEqualTo("Unauthorized");
              assertThat(e.status()).isEqualTo(403);
            });
  }

  private static void verify(
      CapturedRequest request, Map<String, String> headers, ServiceKeys keys) {
    DataHubSignature.verify(request.method(), request.target(), headers, keys);
  }

  private static ServiceKeys keys(String file) {
    return keys("testid", "testkey", file.contains("token") ? "STS_TOKEN_X" : "");
  }

  private static ServiceKeys keys(String id, String secret, String token) {
    return new ServiceKeys(id, secret, token.isEmpty() ? Optional.empty() : Optional.of(token));
  }
}
