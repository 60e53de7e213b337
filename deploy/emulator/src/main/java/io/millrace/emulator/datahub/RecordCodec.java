// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FailedRecord;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.PutRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordAttributes;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.StringPair;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.emulator.datahub.ShardLog.Place;
import io.millrace.emulator.datahub.ShardLog.Slice;
import io.millrace.emulator.datahub.TopicSchema.Column;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/**
 * Records as they are held and as they go over the wire.
 *
 * <p>Column values are text on both wires, the bytes of a BLOB are base64 in JSON. What is held of
 * a record is the encoding of its attributes and data as in a protobuf {@code RecordEntry};
 * answering in protobuf then only adds the position before it.
 */
final class RecordCodec {

  /** DataHub's page "Limits". */
  private static final int MAX_STRING = 2 << 20;

  private static final int CURSOR_FIELD = 32 + 2;

  private RecordCodec() {}

  /** Checks a record against the topic and encodes what is held of it. */
  static byte[] held(RecordEntry entry, TopicSchema schema) {
    List<FieldData> fields = entry.getData().getDataList();
    if (schema.blob()) {
      if (fields.size() != 1 || !fields.get(0).hasValue()) {
        throw DataHubException.malformed("A BLOB record has one field, this has " + fields.size());
      }
    } else {
      // A writer may not know yet of the columns that were appended.
      if (fields.size() > schema.columns().size() || fields.size() < schema.initialColumns()) {
        throw DataHubException.malformed(
            "The topic has " + schema.columns().size() + " columns, the record " + fields.size());
      }
      for (int i = 0; i < fields.size(); i++) {
        Column column = schema.columns().get(i);
        if (column.notNull() && !fields.get(i).hasValue()) {
          throw DataHubException.malformed("Column " + column.name() + " is null");
        }
        if (column.type().equals("STRING") && fields.get(i).getValue().size() > MAX_STRING) {
          throw DataHubException.malformed("Column " + column.name() + " exceeds 2 MB");
        }
      }
    }
    return RecordEntry.newBuilder()
        .setAttributes(entry.getAttributes())
        .setData(entry.getData())
        .build()
        .toByteArray();
  }

  /** Reads what {@link #held} wrote. */
  static RecordEntry entry(byte[] held) {
    try {
      return RecordEntry.parseFrom(held);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a held record that cannot be read", e);
    }
  }

  /** Reads a record from JSON. */
  static RecordEntry entry(JsonNode json, TopicSchema schema) {
    RecordEntry.Builder entry = RecordEntry.newBuilder();
    if (json.hasNonNull("ShardId")) {
      entry.setShardId(json.get("ShardId").asText());
    }
    if (json.hasNonNull("HashKey")) {
      entry.setHashKey(json.get("HashKey").asText());
    }
    if (json.hasNonNull("PartitionKey")) {
      entry.setPartitionKey(json.get("PartitionKey").asText());
    }
    json.path("Attributes")
        .properties()
        .forEach(
            each ->
                entry
                    .getAttributesBuilder()
                    .addAttributes(
                        StringPair.newBuilder()
                            .setKey(each.getKey())
                            .setValue(each.getValue().asText())));
    RecordData.Builder data = entry.getDataBuilder();
    JsonNode fields = json.path("Data");
    if (schema.blob()) {
      data.addData(FieldData.newBuilder().setValue(ByteString.copyFrom(base64(fields.asText()))));
    } else {
      for (JsonNode field : fields) {
        data.addData(
            field.isNull()
                ? FieldData.getDefaultInstance()
                : FieldData.newBuilder().setValue(ByteString.copyFromUtf8(field.asText())).build());
      }
    }
    return entry.build();
  }

  /** A {@code GetRecordsResponse} in its frame. */
  static byte[] protobuf(int shard, Slice slice) throws IOException {
    int count = slice.records().length;
    Place[] places = slice.places();
    String next = Cursor.text(shard, slice.next());
    int size =
        CodedOutputStream.computeStringSize(1, next)
            + CodedOutputStream.computeInt32Size(2, count)
            + CodedOutputStream.computeInt64Size(3, places[0].sequence())
            + CodedOutputStream.computeInt64Size(5, slice.latestSequence())
            + CodedOutputStream.computeInt64Size(6, slice.latestTime());
    for (int i = 0; i < count; i++) {
      int entry = entrySize(slice, i);
      size += 1 + CodedOutputStream.computeRawVarint32Size(entry) + entry;
    }
    byte[] frame = new byte[Frame.HEADER + size];
    CodedOutputStream out = CodedOutputStream.newInstance(frame, Frame.HEADER, size);
    out.writeString(1, next);
    out.writeInt32(2, count);
    out.writeInt64(3, places[0].sequence());
    byte[] cursor = Cursor.of(shard, places[0]);
    for (int i = 0; i < count; i++) {
      byte[] after = Cursor.of(shard, places[i + 1]);
      out.writeRawByte(4 << 3 | 2);
      out.writeRawVarint32(entrySize(slice, i));
      writeCursor(out, 4, cursor);
      writeCursor(out, 5, after);
      out.writeInt64(6, places[i].sequence());
      out.writeInt64(7, places[i].time());
      out.writeRawBytes(slice.records()[i]);
      cursor = after;
    }
    out.writeInt64(5, slice.latestSequence());
    out.writeInt64(6, slice.latestTime());
    out.checkNoSpaceLeft();
    return Frame.seal(frame);
  }

  /** The same records, but the first has a text that none of its columns but STRING can have. */
  static Slice garbled(Slice slice) {
    byte[][] records = slice.records().clone();
    RecordEntry.Builder first = entry(records[0]).toBuilder();
    for (FieldData.Builder field : first.getDataBuilder().getDataBuilderList()) {
      field.setValue(ByteString.copyFromUtf8("?"));
    }
    records[0] = first.build().toByteArray();
    return new Slice(
        records, slice.partitionKeys(), slice.places(), slice.latestSequence(), slice.latestTime());
  }

  /** The JSON answer to {@code getRecords}. */
  static ObjectNode json(int shard, Slice slice, TopicSchema schema) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("NextCursor", Cursor.text(shard, slice.next()));
    answer.put("RecordCount", slice.records().length);
    answer.put("StartSeq", slice.places()[0].sequence());
    answer.put("LatestSeq", slice.latestSequence());
    answer.put("LatestTime", slice.latestTime());
    var records = answer.putArray("Records");
    for (int i = 0; i < slice.records().length; i++) {
      Place place = slice.places()[i];
      RecordEntry entry = entry(slice.records()[i]);
      ObjectNode record = records.addObject();
      record.put("Sequence", place.sequence());
      record.put("SystemTime", place.time());
      record.put("Cursor", Cursor.text(shard, place));
      record.put("NextCursor", Cursor.text(shard, slice.places()[i + 1]));
      ObjectNode attributes = record.putObject("Attributes");
      for (StringPair pair : entry.getAttributes().getAttributesList()) {
        attributes.put(pair.getKey(), pair.getValue());
      }
      if (schema.blob()) {
        record.put(
            "Data",
            Base64.getEncoder()
                .encodeToString(entry.getData().getData(0).getValue().toByteArray()));
      } else {
        var data = record.putArray("Data");
        for (FieldData field : entry.getData().getDataList()) {
          data.add(field.hasValue() ? field.getValue().toStringUtf8() : null);
        }
      }
    }
    return answer;
  }

  /** A {@code PutRecordsResponse} in its frame. */
  static byte[] protobuf(List<FailedRecord> failed) {
    byte[] message =
        PutRecordsResponse.newBuilder()
            .setFailedCount(failed.size())
            .addAllFailedRecords(failed)
            .build()
            .toByteArray();
    byte[] frame = new byte[Frame.HEADER + message.length];
    System.arraycopy(message, 0, frame, Frame.HEADER, message.length);
    return Frame.seal(frame);
  }

  /** A record that was put by a Java caller. */
  static RecordEntry entry(NewRecord record) {
    RecordAttributes.Builder attributes = RecordAttributes.newBuilder();
    record
        .attributes()
        .forEach(
            (key, value) ->
                attributes.addAttributes(StringPair.newBuilder().setKey(key).setValue(value)));
    RecordData.Builder data = RecordData.newBuilder();
    for (var field : record.fields()) {
      FieldData.Builder value = FieldData.newBuilder();
      field.ifPresent(bytes -> value.setValue(ByteString.copyFrom(bytes)));
      data.addData(value);
    }
    RecordEntry.Builder entry = RecordEntry.newBuilder().setAttributes(attributes).setData(data);
    record.shard().ifPresent(entry::setShardId);
    record.partitionKey().ifPresent(entry::setPartitionKey);
    return entry.build();
  }

  private static int entrySize(Slice slice, int i) {
    return 2 * CURSOR_FIELD
        + CodedOutputStream.computeInt64Size(6, slice.places()[i].sequence())
        + CodedOutputStream.computeInt64Size(7, slice.places()[i].time())
        + slice.records()[i].length;
  }

  private static void writeCursor(CodedOutputStream out, int field, byte[] cursor)
      throws IOException {
    out.writeRawByte(field << 3 | 2);
    out.writeRawByte(cursor.length);
    out.writeRawBytes(cursor);
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text.getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      throw DataHubException.malformed("The data is not base64: " + e.getMessage());
    }
  }
}
