// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.dis.DisOperations.Operation;
import io.millrace.emulator.dis.DisStream.Put;
import io.millrace.emulator.dis.Partition.Slice;
import io.millrace.emulator.dis.Partition.State;
import io.millrace.emulator.dis.Partition.StoredRecord;
import io.millrace.emulator.http.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Writing records, and reading them back by cursors. */
final class RecordOperations {

  private static final int MAX_FETCH_BYTES = 4 << 20;
  private static final int FETCH_BYTES = 1 << 20;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DisStore store;

  RecordOperations(DisStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "getPartitionCursor", this::getPartitionCursor,
        "getRecords", this::getRecords,
        "putRecords", this::putRecords);
  }

  /** What became of one record: where it is, or why it is nowhere. */
  record Result(Optional<Put> put, String errorCode, String errorMessage) {}

  private Answer getPartitionCursor(DisCall call) {
    DisStream stream = store.stream(call.required("stream-name"));
    String asked = call.required("partition-id");
    Partition partition = readable(call, stream, asked);
    String type = call.parameter("cursor-type").orElse("AT_SEQUENCE_NUMBER");
    OptionalLong timestamp = OptionalLong.empty();
    long next;
    switch (type) {
      case "AT_SEQUENCE_NUMBER" -> {
        long sequence = number(call, "starting-sequence-number");
        next = partition.place(sequence, sequence);
      }
      case "AFTER_SEQUENCE_NUMBER" -> {
        long sequence = number(call, "starting-sequence-number");
        next = partition.place(sequence + 1, sequence);
      }
      case "TRIM_HORIZON" -> next = partition.first();
      case "LATEST" -> next = partition.next();
      case "AT_TIMESTAMP" -> {
        timestamp = OptionalLong.of(number(call, "timestamp"));
        if (timestamp.getAsLong() < stream.oldestTime()) {
          throw DisException.expiredTimestamp(stream.oldestTime());
        }
        next = partition.since(timestamp.getAsLong());
      }
      default -> throw DisException.invalidCursorType(type);
    }
    PartitionCursor cursor =
        new PartitionCursor(stream.name(), asked, type, next, timestamp, store.clock().millis());
    return Answer.json(200, JSON.objectNode().put("partition_cursor", cursor.token()));
  }

  private static Partition readable(DisCall call, DisStream stream, String id) {
    Partition partition = stream.partition(id);
    if (partition.state() == State.EXPIRED) {
      throw DisException.partitionExpired(stream.name(), call.project(), partition.id());
    }
    return partition;
  }

  private static long number(DisCall call, String name) {
    String text = call.parameter(name).orElse("");
    if (!text.matches("[0-9]{1,18}")) {
      throw DisException.invalidSequence(text);
    }
    return Long.parseLong(text);
  }

  private Answer getRecords(DisCall call) {
    long now = store.clock().millis();
    PartitionCursor cursor = PartitionCursor.of(call.required("partition-cursor"), now);
    int maxBytes = call.number("max_fetch_bytes", 0, MAX_FETCH_BYTES, FETCH_BYTES);
    DisStream stream = store.stream(cursor.stream());
    Slice slice =
        readable(call, stream, cursor.partition())
            .read(cursor.next(), maxBytes, now, store.readLimit(stream));
    Optional<String> next =
        slice.ended() && !store.cursorAtEnd()
            ? Optional.empty()
            : Optional.of(cursor.at(slice.next(), now).token());
    return call.protobuf()
        ? Answer.of(200, DisCall.PROTOBUF, ProtobufRecords.answer(slice.records(), next))
        : Answer.json(200, json(slice.records(), next));
  }

  private static ObjectNode json(List<StoredRecord> records, Optional<String> next) {
    ObjectNode answer = JSON.objectNode();
    ArrayNode list = answer.putArray("records");
    for (StoredRecord record : records) {
      ObjectNode entry = list.addObject();
      record.partitionKey().ifPresent(key -> entry.put("partition_key", key));
      entry
          .put("sequence_number", Long.toString(record.sequence()))
          .put("data", Base64.getEncoder().encodeToString(record.data()))
          .put("timestamp", record.time())
          .put("timestamp_type", "CreateTime");
    }
    return answer.put("next_partition_cursor", next.orElse(null));
  }

  private Answer putRecords(DisCall call) throws IOException {
    ProtobufRecords.Request request =
        call.protobuf() ? ProtobufRecords.request(call.body()) : request(call);
    DisStream stream = store.stream(request.stream());
    if (request.records().isEmpty()) {
      throw DisException.invalidRequest("Invalid records null.");
    }
    long bytes = request.records().stream().mapToLong(record -> record.data().length).sum();
    if (bytes > stream.kind().write()) {
      throw DisException.tooLarge(bytes + " of " + stream.kind().write() + " bytes");
    }
    List<Result> results = new ArrayList<>();
    for (NewRecord record : request.records()) {
      try {
        Put put = stream.put(record, store.writeLimit(stream));
        results.add(new Result(Optional.of(put), "", ""));
      } catch (DisException e) {
        results.add(new Result(Optional.empty(), e.code(), e.getMessage()));
      }
    }
    return call.protobuf()
        ? Answer.of(200, DisCall.PROTOBUF, ProtobufRecords.answer(results))
        : Answer.json(200, json(results));
  }

  private static ProtobufRecords.Request request(DisCall call) {
    List<NewRecord> records = new ArrayList<>();
    for (JsonNode record : call.json().path("records")) {
      byte[] data;
      try {
        data = Base64.getDecoder().decode(record.path("data").asText());
      } catch (IllegalArgumentException e) {
        throw DisException.invalidRequest("Invalid data.");
      }
      records.add(
          new NewRecord(
              text(record, "partition_id"),
              text(record, "explicit_hash_key").isEmpty()
                  ? OptionalLong.empty()
                  : OptionalLong.of(hashKey(record.path("explicit_hash_key").asText())),
              text(record, "partition_key"),
              data));
    }
    return new ProtobufRecords.Request(call.text("stream_name"), records);
  }

  /** The key, from 0 to 2^63-1. */
  static long hashKey(String text) {
    try {
      long key = Long.parseLong(text);
      if (key >= 0) {
        return key;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw DisException.invalidRequest("Invalid explicit_hash_key " + text + ".");
  }

  private static Optional<String> text(JsonNode record, String field) {
    return Optional.ofNullable(record.path(field).textValue()).filter(value -> !value.isEmpty());
  }

  private static ObjectNode json(List<Result> results) {
    ObjectNode answer =
        JSON.objectNode()
            .put(
                "failed_record_count",
                results.stream().filter(result -> result.put().isEmpty()).count());
    ArrayNode list = answer.putArray("records");
    for (Result result : results) {
      ObjectNode entry = list.addObject();
      if (result.put().isPresent()) {
        entry
            .put("partition_id", result.put().get().partition())
            .put("sequence_number", Long.toString(result.put().get().sequence()));
      } else {
        entry.put("error_code", result.errorCode()).put("error_message", result.errorMessage());
      }
    }
    return answer;
  }
}
