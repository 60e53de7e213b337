// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.ok;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FailedRecord;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.PutRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.datahub.ShardLog.Place;
import io.millrace.emulator.datahub.ShardLog.Slice;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.http.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writing records, and reading them back by cursors. */
final class RecordOperations {

  static final String PROTOBUF = "application/x-protobuf";

  private static final int MAX_RECORDS = 1000;
  private static final long MAX_ANSWER_BYTES = 4 << 20;

  /** DataHub's page "Limits". */
  private static final int MAX_WRITTEN = 10_000;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  RecordOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "getCursor", this::getCursor,
        "getRecords", this::getRecords,
        "putRecords", this::putRecords,
        "putRecordsByShard", this::putRecordsByShard);
  }

  private Answer getCursor(DataHubCall call) {
    Topic topic = topic(call);
    ShardLog shard = topic.shard(call.shard());
    Place place =
        switch (call.text("Type")) {
          case "OLDEST" -> shard.oldest();
          case "LATEST" -> shard.latest();
          case "SEQUENCE" -> shard.at(call.number("Sequence"));
          case "SYSTEM_TIME" -> shard.since(call.number("SystemTime"), store.clock().millis());
          default ->
              throw DataHubException.invalidParameter("Invalid cursor type: " + call.text("Type"));
        };
    return ok(
        JSON.objectNode()
            .put("Cursor", Cursor.text(shard.number(), place))
            .put("RecordTime", place.time())
            .put("Sequence", place.sequence()));
  }

  private Answer getRecords(DataHubCall call) throws IOException {
    Topic topic = topic(call);
    ShardLog shard = topic.shard(call.shard());
    if (!call.protobuf()) {
      Slice slice = read(call, shard, call.text("Cursor"), Math.toIntExact(call.number("Limit")));
      return ok(RecordCodec.json(shard.number(), slice, topic.schema()));
    }
    GetRecordsRequest request = GetRecordsRequest.parseFrom(coded(call));
    Slice slice = read(call, shard, request.getCursor(), request.getLimit());
    return Answer.of(200, PROTOBUF, RecordCodec.protobuf(shard.number(), slice));
  }

  private static Slice read(DataHubCall call, ShardLog shard, String cursor, int limit) {
    if (limit < 1) {
      throw DataHubException.invalidParameter("Invalid limit: " + limit);
    }
    Place from = Cursor.place(shard.number(), cursor);
    Slice slice =
        shard.read(from.sequence(), from.index(), Math.min(limit, MAX_RECORDS), MAX_ANSWER_BYTES);
    boolean garbled = call.twist().filter(FaultKind.MALFORMED_RECORD::equals).isPresent();
    return garbled && slice.records().length > 0 ? RecordCodec.garbled(slice) : slice;
  }

  private Answer putRecords(DataHubCall call) throws IOException {
    Topic topic = topic(call);
    List<RecordEntry> entries = new ArrayList<>();
    if (call.protobuf()) {
      entries.addAll(PutRecordsRequest.parseFrom(coded(call)).getRecordsList());
    } else {
      for (JsonNode record : call.json().path("Records")) {
        entries.add(RecordCodec.entry(record, topic.schema()));
      }
    }
    requireFew(entries);
    List<FailedRecord> failed = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      try {
        store.put(topic, entries.get(i));
      } catch (DataHubException e) {
        failed.add(
            FailedRecord.newBuilder()
                .setIndex(i)
                .setErrorCode(e.code())
                .setErrorMessage(e.getMessage())
                .build());
      }
    }
    if (call.protobuf()) {
      return Answer.of(200, PROTOBUF, RecordCodec.protobuf(failed));
    }
    ObjectNode answer = JSON.objectNode().put("FailedRecordCount", failed.size());
    ArrayNode list = answer.putArray("FailedRecords");
    for (FailedRecord each : failed) {
      list.addObject()
          .put("Index", each.getIndex())
          .put("ErrorCode", each.getErrorCode())
          .put("ErrorMessage", each.getErrorMessage());
    }
    return ok(answer);
  }

  private Answer putRecordsByShard(DataHubCall call) throws IOException {
    List<RecordEntry> entries = PutRecordsRequest.parseFrom(coded(call)).getRecordsList();
    requireFew(entries);
    boolean together = call.twist().filter(FaultKind.SHARED_SEQUENCE::equals).isPresent();
    store.put(topic(call), call.shard(), entries, together);
    return Answer.of(200, PROTOBUF, new byte[0]);
  }

  private static void requireFew(List<RecordEntry> entries) {
    if (entries.size() > MAX_WRITTEN) {
      throw DataHubException.invalidParameter(
          "The request has " + entries.size() + " records; at most " + MAX_WRITTEN + ".");
    }
  }

  private static CodedInputStream coded(DataHubCall call) {
    ByteBuffer message = Frame.open(call.body());
    return CodedInputStream.newInstance(
        message.array(), message.arrayOffset() + message.position(), message.remaining());
  }

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }
}
