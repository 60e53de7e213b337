// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.http.Exchange;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * DataHub's request signature: HMAC-SHA1 over method, content type, date, all {@code x-datahub-*}
 * headers, and path with query. The body is not part of it.
 */
final class DataHubSignature {

  private static final String PREFIX = "x-datahub-";
  private static final String TOKEN = PREFIX + "security-token";

  private DataHubSignature() {}

  /**
   * Checks a request.
   *
   * @throws DataHubException {@code Unauthorized}, saying what is wrong with it
   */
  static void verify(Exchange exchange, ServiceKeys keys) {
    Map<String, String> headers = new TreeMap<>();
    exchange.forEachHeader((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    verify(exchange.method(), exchange.pathAndQuery(), headers, keys);
  }

  /** Checks a request whose header names are in lower case. */
  static void verify(
      String method, String pathAndQuery, Map<String, String> headers, ServiceKeys keys) {
    String authorization = headers.getOrDefault("authorization", "");
    String expected =
        "DATAHUB "
            + keys.accessKeyId()
            + ":"
            + sign(method, pathAndQuery, headers, keys.accessKeySecret());
    if (!MessageDigest.isEqual(authorization.getBytes(UTF_8), expected.getBytes(UTF_8))) {
      throw new DataHubException(
          "Unauthorized",
          authorization.isEmpty()
              ? "Authroize failed. The Authorization header is missing."
              : "Authroize failed. The signature does not match.");
    }
    Optional<String> token = Optional.ofNullable(headers.get(TOKEN));
    if (!MessageDigest.isEqual(
        token.orElse("").getBytes(UTF_8), keys.securityToken().orElse("").getBytes(UTF_8))) {
      throw new DataHubException(
          "Unauthorized", "Authroize failed. The security token is invalid.");
    }
  }

  private static String sign(
      String method, String pathAndQuery, Map<String, String> headers, String secret) {
    TreeMap<String, String> lines = new TreeMap<>();
    lines.put("content-type", headers.getOrDefault("content-type", ""));
    lines.put("date", headers.getOrDefault("date", ""));
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            lines.put(name, name + ":" + value);
          }
        });
    String text = method + "\n" + String.join("\n", lines.values()) + "\n" + pathAndQuery;
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA1", e);
    }
  }
}
