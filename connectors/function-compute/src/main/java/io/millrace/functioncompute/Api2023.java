// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import io.millrace.credentials.Credentials;
import io.millrace.http.HostHeader;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Function Compute 3.0: functions belong to the account.
 *
 * @param qualifier empty for none
 */
record Api2023(String name, String qualifier) implements FunctionApi {

  private static final long serialVersionUID = 1L;

  private static final String VERSION = "2023-03-30";

  @Override
  public String function() {
    return qualifier.isEmpty() ? name : name + "." + qualifier;
  }

  @Override
  public FunctionApi named(String other) {
    return new Api2023(other, qualifier);
  }

  @Override
  public String invocations() {
    return path() + "/invocations" + query();
  }

  @Override
  public String description() {
    return path() + query();
  }

  private String path() {
    return "/" + VERSION + "/functions/" + name;
  }

  private String query() {
    return qualifier.isEmpty() ? "" : "?qualifier=" + qualifier;
  }

  @Override
  public Map<String, String> signed(Request request, Credentials credentials, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    headers.put("x-acs-action", request.operation());
    headers.put("x-acs-version", VERSION);
    headers.put("x-acs-date", now.truncatedTo(ChronoUnit.SECONDS).toString());
    headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
    headers.put("x-acs-content-sha256", Acs3Signature.sha256(request.body()));
    credentials.securityToken().ifPresent(token -> headers.put("x-acs-security-token", token));
    Map<String, String> covered = new LinkedHashMap<>(headers);
    covered.put("host", HostHeader.of(request.uri()));
    headers.put(
        "Authorization",
        Acs3Signature.authorization(credentials, request.method(), request.uri(), covered));
    return headers;
  }
}
