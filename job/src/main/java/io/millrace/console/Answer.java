// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP answer, decided but not yet written. The body array is not copied and must not change
 * any more.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and not copied on purpose
record Answer(int status, Map<String, String> headers, byte[] body) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Answer json(int status, JsonNode body) {
    try {
      return of(status, "application/json", MAPPER.writeValueAsBytes(body))
          .with("Cache-Control", "no-store");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  /** What could not be done and why, in a line for the user. */
  static Answer error(int status, String line) {
    Answer answer = json(status, JsonNodeFactory.instance.objectNode().put("error", line));
    return status == 401 ? answer.with("WWW-Authenticate", "Bearer") : answer;
  }

  static Answer of(int status, String contentType, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType);
    return new Answer(status, headers, body);
  }

  /** The same with one more header. */
  Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
