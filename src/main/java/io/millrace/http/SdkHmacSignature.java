// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import io.millrace.credentials.Credentials;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How a request is let in by services behind an API gateway of the kind that knows {@code
 * SDK-HMAC-SHA256}: by a signature over method, path, query, all headers but the content type, and
 * body, or by an IAM token that goes along instead. The form with {@code Access=}, where the secret
 * itself is the key.
 */
public final class SdkHmacSignature {

  private static final String ALGORITHM = "SDK-HMAC-SHA256";
  private static final String DATE = "X-Sdk-Date";
  private static final HexFormat HEX = HexFormat.of();
  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private SdkHmacSignature() {}

  /**
   * The headers of a request, with what lets it in.
   *
   * @param uri as it is sent
   * @param headers all others that are sent; no two names that differ in case only
   */
  public static Map<String, String> signed(
      Credentials credentials,
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body,
      Instant now) {
    Map<String, String> complete = new LinkedHashMap<>(headers);
    if (credentials.authToken().isPresent()) {
      complete.put("X-Auth-Token", credentials.authToken().get());
      return complete;
    }
    complete.put(DATE, INSTANT.format(now));
    credentials.securityToken().ifPresent(token -> complete.put("X-Security-Token", token));
    complete.put("Authorization", authorization(credentials, method, uri, complete, body));
    return complete;
  }

  private static String authorization(
      Credentials credentials, String method, URI uri, Map<String, String> headers, byte[] body) {
    Map<String, String> covered = new TreeMap<>();
    covered.put("host", HostHeader.of(uri));
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          // What the vendor's own client leaves out: proxies rewrite the one and drop the other.
          if (!lower.equals("content-type") && !lower.contains("_")) {
            covered.put(lower, value.strip());
          }
        });
    String names = String.join(";", covered.keySet());
    StringBuilder request = new StringBuilder(512);
    request.append(method).append('\n');
    request.append(path(uri)).append('\n');
    request.append(query(uri)).append('\n');
    covered.forEach((name, value) -> request.append(name).append(':').append(value).append('\n'));
    request.append('\n').append(names).append('\n');
    request.append(sha256(body));
    String digest = sha256(request.toString().getBytes(StandardCharsets.UTF_8));
    String text = ALGORITHM + "\n" + headers.get(DATE) + "\n" + digest;
    return ALGORITHM
        + " Access="
        + credentials.accessKeyId()
        + ", SignedHeaders="
        + names
        + ", Signature="
        + hmac(credentials.accessKeySecret(), text);
  }

  /**
   * Each segment encoded whatever the wire has, so {@code :} is {@code %3A}; a slash at the end.
   */
  private static String path(URI uri) {
    String path =
        Arrays.stream(uri.getPath().split("/", -1))
            .map(SdkHmacSignature::encoded)
            .collect(Collectors.joining("/"));
    return path.endsWith("/") ? path : path + "/";
  }

  private static String query(URI uri) {
    if (uri.getRawQuery() == null) {
      return "";
    }
    return Arrays.stream(uri.getRawQuery().split("&"))
        .filter(part -> !part.isEmpty())
        .map(SdkHmacSignature::parameter)
        .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry::getValue))
        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
        .collect(Collectors.joining("&"));
  }

  private static Map.Entry<String, String> parameter(String part) {
    int equals = part.indexOf('=');
    String name = equals < 0 ? part : part.substring(0, equals);
    String value = equals < 0 ? "" : part.substring(equals + 1);
    return Map.entry(encoded(decoded(name)), encoded(decoded(value)));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** All but letters, digits and {@code -_.~} as its UTF-8 bytes. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HEX.formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
