// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.datahub.DataHubHttp.Request;
import io.millrace.datahub.DataHubOptions.Protocol;
import io.millrace.datahub.Topic.Column;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamWords;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The calls of DataHub's REST interface that reading a topic takes, one request each. */
final class DataHubCalls {

  /** Set on requests whose body is protobuf. */
  static final String ACTION = "x-datahub-request-action";

  /** DataHub gives no more at once. */
  private static final int MAX_RECORDS = 1000;

  private static final String JSON_TYPE = "application/json; charset=UTF-8";
  private static final String PROTOBUF_TYPE = "application/x-protobuf";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubHttp http;
  private final Protocol protocol;
  private final StreamWords words;

  DataHubCalls(DataHubStream stream, HttpTransport transport, Clock clock) {
    this.http = new DataHubHttp(stream, transport, clock);
    this.protocol = stream.wire().protocol();
    this.words = stream.words();
  }

  /** Where a cursor points; {@code sequence} is -1 where the answer does not tell. */
  record Cursor(String text, long sequence) {}

  /**
   * What a subscription says of a shard: the last record consumed.
   *
   * @param sequence −1 before the first
   * @param batchIndex its place among the records of this sequence
   * @param time its own, or a time that an operator chose; −1 before the first
   * @param version moved on by whoever resets the offset
   * @param session in which it may be stored; −1 where the answer does not tell
   */
  record Offset(long sequence, int batchIndex, long time, long version, long session) {

    /**
     * What follows. A time alone is what an operator gives who resets an offset. Beside a sequence
     * it tells nothing: DataHub stores whatever it is given.
     */
    StartPosition next() {
      if (time <= 0 && sequence <= 0) {
        return new StartPosition.Earliest();
      }
      if (sequence < 0) {
        return new StartPosition.At(time);
      }
      return new StartPosition.After(new Position(sequence, batchIndex, Math.max(0, time)));
    }
  }

  /** Which record a cursor is asked for. */
  enum Seek {
    OLDEST,
    LATEST,
    SEQUENCE,
    SYSTEM_TIME
  }

  CompletableFuture<Topic> topic() {
    return http.json(get("")).thenApply(this::topic);
  }

  private Topic topic(JsonNode answer) {
    long createdAt = 1000 * answer.path("CreateTime").asLong(0);
    require(answer.path("RecordType").isTextual(), "RecordType");
    String type = answer.path("RecordType").asText();
    return switch (type.toUpperCase(Locale.ROOT)) {
      case "BLOB" -> new Topic(true, List.of(), createdAt);
      // The schema is JSON text inside of the JSON.
      case "TUPLE" ->
          new Topic(
              false, columns(http.parsed("", answer.path("RecordSchema").asText())), createdAt);
      default ->
          throw failure(
              Kind.FATAL, "", "record type '" + OneLine.of(type) + "' is not TUPLE or BLOB", null);
    };
  }

  private static List<Column> columns(JsonNode schema) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode field : schema.path("fields")) {
      columns.add(new Column(field.path("name").asText(), field.path("type").asText()));
    }
    return columns;
  }

  CompletableFuture<List<Shard>> shards() {
    return http.json(get("/shards")).thenApply(this::shards);
  }

  private List<Shard> shards(JsonNode answer) {
    require(answer.path("Shards").isArray(), "Shards");
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

  /** An answer without what was asked for is a gateway's, or cut: a later one may have it. */
  private void require(boolean there, String name) {
    if (!there) {
      throw failure(Kind.UNAVAILABLE, "", "the answer has no " + name, null);
    }
  }

  private int ordinal(String id) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw failure(Kind.FATAL, "", "shard id '" + OneLine.of(id) + "' is not a number", e);
    }
  }

  CompletableFuture<Cursor> cursor(String shard, Seek seek) {
    return cursor(shard, seekOf(seek));
  }

  /**
   * @param value the sequence, or milliseconds since the epoch
   */
  CompletableFuture<Cursor> cursor(String shard, Seek seek, long value) {
    return cursor(
        shard, seekOf(seek).put(seek == Seek.SEQUENCE ? "Sequence" : "SystemTime", value));
  }

  private static ObjectNode seekOf(Seek seek) {
    return JSON.objectNode().put("Action", "cursor").put("Type", seek.name());
  }

  private CompletableFuture<Cursor> cursor(String shard, ObjectNode seek) {
    return http.json(post("/shards/" + shard, shard, seek))
        .thenApply(
            answer ->
                new Cursor(answer.path("Cursor").asText(), answer.path("Sequence").asLong(-1)));
  }

  CompletableFuture<GetRecordsResponse> records(String shard, String cursor, int maxRecords) {
    int limit = Math.min(maxRecords, MAX_RECORDS);
    return switch (protocol) {
      case protobuf -> http.send(fetch(shard, cursor, limit)).thenApply(a -> records(shard, a));
      case json ->
          http.json(
                  post(
                      "/shards/" + shard,
                      shard,
                      JSON.objectNode()
                          .put("Action", "sub")
                          .put("Cursor", cursor)
                          .put("Limit", limit)))
              .thenApply(answer -> records(shard, answer));
    };
  }

  private static Request fetch(String shard, String cursor, int limit) {
    byte[] message =
        GetRecordsRequest.newBuilder().setCursor(cursor).setLimit(limit).build().toByteArray();
    return new Request(
        "POST",
        "/shards/" + shard,
        shard,
        Map.of(ACTION, "sub", "Content-Type", PROTOBUF_TYPE),
        DataHubFrame.wrap(message));
  }

  private GetRecordsResponse records(String shard, byte[] answer) {
    try {
      return GetRecordsResponse.parseFrom(DataHubFrame.unwrap(answer));
    } catch (IllegalArgumentException | IOException e) {
      throw unreadable(shard, e);
    }
  }

  private GetRecordsResponse records(String shard, JsonNode answer) {
    try {
      return JsonRecords.read(answer);
    } catch (IllegalArgumentException e) {
      throw unreadable(shard, e);
    }
  }

  private StreamException unreadable(String shard, Exception e) {
    return failure(Kind.UNAVAILABLE, shard, "the answer cannot be read: " + e.getMessage(), e);
  }

  /** Fails where there is no such subscription. */
  CompletableFuture<Void> subscription(String id) {
    return http.json(get("/subscriptions/" + id)).thenAccept(found -> {});
  }

  /** What a subscription says of a shard; opens no session and takes nothing from anybody. */
  CompletableFuture<Offset> offset(String subscription, String shard) {
    ObjectNode question = JSON.objectNode().put("Action", "get");
    question.putArray("ShardIds").add(shard);
    return http.json(post(offsetsOf(subscription), shard, question))
        .thenApply(answer -> offset(answer.path("Offsets").path(shard)));
  }

  /** What a subscription says of many shards; opens no session. */
  CompletableFuture<Map<String, Offset>> offsets(String subscription, Collection<String> shards) {
    ObjectNode question = JSON.objectNode().put("Action", "get");
    shards.forEach(question.putArray("ShardIds")::add);
    return http.json(post(offsetsOf(subscription), "", question))
        .thenApply(
            answer -> {
              require(answer.path("Offsets").isObject(), "Offsets");
              Map<String, Offset> offsets = new HashMap<>();
              answer
                  .path("Offsets")
                  .properties()
                  .forEach(each -> offsets.put(each.getKey(), offset(each.getValue())));
              return offsets;
            });
  }

  /** Opens a session of one shard, which ends the session before it. */
  CompletableFuture<Offset> openSession(String subscription, String shard) {
    ObjectNode question = JSON.objectNode().put("Action", "open");
    question.putArray("ShardIds").add(shard);
    return http.json(post(offsetsOf(subscription), shard, question))
        .thenApply(
            answer -> {
              JsonNode offset = answer.path("Offsets").path(shard);
              require(offset.hasNonNull("SessionId"), "SessionId");
              return offset(offset);
            });
  }

  /**
   * What is stored of a shard.
   *
   * @param held the session in which
   */
  record Commit(Position delivered, Offset held) {}

  /** Stores where shards stand, all or none of them. */
  CompletableFuture<Void> commit(String subscription, Map<String, Commit> commits) {
    ObjectNode question = JSON.objectNode().put("Action", "commit");
    ObjectNode offsets = question.putObject("Offsets");
    commits.forEach(
        (shard, commit) ->
            offsets
                .putObject(shard)
                .put("Timestamp", commit.delivered().time())
                .put("Sequence", commit.delivered().sequence())
                .put("BatchIndex", commit.delivered().index())
                .put("Version", commit.held().version())
                .put("SessionId", commit.held().session()));
    // A message names the shard where there is only one.
    String named = commits.size() == 1 ? commits.keySet().iterator().next() : "";
    return http.send(put(offsetsOf(subscription), named, question)).thenAccept(done -> {});
  }

  private static String offsetsOf(String subscription) {
    return "/subscriptions/" + subscription + "/offsets";
  }

  private static Offset offset(JsonNode offset) {
    return new Offset(
        offset.path("Sequence").asLong(-1),
        offset.path("BatchIndex").asInt(0),
        offset.path("Timestamp").asLong(-1),
        offset.path("Version").asLong(0),
        offset.path("SessionId").asLong(-1));
  }

  private static Request get(String below) {
    return new Request("GET", below, "", Map.of(), new byte[0]);
  }

  private static Request post(String below, String shard, ObjectNode body) {
    return withJson("POST", below, shard, body);
  }

  private static Request put(String below, String shard, ObjectNode body) {
    return withJson("PUT", below, shard, body);
  }

  private static Request withJson(String method, String below, String shard, ObjectNode body) {
    return new Request(
        method, below, shard, Map.of("Content-Type", JSON_TYPE), body.toString().getBytes(UTF_8));
  }

  /** See {@link DataHubHttp#failure}. */
  StreamException failure(Kind kind, String shard, String what, Throwable cause) {
    return http.failure(kind, shard, what, cause);
  }

  /** What messages call the topic and its shards. */
  StreamWords words() {
    return words;
  }

  /** Fails what is under way and what is still to come. */
  void close() {
    http.close();
  }
}
