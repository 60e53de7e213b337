// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP answer, decided but not yet written. The body array is not copied and must not change
 * any more.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and not copied on purpose
public record Answer(int status, Map<String, String> headers, byte[] body) {

  /** Bare, because a charset parameter keeps DataHub's SDK from reading an error. */
  public static final String JSON = "application/json";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An answer with a JSON body. */
  public static Answer json(int status, JsonNode body) {
    try {
      return of(status, JSON, MAPPER.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  /** An answer with a text body. */
  public static Answer text(int status, String contentType, String body) {
    return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** An answer with a body of the given type. */
  public static Answer of(int status, String contentType, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType);
    return new Answer(status, headers, body);
  }

  /** The page a broken load balancer answers with instead of the service. */
  public static Answer badGateway() {
    return text(
        502,
        "text/html",
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>");
  }

  /** This answer with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }

  /** This answer with another body, for instance a compressed one. */
  public Answer withBody(byte[] other) {
    return new Answer(status, headers, other);
  }
}
