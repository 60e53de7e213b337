// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.http.UserAgent;
import io.millrace.model.Shard;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls of DataHub's REST interface that reading a topic takes, one request each. A refusal is
 * a {@link StreamException} that names the topic, the shard, DataHub's code and the request.
 */
final class DataHubCalls {

  /** As the SDK's: a fetch that hangs is given up after it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** DataHub gives no more at once. */
  private static final int MAX_RECORDS = 1000;

  private static final String JSON_TYPE = "application/json; charset=UTF-8";
  private static final String PROTOBUF_TYPE = "application/x-protobuf";
  private static final byte[] NO_BODY = {};

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final DataHubStream stream;
  private final HttpTransport transport;
  private final Clock clock;
  private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();
  private volatile boolean closed;

  DataHubCalls(DataHubStream stream, HttpTransport transport, Clock clock) {
    this.stream = stream;
    this.transport = transport;
    this.clock = clock;
  }

  /**
   * A topic, as far as reading needs it.
   *
   * @param blob false for TUPLE
   * @param columns of TUPLE, else 0
   */
  record Topic(boolean blob, int columns) {}

  /** Where a cursor points; {@code sequence} is -1 where the answer does not tell. */
  record Cursor(String text, long sequence) {}

  /** Which record a cursor is asked for. */
  enum Seek {
    OLDEST,
    LATEST,
    SEQUENCE,
    SYSTEM_TIME
  }

  CompletableFuture<Topic> topic() {
    return json("", call("GET", "", null, null, NO_BODY)).thenApply(this::topic);
  }

  private Topic topic(JsonNode answer) {
    String type = answer.path("RecordType").asText();
    return switch (type.toUpperCase(Locale.ROOT)) {
      case "BLOB" -> new Topic(true, 0);
      // The schema is JSON text inside of the JSON.
      case "TUPLE" ->
          new Topic(false, parsed("", answer.path("RecordSchema").asText()).path("fields").size());
      default ->
          throw failure(
              Kind.FATAL, "", "record type '" + OneLine.of(type) + "' is not TUPLE or BLOB", null);
    };
  }

  CompletableFuture<List<Shard>> shards() {
    return json("", call("GET", "/shards", null, null, NO_BODY)).thenApply(this::shards);
  }

  private List<Shard> shards(JsonNode answer) {
    List<Shard> shards = new ArrayList<>();
    for (JsonNode shard : answer.path("Shards")) {
      List<String> parents = new ArrayList<>();
      shard.path("ParentShardIds").forEach(parent -> parents.add(parent.asText()));
      String id = shard.path("ShardId").asText();
      String state = shard.path("State").asText().toUpperCase(Locale.ROOT);
      shards.add(
          new Shard(id, ordinal(id), parents, !state.equals("OPENING"), !state.equals("CLOSED")));
    }
    return List.copyOf(shards);
  }

  private int ordinal(String id) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw failure(Kind.FATAL, "", "shard id '" + OneLine.of(id) + "' is not a number", e);
    }
  }

  CompletableFuture<Cursor> cursor(String shard, Seek seek) {
    return cursor(shard, "{\"Action\":\"cursor\",\"Type\":\"" + seek + "\"}");
  }

  /**
   * @param value the sequence, or milliseconds since the epoch
   */
  CompletableFuture<Cursor> cursor(String shard, Seek seek, long value) {
    String field = seek == Seek.SEQUENCE ? "Sequence" : "SystemTime";
    return cursor(
        shard, "{\"Action\":\"cursor\",\"Type\":\"" + seek + "\",\"" + field + "\":" + value + "}");
  }

  private CompletableFuture<Cursor> cursor(String shard, String body) {
    return json(
            shard,
            call(
                "POST", "/shards/" + shard, JSON_TYPE, null, body.getBytes(StandardCharsets.UTF_8)))
        .thenApply(
            answer ->
                new Cursor(answer.path("Cursor").asText(), answer.path("Sequence").asLong(-1)));
  }

  CompletableFuture<GetRecordsResponse> records(String shard, String cursor, int maxRecords) {
    byte[] request =
        GetRecordsRequest.newBuilder()
            .setCursor(cursor)
            .setLimit(Math.min(maxRecords, MAX_RECORDS))
            .build()
            .toByteArray();
    return send(
            shard,
            call("POST", "/shards/" + shard, PROTOBUF_TYPE, "sub", DataHubFrame.wrap(request)))
        .thenApply(answer -> records(shard, answer));
  }

  private GetRecordsResponse records(String shard, HttpAnswer answer) {
    try {
      return GetRecordsResponse.parseFrom(DataHubFrame.unwrap(answer.body()));
    } catch (IllegalArgumentException | IOException e) {
      throw failure(Kind.UNAVAILABLE, shard, "the answer cannot be read: " + e.getMessage(), e);
    }
  }

  private CompletableFuture<JsonNode> json(String shard, PreparedCall call) {
    return send(shard, call).thenApply(answer -> parsed(shard, answer.text()));
  }

  private JsonNode parsed(String shard, String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw failure(Kind.UNAVAILABLE, shard, "the answer is not JSON: " + OneLine.of(text), e);
    }
  }

  /** A call without what depends on the moment of sending. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record PreparedCall(
      String method, String path, String contentType, String action, byte[] body) {}

  private PreparedCall call(
      String method, String below, String contentType, String action, byte[] body) {
    return new PreparedCall(method, stream.topicPath() + below, contentType, action, body);
  }

  private CompletableFuture<HttpAnswer> send(String shard, PreparedCall call) {
    Credentials credentials;
    try {
      credentials = stream.credentials().get();
    } catch (RuntimeException e) {
      String line = e instanceof MissingCredentialException ? e.getMessage() : e.toString();
      return CompletableFuture.failedFuture(
          failure(Kind.REFUSED, shard, "credentials: " + OneLine.of(line), e));
    }
    CompletableFuture<HttpAnswer> result = new CompletableFuture<>();
    long id = number.incrementAndGet();
    underWay.put(id, result);
    if (closed) {
      underWay.remove(id);
      return CompletableFuture.failedFuture(
          failure(Kind.UNAVAILABLE, shard, "the client is closed", null));
    }
    var unused =
        transport
            .send(signed(call, credentials))
            .whenComplete(
                (answer, failure) -> {
                  underWay.remove(id);
                  settle(result, shard, credentials, answer, failure);
                });
    return result;
  }

  private HttpCall signed(PreparedCall call, Credentials credentials) {
    URI uri = URI.create(stream.endpoint() + call.path());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", UserAgent.VALUE);
    headers.put("x-datahub-client-version", "1.1");
    if (call.action() != null) {
      headers.put("x-datahub-request-action", call.action());
    }
    credentials.securityToken().ifPresent(token -> headers.put("x-datahub-security-token", token));
    headers.put("Date", HTTP_DATE.format(clock.instant()));
    if (call.contentType() != null) {
      headers.put("Content-Type", call.contentType());
    }
    headers.put(
        "Authorization",
        DataHubSignature.authorization(credentials, call.method(), uri.getRawPath(), headers));
    return new HttpCall(call.method(), uri, List.copyOf(headers.entrySet()), call.body(), TIMEOUT);
  }

  private void settle(
      CompletableFuture<HttpAnswer> result,
      String shard,
      Credentials credentials,
      HttpAnswer answer,
      Throwable failure) {
    if (failure == null && answer.status() == 200) {
      result.complete(answer);
    } else if (failure == null) {
      result.completeExceptionally(refusal(shard, credentials, answer));
    } else {
      Throwable cause = DataHubErrors.unwrapped(failure);
      Kind kind =
          cause instanceof HttpFailure http ? DataHubErrors.kind(http.kind()) : Kind.UNAVAILABLE;
      result.completeExceptionally(
          failure(kind, shard, OneLine.of(String.valueOf(cause.getMessage())), cause));
    }
  }

  private StreamException refusal(String shard, Credentials credentials, HttpAnswer answer) {
    String code = "";
    String said = "";
    try {
      JsonNode error = JSON.readTree(answer.body());
      code = error.path("ErrorCode").asText("");
      said = OneLine.of(error.path("ErrorMessage").asText(""));
    } catch (IOException e) {
      // Something on the way answered, and not DataHub.
      said = OneLine.of(answer.body());
    }
    String line =
        (code.isEmpty() ? "" : OneLine.of(code) + ", ")
            + "HTTP "
            + answer.status()
            + (said.isEmpty() ? "" : ": " + OneLine.without(credentials, said))
            + answer
                .header("x-datahub-request-id")
                .map(id -> " (request " + OneLine.of(id) + ")")
                .orElse("");
    Kind kind = DataHubErrors.kind(code, answer.status());
    return failure(kind, shard, line, new DataHubErrors.Refusal(code));
  }

  /**
   * A failure that says where.
   *
   * @param shard empty when the whole topic is meant
   */
  StreamException failure(Kind kind, String shard, String what, Throwable cause) {
    String where = "DataHub " + stream.stream() + (shard.isEmpty() ? "" : " shard " + shard);
    return new StreamException(kind, where + ": " + what, cause);
  }

  /** Fails what is under way and what is still to come. */
  void close() {
    closed = true;
    StreamException over = failure(Kind.UNAVAILABLE, "", "the client is closed", null);
    underWay.values().forEach(call -> call.completeExceptionally(over));
  }
}
