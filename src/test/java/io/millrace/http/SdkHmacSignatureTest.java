// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SdkHmacSignatureTest {

  private static final Credentials KEY = new Credentials("AKTEST", "SKTEST", Optional.empty());
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final URI INVOCATIONS =
      URI.create(
          "http://127.0.0.1:18081/v2/p1/fgs/functions/urn:fss:eu-de:p1:function:default:f:latest"
              + "/invocations");
  private static final byte[] BODY =
      "{\"ShardID\":\"shardId-0000000000\"}".getBytes(StandardCharsets.UTF_8);

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", "huaweicloud-usdk-java/3.0");
    headers.put("X-CFF-Request-Version", "v1");
    headers.put("X-Project-Id", "p1");
    return headers;
  }

  @Test
  void isTheVendorsOwn() {
    Map<String, String> signed =
        SdkHmacSignature.signed(KEY, "POST", INVOCATIONS, headers(), BODY, NOW);

    assertThat(signed)
        .containsEntry("X-Sdk-Date", "20260101T000000Z")
        .containsEntry(
            "Authorization",
            "SDK-HMAC-SHA256 Access=AKTEST,"
                + " SignedHeaders=host;user-agent;x-cff-request-version;x-project-id;x-sdk-date,"
                + " Signature=8412c4d352012555811ac234e911bdb860d9ed2533fccb01c1f3dcda96e7b7d7");
  }

  @Test
  void leavesTheContentTypeOutAndTakesTheSecurityTokenIn() {
    Map<String, String> headers = headers();
    headers.put("Content-Type", "application/json");
    assertThat(authorization(KEY, INVOCATIONS, headers))
        .isEqualTo(authorization(KEY, INVOCATIONS, headers()));

    Map<String, String> signed =
        SdkHmacSignature.signed(
            new Credentials("AKTEST", "SKTEST", Optional.of("token")),
            "POST",
            INVOCATIONS,
            headers(),
            BODY,
            NOW);
    assertThat(signed).containsEntry("X-Security-Token", "token");
    assertThat(signed.get("Authorization")).contains(";x-sdk-date;x-security-token,");
  }

  @Test
  void knowsAQueryByItsMeaning() {
    Map<String, String> none = Map.of();
    assertThat(authorization(KEY, URI.create("http://h/records?a=x%2Fy&b=1%202"), none))
        .isEqualTo(authorization(KEY, URI.create("http://h/records/?b=1+2&a=x/y&"), none))
        .isNotEqualTo(authorization(KEY, URI.create("http://h/records?a=x%2Fz&b=1%202"), none));
  }

  @Test
  void anIamTokenGoesAlongInsteadOfASignature() {
    Map<String, String> signed =
        SdkHmacSignature.signed(
            Credentials.ofAuthToken("T"), "POST", INVOCATIONS, headers(), BODY, NOW);

    assertThat(signed)
        .containsAllEntriesOf(headers())
        .containsEntry("X-Auth-Token", "T")
        .hasSize(headers().size() + 1);
  }

  private static String authorization(Credentials key, URI uri, Map<String, String> headers) {
    return SdkHmacSignature.signed(key, "POST", uri, headers, BODY, NOW).get("Authorization");
  }
}
