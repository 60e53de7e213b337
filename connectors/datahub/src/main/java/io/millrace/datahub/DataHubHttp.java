// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.credentials.Credentials;
import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.http.UserAgent;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamRefusal;
import io.millrace.source.StreamRequests;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends signed requests about one topic, one each, and reads refusals: a {@link StreamException}
 * that names the topic, the shard, DataHub's code and the request. Safe for several threads.
 */
final class DataHubHttp {

  /** As the SDK's: a fetch that hangs is given up after it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final DataHubStream stream;
  private final StreamRequests requests;
  private final Clock clock;

  DataHubHttp(DataHubStream stream, HttpTransport transport, Clock clock) {
    this.stream = stream;
    this.requests = new StreamRequests(transport, stream.credentials());
    this.clock = clock;
  }

  /**
   * A request without what depends on the moment of sending.
   *
   * @param below the topic's path
   * @param shard for messages; empty when the whole topic is meant
   * @param headers its own ones; with a body also {@code Content-Type}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(
      String method, String below, String shard, Map<String, String> headers, byte[] body) {}

  CompletableFuture<JsonNode> json(Request request) {
    return answered(request)
        .thenApply(
            answer -> {
              try {
                return JSON.readTree(new String(answer.body(), UTF_8));
              } catch (IOException e) {
                String said = OneLine.of(answer.body(), answer.credentials());
                throw notJson(request.shard(), said);
              }
            });
  }

  JsonNode parsed(String shard, String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw notJson(shard, OneLine.of(text));
    }
  }

  /** Without the parser's complaint, which quotes what was said as it was. */
  private StreamException notJson(String shard, String said) {
    return failure(Kind.UNAVAILABLE, shard, "the answer is not JSON: " + said, null);
  }

  /** The body of the answer, decompressed. */
  CompletableFuture<byte[]> send(Request request) {
    return answered(request).thenApply(Answered::body);
  }

  /**
   * A good answer.
   *
   * @param credentials that it may repeat, as they were in the request
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Answered(byte[] body, Credentials credentials) {}

  private CompletableFuture<Answered> answered(Request request) {
    return requests.send(
        where(request.shard()),
        credentials -> signed(request, credentials),
        (answer, credentials) -> good(request, answer, credentials));
  }

  private HttpCall signed(Request request, Credentials credentials) {
    URI uri = URI.create(stream.endpoint() + stream.topicPath() + request.below());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", UserAgent.VALUE);
    headers.put("x-datahub-client-version", "1.1");
    credentials.securityToken().ifPresent(token -> headers.put("x-datahub-security-token", token));
    headers.put("Date", HTTP_DATE.format(clock.instant()));
    headers.putAll(request.headers());
    byte[] body = request.body();
    Compression compression = stream.wire().compression();
    if (compression != Compression.none && body.length > 0) {
      headers.put(ContentCoding.RAW_SIZE, Integer.toString(body.length));
      headers.put(ContentCoding.ENCODING, compression.name());
      headers.put("Accept-Encoding", compression.name());
      body = ContentCoding.compressed(body, compression);
    }
    headers.put(
        "Authorization",
        DataHubSignature.authorization(credentials, request.method(), uri.getRawPath(), headers));
    return new HttpCall(request.method(), uri, List.copyOf(headers.entrySet()), body, TIMEOUT);
  }

  private Answered good(Request request, HttpAnswer answer, Credentials credentials) {
    byte[] body;
    try {
      body = ContentCoding.body(answer);
    } catch (IllegalArgumentException e) {
      throw failure(
          Kind.UNAVAILABLE,
          request.shard(),
          "the answer, HTTP " + answer.status() + ", cannot be read: " + e.getMessage(),
          e);
    }
    if (answer.status() != 200) {
      throw refusal(request, credentials, answer, body);
    }
    return new Answered(body, credentials);
  }

  private StreamException refusal(
      Request request, Credentials credentials, HttpAnswer answer, byte[] body) {
    String code = "";
    String said = "";
    try {
      JsonNode error = JSON.readTree(body);
      code = OneLine.without(credentials, error.path("ErrorCode").asText(""));
      said = OneLine.of(error.path("ErrorMessage").asText(""), credentials);
    } catch (IOException e) {
      // Something on the way answered, and not DataHub.
      said = OneLine.of(body, credentials);
    }
    String line =
        (code.isEmpty() ? "" : OneLine.of(code, credentials) + ", ")
            + "HTTP "
            + answer.status()
            + (said.isEmpty() ? "" : ": " + said)
            + answer
                .header("x-datahub-request-id")
                .map(id -> " (request " + OneLine.of(id, credentials) + ")")
                .orElse("")
            + advice(request, code);
    Kind kind = DataHubErrors.TABLE.kind(code, answer.status());
    return failure(kind, request.shard(), line, new StreamRefusal(code, answer.status()));
  }

  /** The Go SDK's manual: a service without protobuf calls what it cannot read malformed. */
  private static String advice(Request request, String code) {
    return code.equalsIgnoreCase(DataHubErrors.MALFORMED_RECORD)
            && request.headers().containsKey(DataHubCalls.ACTION)
        ? "; a service that does not read protobuf needs source.protocol: json"
        : "";
  }

  /**
   * A failure that says where.
   *
   * @param shard empty when the whole topic is meant
   */
  StreamException failure(Kind kind, String shard, String what, Throwable cause) {
    return new StreamException(kind, where(shard) + what, cause);
  }

  /** The beginning of a message. */
  String where(String shard) {
    return stream.words().where(shard);
  }

  /** Fails what is under way and what is still to come. */
  void close() {
    requests.close(where(""));
  }
}
