// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer that was read to its end.
 *
 * @param status the HTTP status
 * @param headers the last value of each name, names in any case
 * @param body whole, or its beginning where the call keeps no more
 */
@SuppressWarnings("ArrayRecordComponent") // a message, never compared
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {

  public HttpAnswer {
    TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    headers = java.util.Collections.unmodifiableMap(byName);
    Objects.requireNonNull(body, "body");
  }

  /** The value of a header, whatever the case of its name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The body as UTF-8 text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
