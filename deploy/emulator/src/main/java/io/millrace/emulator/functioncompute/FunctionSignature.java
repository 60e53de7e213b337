// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.emulator.ServiceKeys;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Function Compute's request signature of 2016: HMAC-SHA256 over method, content MD5, content type,
 * date, all {@code x-fc*} headers and the path.
 */
final class FunctionSignature {

  private static final Duration TOLERANCE = Duration.ofMinutes(15);
  private static final String SCHEME = "FC ";
  private static final String TOKEN = "x-fc-security-token";

  private FunctionSignature() {}

  /**
   * Checks a request whose header names are in lower case.
   *
   * @param now to compare the date with; absent to leave the date unchecked
   * @throws FunctionException saying what is wrong with it
   */
  static void verify(
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      ServiceKeys keys,
      Optional<Instant> now) {
    String authorization = required(headers, "authorization", "Authorization");
    String date = required(headers, "date", "Date");
    int colon = authorization.indexOf(':');
    if (!authorization.startsWith(SCHEME) || colon < 0) {
      throw new FunctionException(
          400, "InvalidArgument", "the Authorization header is not of the form 'FC id:signature'");
    }
    if (!equal(authorization.substring(SCHEME.length(), colon), keys.accessKeyId())) {
      throw new FunctionException(403, "InvalidAccessKeyID", "the access key id is not found");
    }
    String expected = sign(method, path, headers, keys.accessKeySecret());
    if (!equal(authorization.substring(colon + 1), expected)) {
      throw new FunctionException(
          403, "SignatureNotMatch", "the request signature does not match the one calculated");
    }
    if (!equal(headers.getOrDefault(TOKEN, ""), keys.securityToken().orElse(""))) {
      throw new FunctionException(403, "AccessDenied", "the security token is invalid or expired");
    }
    now.ifPresent(instant -> verifyDate(date, instant));
    verifyDigest(headers, body);
  }

  private static void verifyDate(String date, Instant now) {
    try {
      Instant sent = DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
      if (Duration.between(sent, now).abs().compareTo(TOLERANCE) > 0) {
        throw new FunctionException(
            403, "AccessDenied", "the Date header is more than 15 minutes off: " + date);
      }
    } catch (DateTimeException e) {
      throw new FunctionException(400, "InvalidArgument", "the Date header is not a date: " + date);
    }
  }

  private static void verifyDigest(Map<String, String> headers, byte[] body) {
    String digest = headers.get("content-md5");
    if (digest == null) {
      return;
    }
    try {
      byte[] md5 = MessageDigest.getInstance("MD5").digest(body);
      if (!equal(digest, Base64.getEncoder().encodeToString(md5))) {
        throw new FunctionException(
            400, "InvalidArgument", "the Content-MD5 header does not match the body");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private static String sign(
      String method, String path, Map<String, String> headers, String secret) {
    StringBuilder text = new StringBuilder(method).append('\n');
    text.append(headers.getOrDefault("content-md5", "")).append('\n');
    text.append(headers.getOrDefault("content-type", "")).append('\n');
    text.append(headers.getOrDefault("date", "")).append('\n');
    new TreeMap<>(headers)
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-fc")) {
                text.append(name).append(':').append(value).append('\n');
              }
            });
    text.append(path);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.toString().getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String required(Map<String, String> headers, String name, String written) {
    String value = headers.get(name);
    if (value == null) {
      throw new FunctionException(
          400, "MissingRequiredHeader", "the HTTP header '" + written + "' is missing");
    }
    return value;
  }

  private static boolean equal(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }
}
