// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.ServiceKeys;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cloud's request signature of Function Compute 3.0: HMAC-SHA256 over method, path, query, the
 * headers that the request lists as signed, and the body's digest. All {@code x-acs-} headers, the
 * host and the content type have to be among them.
 */
final class Acs3Signature {

  private static final Duration TOLERANCE = Duration.ofMinutes(15);
  private static final String ALGORITHM = "ACS3-HMAC-SHA256";
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          ALGORITHM
              + " Credential=(?<id>[^,]*), ?SignedHeaders=(?<names>[^,]*),"
              + " ?Signature=(?<signature>[0-9a-f]*)");
  private static final List<String> REQUIRED =
      List.of(
          "host",
          "x-acs-action",
          "x-acs-content-sha256",
          "x-acs-date",
          "x-acs-signature-nonce",
          "x-acs-version");

  private Acs3Signature() {}

  /**
   * Checks a request whose header names are in lower case.
   *
   * @param now to compare the date with; absent to leave the date unchecked
   * @throws FunctionException saying what is wrong with it
   */
  static void verify(
      String method,
      String pathAndQuery,
      Map<String, String> headers,
      byte[] body,
      ServiceKeys keys,
      Optional<Instant> now) {
    required(headers, "authorization");
    REQUIRED.forEach(name -> required(headers, name));
    Matcher given = AUTHORIZATION.matcher(headers.get("authorization"));
    if (!given.matches()) {
      throw new FunctionException(
          400, "InvalidArgument", "the Authorization header is not of the form of " + ALGORITHM);
    }
    if (!equal(given.group("id"), keys.accessKeyId())) {
      throw new FunctionException(403, "InvalidAccessKeyID", "the access key id is not found");
    }
    List<String> signed = List.of(given.group("names").split(";"));
    headers.keySet().forEach(name -> checkSigned(name, signed));
    String expected = sign(method, pathAndQuery, headers, signed, keys.accessKeySecret());
    if (!equal(given.group("signature"), expected)) {
      throw new FunctionException(
          403, "SignatureNotMatch", "the request signature does not match the one calculated");
    }
    if (!equal(headers.getOrDefault("x-acs-security-token", ""), keys.securityToken().orElse(""))) {
      throw new FunctionException(403, "AccessDenied", "the security token is invalid or expired");
    }
    now.ifPresent(instant -> verifyDate(headers.get("x-acs-date"), instant));
    if (!equal(headers.get("x-acs-content-sha256"), sha256(body))) {
      throw new FunctionException(
          400, "InvalidArgument", "the x-acs-content-sha256 header does not match the body");
    }
  }

  private static void checkSigned(String name, List<String> signed) {
    boolean matters =
        name.startsWith("x-acs-") || name.equals("host") || name.equals("content-type");
    if (matters && !signed.contains(name)) {
      throw new FunctionException(
          403, "SignatureNotMatch", "the header '" + name + "' is not among SignedHeaders");
    }
  }

  private static void verifyDate(String date, Instant now) {
    try {
      if (Duration.between(Instant.parse(date), now).abs().compareTo(TOLERANCE) > 0) {
        throw new FunctionException(
            403, "AccessDenied", "the x-acs-date header is more than 15 minutes off: " + date);
      }
    } catch (DateTimeException e) {
      throw new FunctionException(
          400, "InvalidArgument", "the x-acs-date header is not a date: " + date);
    }
  }

  private static String sign(
      String method,
      String pathAndQuery,
      Map<String, String> headers,
      List<String> signed,
      String secret) {
    int mark = pathAndQuery.indexOf('?');
    String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
    String[] query = mark < 0 ? new String[0] : pathAndQuery.substring(mark + 1).split("&", -1);
    Arrays.sort(query);
    StringBuilder request = new StringBuilder();
    request.append(method).append('\n').append(path).append('\n');
    request.append(String.join("&", query)).append('\n');
    for (String name : signed) {
      request.append(name).append(':').append(headers.getOrDefault(name, "").strip()).append('\n');
    }
    request.append('\n').append(String.join(";", signed)).append('\n');
    request.append(headers.get("x-acs-content-sha256"));
    String text = ALGORITHM + "\n" + sha256(request.toString().getBytes(UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void required(Map<String, String> headers, String name) {
    if (!headers.containsKey(name)) {
      throw new FunctionException(
          400, "MissingRequiredHeader", "the HTTP header '" + name + "' is missing");
    }
  }

  private static boolean equal(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
