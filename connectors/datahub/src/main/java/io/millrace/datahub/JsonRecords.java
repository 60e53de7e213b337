// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.util.Base64;

/** Reads the JSON form of fetched records into the protobuf form, which both then share. */
final class JsonRecords {

  private JsonRecords() {}

  /**
   * Reads an answer.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static GetRecordsResponse read(JsonNode answer) {
    if (!answer.path("NextCursor").isTextual() || !answer.path("Records").isArray()) {
      throw new IllegalArgumentException("it has no NextCursor or no Records");
    }
    GetRecordsResponse.Builder response =
        GetRecordsResponse.newBuilder()
            .setNextCursor(answer.path("NextCursor").asText())
            .setRecordCount(answer.path("Records").size())
            .setLatestSequence(answer.path("LatestSeq").asLong(-1))
            .setLatestTime(answer.path("LatestTime").asLong(-1));
    answer.path("Records").forEach(record -> response.addRecords(entry(record)));
    return response.build();
  }

  private static RecordEntry entry(JsonNode record) {
    if (!record.path("Sequence").isIntegralNumber()
        || !record.path("SystemTime").isIntegralNumber()) {
      throw new IllegalArgumentException("a record has no Sequence or no SystemTime");
    }
    return RecordEntry.newBuilder()
        .setSequence(record.path("Sequence").asLong())
        .setSystemTime(record.path("SystemTime").asLong())
        .setData(data(record.path("Data")))
        .build();
  }

  /** A row is an array of texts, bytes are base64. */
  private static RecordData data(JsonNode data) {
    RecordData.Builder fields = RecordData.newBuilder();
    if (data.isArray()) {
      for (JsonNode column : data) {
        fields.addData(
            column.isNull()
                ? FieldData.getDefaultInstance()
                : field(ByteString.copyFromUtf8(column.asText())));
      }
    } else if (data.isTextual()) {
      fields.addData(field(ByteString.copyFrom(Base64.getDecoder().decode(data.asText()))));
    } else {
      throw new IllegalArgumentException("a record's Data is neither an array nor base64");
    }
    return fields.build();
  }

  private static FieldData field(ByteString value) {
    return FieldData.newBuilder().setValue(value).build();
  }
}
