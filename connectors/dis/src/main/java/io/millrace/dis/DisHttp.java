// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.http.SdkHmacSignature;
import io.millrace.http.UserAgent;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamRefusal;
import io.millrace.source.StreamRequests;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Sends requests about one stream, one each, and reads refusals: a {@link StreamException} that
 * names the stream, the partition, DIS's code and the request. Safe for several threads.
 */
final class DisHttp {

  /** A fetch that hangs is given up after it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final DisStream stream;
  private final StreamRequests requests;
  private final Clock clock;

  DisHttp(DisStream stream, HttpTransport transport, Clock clock) {
    this.stream = stream;
    this.requests = new StreamRequests(transport, stream.credentials());
    this.clock = clock;
  }

  /**
   * A request without what depends on the moment of sending.
   *
   * @param below the project's path
   * @param parameters of the query, in the order of sending
   * @param partition for messages; empty when the whole stream is meant
   * @param body JSON, or empty
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(
      String method, String below, Map<String, String> parameters, String partition, byte[] body) {}

  /** The body of the answer, which is JSON. */
  CompletableFuture<JsonNode> json(Request request) {
    return requests.send(
        where(request.partition()),
        credentials -> signed(request, credentials),
        (answer, credentials) -> {
          requireGood(request, answer, credentials);
          try {
            return JSON.readTree(answer.body());
          } catch (IOException e) {
            String said = OneLine.of(answer.body(), credentials);
            // Without the parser's complaint, which quotes what was said as it was.
            throw failure(
                Kind.UNAVAILABLE, request.partition(), "the answer is not JSON: " + said, null);
          }
        });
  }

  /** A request whose answer says no more than that it was done. */
  CompletableFuture<Void> send(Request request) {
    return requests.send(
        where(request.partition()),
        credentials -> signed(request, credentials),
        (answer, credentials) -> {
          requireGood(request, answer, credentials);
          return null;
        });
  }

  private HttpCall signed(Request request, Credentials credentials) {
    String query =
        request.parameters().entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    URI uri =
        URI.create(
            stream.endpoint()
                + "/v2/"
                + stream.projectId()
                + request.below()
                + (query.isEmpty() ? "" : "?" + query));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", UserAgent.VALUE);
    headers.put("X-Project-Id", stream.projectId());
    headers.put("Content-Type", "application/json");
    Map<String, String> signed =
        SdkHmacSignature.signed(
            credentials, request.method(), uri, headers, request.body(), clock.instant());
    return new HttpCall(
        request.method(), uri, List.copyOf(signed.entrySet()), request.body(), TIMEOUT);
  }

  private void requireGood(Request request, HttpAnswer answer, Credentials credentials) {
    if (answer.status() < 200 || answer.status() > 299) {
      throw refusal(request.partition(), answer, credentials);
    }
  }

  private StreamException refusal(String partition, HttpAnswer answer, Credentials credentials) {
    String given = "";
    String said;
    try {
      // The service's own words, and the gateway's before it.
      JsonNode error = JSON.readTree(answer.body());
      given = error.path("errorCode").asText(error.path("error_code").asText(""));
      said =
          OneLine.of(error.path("message").asText(error.path("error_msg").asText("")), credentials);
    } catch (IOException e) {
      // Something on the way answered, and not DIS.
      said = OneLine.of(answer.body(), credentials);
    }
    String code = DisErrors.code(OneLine.of(given, credentials), said);
    String line =
        (code.isEmpty() ? "" : code + ", ")
            + "HTTP "
            + answer.status()
            + (said.isEmpty() ? "" : ": " + said)
            + answer
                .header("X-Request-Id")
                .map(id -> " (request " + OneLine.of(id, credentials) + ")")
                .orElse("");
    return failure(
        DisErrors.TABLE.kind(code, answer.status()),
        partition,
        line,
        new StreamRefusal(code, answer.status()));
  }

  /**
   * A failure that says where.
   *
   * @param partition empty when the whole stream is meant
   */
  StreamException failure(Kind kind, String partition, String what, Throwable cause) {
    return new StreamException(kind, where(partition) + what, cause);
  }

  /** The beginning of a message. */
  String where(String partition) {
    return stream.words().where(partition);
  }

  /** Fails what is under way and what is still to come. */
  void close() {
    requests.close(where(""));
  }
}
