// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.credentials.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How DataHub knows who asks: an HMAC-SHA1 over method, content type, date, the {@code x-datahub-}
 * headers by name, and the path. The body is not signed.
 */
final class DataHubSignature {

  private static final String OWN_PREFIX = "x-datahub-";

  private DataHubSignature() {}

  /**
   * The value of {@code Authorization}.
   *
   * @param target path and query as they are sent
   * @param headers as they are sent, names in any case
   */
  static String authorization(
      Credentials credentials, String method, String target, Map<String, String> headers) {
    Map<String, String> signed = new TreeMap<>();
    signed.put("content-type", "");
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith(OWN_PREFIX)) {
            signed.put(lower, lower + ":" + value);
          } else if (lower.equals("content-type") || lower.equals("date")) {
            signed.put(lower, value);
          }
        });
    String text = method + "\n" + String.join("\n", signed.values()) + "\n" + target;
    return "DATAHUB " + credentials.accessKeyId() + ":" + sign(credentials.accessKeySecret(), text);
  }

  private static String sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA1", e);
    }
  }
}
