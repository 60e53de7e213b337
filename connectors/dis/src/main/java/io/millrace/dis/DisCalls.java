// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.dis.DisHttp.Request;
import io.millrace.dis.StreamState.Partition;
import io.millrace.dis.StreamState.Range;
import io.millrace.dis.StreamState.Status;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamWords;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The calls of DIS's REST interface, version 2, that reading a stream takes; one request each. */
final class DisCalls {

  /** Of one page, at most. */
  private static final int PARTITIONS = 1000;

  private static final String LAST_READ = "LAST_READ";
  private static final Pattern RANGE =
      Pattern.compile("\\[\\s*(null|\\d{1,18})\\s*:\\s*(null|\\d{1,18})\\s*]");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DisHttp http;
  private final String stream;
  private final StreamWords words;

  DisCalls(DisStream stream, HttpTransport transport, Clock clock) {
    this.http = new DisHttp(stream, transport, clock);
    this.stream = stream.name();
    this.words = stream.words();
  }

  /** Which record a cursor is asked for, by the words of the wire. */
  enum Seek {
    TRIM_HORIZON(""),
    LATEST(""),
    AT_SEQUENCE_NUMBER("starting-sequence-number"),
    AFTER_SEQUENCE_NUMBER("starting-sequence-number"),
    AT_TIMESTAMP("timestamp");

    private final String parameter;

    Seek(String parameter) {
      this.parameter = parameter;
    }
  }

  /**
   * A record, as DIS gives it.
   *
   * @param partitionKey empty where the producer gave none
   * @param data in Base64
   * @param time milliseconds since the epoch
   */
  record Entry(long sequence, long time, String partitionKey, String data, String timeType) {}

  /**
   * What one fetch brought.
   *
   * @param next the cursor of what follows; empty where DIS gives none
   */
  record Page(List<Entry> records, Optional<String> next) {}

  // ---- the stream ----

  /** The stream with all its partitions. */
  CompletableFuture<StreamState> stream() {
    return page(Optional.empty(), new ArrayList<>());
  }

  private CompletableFuture<StreamState> page(Optional<String> after, List<Partition> found) {
    Map<String, String> parameters = new LinkedHashMap<>();
    after.ifPresent(id -> parameters.put("start_partitionId", id));
    parameters.put("limit_partitions", Integer.toString(PARTITIONS));
    return http.json(get("/streams/" + stream, parameters, ""))
        .thenCompose(
            answer -> {
              require(answer.path("partitions").isArray(), "", "partitions");
              int before = found.size();
              answer.path("partitions").forEach(each -> found.add(partition(each)));
              if (answer.path("has_more_partitions").asBoolean() && found.size() > before) {
                return page(Optional.of(found.get(found.size() - 1).id()), found);
              }
              return CompletableFuture.completedFuture(state(answer, found));
            });
  }

  private static StreamState state(JsonNode answer, List<Partition> partitions) {
    String kind =
        answer.path("data_type").asText("BLOB")
            + ", "
            + answer.path("stream_type").asText("COMMON")
            + ", "
            + answer.path("retention_period").asInt(24)
            + " h";
    return new StreamState(
        answer.path("stream_id").asText(""),
        answer.path("create_time").asLong(0),
        OneLine.of(kind),
        partitions);
  }

  private Partition partition(JsonNode entry) {
    String id = entry.path("partition_id").asText();
    int number =
        PartitionId.number(id)
            .orElseThrow(
                () ->
                    failure(
                        Kind.FATAL, "", "partition id '" + OneLine.of(id) + "' is unknown", null));
    String status = entry.path("status").asText("ACTIVE");
    try {
      return new Partition(number, Status.valueOf(status), range(entry));
    } catch (IllegalArgumentException e) {
      throw failure(
          Kind.UNAVAILABLE,
          PartitionId.of(number),
          "status '" + OneLine.of(status) + "' is unknown",
          null);
    }
  }

  /** The Kafka adapter's reading: none of an expired partition, and nulls of an empty one. */
  private static Optional<Range> range(JsonNode entry) {
    Matcher range = RANGE.matcher(entry.path("sequence_number_range").asText(""));
    if (!range.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        range.group(1).equals("null") || range.group(2).equals("null")
            ? new Range(0, 0)
            : new Range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2))));
  }

  // ---- records ----

  CompletableFuture<String> cursor(String partition, Seek seek) {
    return cursor(partition, seek, OptionalLong.empty());
  }

  /**
   * @param value the sequence, or milliseconds since the epoch
   */
  CompletableFuture<String> cursor(String partition, Seek seek, long value) {
    return cursor(partition, seek, OptionalLong.of(value));
  }

  private CompletableFuture<String> cursor(String partition, Seek seek, OptionalLong value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("stream-name", stream);
    parameters.put("partition-id", partition);
    parameters.put("cursor-type", seek.name());
    value.ifPresent(number -> parameters.put(seek.parameter, Long.toString(number)));
    return http.json(get("/cursors", parameters, partition))
        .thenApply(
            answer -> {
              JsonNode cursor = answer.path("partition_cursor");
              require(cursor.isTextual(), partition, "partition_cursor");
              return cursor.asText();
            });
  }

  CompletableFuture<Page> records(String partition, String cursor, long maxBytes) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("partition-cursor", cursor);
    parameters.put("max_fetch_bytes", Long.toString(maxBytes));
    return http.json(get("/records", parameters, partition))
        .thenApply(answer -> page(partition, answer));
  }

  private Page page(String partition, JsonNode answer) {
    require(answer.path("records").isArray(), partition, "records");
    List<Entry> records = new ArrayList<>(answer.path("records").size());
    for (JsonNode record : answer.path("records")) {
      String sequence = record.path("sequence_number").asText();
      require(sequence.matches("[0-9]{1,18}"), partition, "sequence_number");
      require(record.path("data").isTextual(), partition, "data");
      records.add(
          new Entry(
              Long.parseLong(sequence),
              record.path("timestamp").asLong(0),
              text(record, "partition_key"),
              record.path("data").asText(),
              text(record, "timestamp_type")));
    }
    String next = text(answer, "next_partition_cursor");
    return new Page(records, next.isEmpty() ? Optional.empty() : Optional.of(next));
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).isTextual() ? node.path(field).asText() : "";
  }

  // ---- apps ----

  /** What an app says was consumed last; empty if it says nothing. */
  CompletableFuture<OptionalLong> checkpoint(String app, String partition) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("stream_name", stream);
    parameters.put("partition_id", partition);
    parameters.put("app_name", app);
    parameters.put("checkpoint_type", LAST_READ);
    return http.json(get("/checkpoints", parameters, partition))
        .thenApply(
            answer -> {
              String sequence = answer.path("sequence_number").asText();
              require(sequence.matches("-1|[0-9]{1,18}"), partition, "sequence_number");
              long last = Long.parseLong(sequence);
              return last < 0 ? OptionalLong.empty() : OptionalLong.of(last);
            })
        .exceptionallyCompose(
            failure ->
                DisErrors.TABLE.is(failure, DisErrors.NO_CHECKPOINT)
                    ? CompletableFuture.completedFuture(OptionalLong.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  /** Stores what was consumed last. */
  CompletableFuture<Void> commit(String app, String partition, long sequence) {
    ObjectNode body =
        JSON.objectNode()
            .put("app_name", app)
            .put("checkpoint_type", LAST_READ)
            .put("stream_name", stream)
            .put("partition_id", partition)
            .put("sequence_number", Long.toString(sequence));
    return http.send(post("/checkpoints", partition, body));
  }

  /** Makes an app; one that is there stays as it is. */
  CompletableFuture<Void> createApp(String app) {
    return http.send(post("/apps", "", JSON.objectNode().put("app_name", app)))
        .exceptionallyCompose(
            failure ->
                DisErrors.TABLE.is(failure, DisErrors.APP_EXISTS)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }

  private static Request get(String below, Map<String, String> parameters, String partition) {
    return new Request("GET", below, parameters, partition, new byte[0]);
  }

  private static Request post(String below, String partition, ObjectNode body) {
    return new Request("POST", below, Map.of(), partition, body.toString().getBytes(UTF_8));
  }

  // ---- failures ----

  /** An answer without what was asked for is a gateway's, or cut: a later one may have it. */
  private void require(boolean there, String partition, String name) {
    if (!there) {
      throw failure(Kind.UNAVAILABLE, partition, "the answer has no " + name, null);
    }
  }

  /** See {@link DisHttp#failure}. */
  StreamException failure(Kind kind, String partition, String what, Throwable cause) {
    return http.failure(kind, partition, what, cause);
  }

  /** What messages call the stream and its partitions. */
  StreamWords words() {
    return words;
  }

  /** Fails what is under way and what is still to come. */
  void close() {
    http.close();
  }
}
