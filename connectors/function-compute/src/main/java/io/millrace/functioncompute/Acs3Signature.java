// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How Function Compute 3.0, like all newer APIs of the cloud, knows who asks: {@code
 * ACS3-HMAC-SHA256} over method, path, query, host, content type, the {@code x-acs-} headers by
 * name, and the digest of the body. Other headers are not covered.
 */
final class Acs3Signature {

  private static final String ALGORITHM = "ACS3-HMAC-SHA256";
  private static final HexFormat HEX = HexFormat.of();

  private Acs3Signature() {}

  /**
   * The value of {@code Authorization}.
   *
   * @param uri its path and query as they are sent
   * @param headers as they are sent, {@code host} and {@code x-acs-content-sha256} among them,
   *     names in any case
   */
  static String authorization(
      Credentials credentials, String method, URI uri, Map<String, String> headers) {
    Map<String, String> covered = new TreeMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith("x-acs-") || lower.equals("host") || lower.equals("content-type")) {
            covered.put(lower, value.strip());
          }
        });
    String names = String.join(";", covered.keySet());
    StringBuilder request = new StringBuilder(512);
    request.append(method).append('\n');
    request.append(uri.getRawPath()).append('\n');
    request.append(sorted(uri.getRawQuery())).append('\n');
    covered.forEach((name, value) -> request.append(name).append(':').append(value).append('\n'));
    request.append('\n').append(names).append('\n');
    request.append(covered.get("x-acs-content-sha256"));
    String digest = sha256(request.toString().getBytes(StandardCharsets.UTF_8));
    return ALGORITHM
        + " Credential="
        + credentials.accessKeyId()
        + ",SignedHeaders="
        + names
        + ",Signature="
        + sign(credentials.accessKeySecret(), ALGORITHM + "\n" + digest);
  }

  static String sha256(byte[] body) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String sorted(String query) {
    return query == null
        ? ""
        : Arrays.stream(query.split("&")).sorted().collect(Collectors.joining("&"));
  }

  private static String sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HEX.formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
