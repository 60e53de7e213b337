// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

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
 * How Function Compute 2.0 knows who asks: an HMAC-SHA256 over method, MD5 of the body, content
 * type, date, the {@code x-fc-} headers by name, and the path.
 */
final class FunctionComputeSignature {

  private FunctionComputeSignature() {}

  /**
   * The value of {@code Authorization}.
   *
   * @param headers as they are sent, names in any case
   * @param path as it is sent, without the query
   */
  static String authorization(
      Credentials credentials, String method, String path, Map<String, String> headers) {
    Map<String, String> byName = new TreeMap<>();
    headers.forEach((name, value) -> byName.put(name.toLowerCase(Locale.ROOT), value));
    StringBuilder text = new StringBuilder(256);
    text.append(method).append('\n');
    text.append(byName.getOrDefault("content-md5", "")).append('\n');
    text.append(byName.getOrDefault("content-type", "")).append('\n');
    text.append(byName.getOrDefault("date", "")).append('\n');
    byName.forEach(
        (name, value) -> {
          if (name.startsWith("x-fc-")) {
            text.append(name).append(':').append(value).append('\n');
          }
        });
    text.append(path);
    return "FC "
        + credentials.accessKeyId()
        + ":"
        + sign(credentials.accessKeySecret(), text.toString());
  }

  private static String sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
