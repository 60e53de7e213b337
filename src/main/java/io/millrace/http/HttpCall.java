// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A request.
 *
 * @param method for example {@code POST}
 * @param uri absolute; its raw path and query are sent as they are
 * @param headers in the order of sending; {@code Host} and {@code Content-Length} are added
 * @param body empty for none; not to be written into while the call is under way
 * @param timeout from sending to the end of the answer, connecting included
 * @param keep so many bytes of the answer's body are kept, the rest is read and dropped
 */
@SuppressWarnings("ArrayRecordComponent") // a message, never compared
public record HttpCall(
    String method,
    URI uri,
    List<Map.Entry<String, String>> headers,
    byte[] body,
    Duration timeout,
    int keep) {

  /** All of an answer: larger than any of the four services gives. */
  static final int WHOLE = 64 << 20;

  /** A call whose answer is kept whole; one above 64 MiB is refused. */
  public HttpCall(
      String method,
      URI uri,
      List<Map.Entry<String, String>> headers,
      byte[] body,
      Duration timeout) {
    this(method, uri, headers, body, timeout, WHOLE);
  }

  public HttpCall {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(uri, "uri");
    headers = List.copyOf(headers);
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(timeout, "timeout");
  }
}
