// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.http.Exchange;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How DIS and FunctionGraph know who asks: an IAM token in {@code X-Auth-Token}, or {@code
 * SDK-HMAC-SHA256} over method, path, query, the headers that the caller names, and the body.
 *
 * <p>The algorithm has two forms that share their name. The older SDKs sign within a scope, {@code
 * Credential=<key>/<date>/<region>/<service>/sdk_request}, with a key derived for it; the newer
 * ones send {@code Access=<key>} and sign with the secret itself.
 */
public final class SdkHmacVerifier {

  private static final String ALGORITHM = "SDK-HMAC-SHA256";
  private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final String SCOPE_END = "sdk_request";

  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          ALGORITHM
              + " (?:Access=([^,/]+)|Credential=([^,/]+)/([^,]+)), ?SignedHeaders=([^,]+),"
              + " ?Signature=([0-9a-fA-F]{64})");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);

  private static final Duration WINDOW = Duration.ofMinutes(15);

  private final String service;
  private final Optional<InstantSource> clock;

  /**
   * @param service its name in the scope, for example {@code dis}
   * @param clock against which a date must not be off by more than 15 minutes; any date is accepted
   *     without one
   */
  public SdkHmacVerifier(String service, Optional<InstantSource> clock) {
    this.service = service;
    this.clock = clock;
  }

  /** Why a request is refused; empty when it is let in. */
  public Optional<String> refusal(Exchange exchange, ServiceKeys keys) {
    Map<String, String> headers = new TreeMap<>();
    exchange.forEachHeader(
        (name, value) ->
            headers.merge(name.toLowerCase(Locale.ROOT), value, (a, b) -> a + "," + b));
    return refusal(exchange.method(), exchange.pathAndQuery(), headers, exchange.body(), keys);
  }

  /** The same of a request whose header names are in lower case. */
  public Optional<String> refusal(
      String method, String target, Map<String, String> headers, byte[] body, ServiceKeys keys) {
    String authorization = headers.get("authorization");
    if (authorization == null) {
      return tokenRefusal(headers.get("x-auth-token"), keys);
    }
    Matcher given = AUTHORIZATION.matcher(authorization);
    if (!given.matches()) {
      return Optional.of("the Authorization header is not of a known form");
    }
    String key = given.group(1) != null ? given.group(1) : given.group(2);
    if (!key.equals(keys.accessKeyId())) {
      return Optional.of("the access key is not known");
    }
    String date = headers.getOrDefault("x-sdk-date", "");
    String signed = given.group(4);
    List<String> names = List.of(signed.split(";", -1));
    if (!names.contains("host") || !names.contains("x-sdk-date")) {
      return Optional.of("host and x-sdk-date are to be signed");
    }
    if (clock.isPresent() && !isCurrent(date, clock.get().instant())) {
      return Optional.of("x-sdk-date is not within 15 minutes");
    }
    String scope = given.group(3);
    if (scope != null && !isScope(scope, date)) {
      return Optional.of("the scope is not <date>/<region>/" + service + "/" + SCOPE_END);
    }
    String request = canonical(method, target, headers, signed, names, body);
    String text =
        ALGORITHM + "\n" + date + "\n" + (scope == null ? "" : scope + "\n") + sha256(request);
    byte[] signingKey =
        scope == null
            ? keys.accessKeySecret().getBytes(UTF_8)
            : derived(keys.accessKeySecret(), scope);
    String expected = HexFormat.of().formatHex(hmac(signingKey, text));
    if (!same(expected, given.group(5).toLowerCase(Locale.ROOT))) {
      return Optional.of("the signature does not match");
    }
    String token = headers.getOrDefault("x-security-token", "");
    return same(token, keys.securityToken().orElse(""))
        ? Optional.empty()
        : Optional.of("the security token is invalid");
  }

  private static Optional<String> tokenRefusal(String token, ServiceKeys keys) {
    if (token == null) {
      return Optional.of("neither Authorization nor X-Auth-Token is there");
    }
    return keys.authToken().isPresent() && same(token, keys.authToken().get())
        ? Optional.empty()
        : Optional.of("the token is invalid or has expired");
  }

  private static boolean isCurrent(String date, Instant now) {
    try {
      Instant then = LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
      return Duration.between(then, now).abs().compareTo(WINDOW) <= 0;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private boolean isScope(String scope, String date) {
    String[] parts = scope.split("/", -1);
    return parts.length == 4
        && date.startsWith(parts[0] + "T")
        && parts[2].equals(service)
        && parts[3].equals(SCOPE_END);
  }

  // ---- the request in its canonical form ----

  private static String canonical(
      String method,
      String target,
      Map<String, String> headers,
      String signed,
      List<String> names,
      byte[] body) {
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? "" : target.substring(question + 1);
    StringBuilder lines = new StringBuilder();
    for (String name : names) {
      lines.append(name).append(':').append(headers.getOrDefault(name, "").strip()).append('\n');
    }
    String declared = headers.getOrDefault("x-sdk-content-sha256", "");
    String content = declared.equals(UNSIGNED) ? UNSIGNED : sha256(body);
    return String.join(
        "\n", method, canonicalPath(path), canonicalQuery(query), lines, signed, content);
  }

  /** The segments encoded anew, and always a slash at the end. */
  private static String canonicalPath(String path) {
    StringBuilder canonical = new StringBuilder("/");
    for (String segment : path.split("/")) {
      if (!segment.isEmpty()) {
        canonical.append(encoded(decoded(segment))).append('/');
      }
    }
    return canonical.toString();
  }

  /** One SDK sends values as they are and the other encoded; both sign them encoded, by name. */
  private static String canonicalQuery(String query) {
    List<String> pairs = new ArrayList<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        pairs.add(encoded(decoded(name)) + "=" + encoded(decoded(value)));
      }
    }
    pairs.sort(null);
    return String.join("&", pairs);
  }

  /** Percent escapes only: a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  // ---- digests ----

  private static byte[] derived(String secret, String scope) {
    byte[] key = ("SDK" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return key;
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String sha256(String text) {
    return sha256(text.getBytes(UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
