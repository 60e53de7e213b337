// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Function Compute 2.0: functions belong to services.
 *
 * @param account empty when not known; the header is then left out
 * @param service with {@code .qualifier} where one is given
 */
record Api2016(String account, String service, String name) implements FunctionApi {

  private static final long serialVersionUID = 1L;

  static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  @Override
  public String function() {
    return service + "/" + name;
  }

  @Override
  public FunctionApi named(String other) {
    return new Api2016(account, service, other);
  }

  @Override
  public String invocations() {
    return description() + "/invocations";
  }

  @Override
  public String description() {
    return "/2016-08-15/services/" + service + "/functions/" + name;
  }

  @Override
  public Map<String, String> signed(Request request, Credentials credentials, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    if (!account.isEmpty()) {
      headers.put("x-fc-account-id", account);
    }
    headers.put("Date", HTTP_DATE.format(now));
    if (request.body().length > 0) {
      headers.put("Content-MD5", md5(request.body()));
    }
    credentials.securityToken().ifPresent(token -> headers.put("x-fc-security-token", token));
    headers.put(
        "Authorization",
        FunctionComputeSignature.authorization(
            credentials, request.method(), request.uri().getRawPath(), headers));
    return headers;
  }

  private static String md5(byte[] body) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
