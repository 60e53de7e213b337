// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.Credentials;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held to what aliyun-sdk-datahub 2.21.6-public sent, recorded on the wire with made-up keys. */
final class DataHubSignatureTest {

  private static final Credentials RECORDED =
      new Credentials("testid", "testkey", Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "GET,  '',   '',   'Sat, 21 Nov 2026 22:06:57 GMT', /projects/test_project/topics/tuple,          qOZhtbYY0PC3IVt+w2M5abv+t6U=",
    "GET,  '',   '',   'Sat, 21 Nov 2026 22:06:57 GMT', /projects/test_project/topics/tuple/shards,   EB0dlkU0iUz2EIHujACYmeKxAGk=",
    "POST, json, '',   'Sat, 21 Nov 2026 22:06:57 GMT', /projects/test_project/topics/tuple/shards/1, wIbl7Zqqt7/zdjouK4IAxYOXyzo=",
    "POST, pb,   sub,  'Sat, 21 Nov 2026 22:06:57 GMT', /projects/test_project/topics/tuple/shards/1, Yr0zDRqJpfn1U08c9lo8KXbuwMk=",
    "POST, pb,   sub,  'Sat, 21 Nov 2026 22:06:57 GMT', /projects/test_project/topics/blob/shards/1,  o3sbon02XGOyu+az5tIh5QMCxvQ=",
    "GET,  '',   '',   'Sat, 21 Nov 2026 22:06:58 GMT', /projects/test_project/topics/tuple/connectors?mode=id, picHhT+m370Tc6BhrNHC5ywlUy4=",
  })
  void signsAsRecorded(
      String method, String type, String action, String date, String target, String signature) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-datahub-source-ip", "192.0.2.2");
    headers.put("User-Agent", "anything");
    headers.put("X-Datahub-Client-Version", "1.1");
    headers.put("Date", date);
    if (!action.isEmpty()) {
      headers.put("x-datahub-request-action", action);
    }
    if (!type.isEmpty()) {
      headers.put(
          "Content-Type",
          type.equals("json") ? "application/json; charset=UTF-8" : "application/x-protobuf");
    }

    assertThat(DataHubSignature.authorization(RECORDED, method, target, headers))
        .isEqualTo("DATAHUB testid:" + signature);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  '',                     '',  /projects/p01/topics/t01/connectors?mode=id, TOKEN, /HQN85FfxOCEJGUTMzMlAI8Jhhg=",
    "POST, application/x-protobuf, sub, /projects/p01/topics/t01/shards/0,           '',    655QsVFOI/s7wNJ+k7iYqDmgMks=",
  })
  void signsTokens(
      String method, String type, String action, String target, String token, String signature) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
    headers.put("x-datahub-client-version", "1.1");
    headers.put("x-datahub-source-ip", "127.0.0.1");
    if (!token.isEmpty()) {
      headers.put("x-datahub-security-token", token);
    }
    if (!action.isEmpty()) {
      headers.put("x-datahub-request-action", action);
      headers.put("Content-Type", type);
    }

    assertThat(
            DataHubSignature.authorization(
                new Credentials("id", "test-secret", Optional.empty()), method, target, headers))
        .isEqualTo("DATAHUB id:" + signature);
  }
}
