// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dis.DisCalls.Entry;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisEnvelopeFormatTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PARTITION = "shardId-0000000000";

  /** When the manual's cursor was made. */
  private static final long FETCHED_AT = 1509606392191L;

  /** The manual's example, without its white space. */
  static final String EXAMPLE =
      "{\"ShardID\":\"shardId-0000000000\",\"Message\":{\"next_partition_cursor\":"
          + "\"eyJnZXRJdGVyYXRvclBhcmFtIjp7InN0cmVhbS1uYW1lIjoiZGlzLXN3dGVzdCIsInBhcnRpdGlvbi1pZCI6"
          + "InNoYXJkSWQtMDAwMDAwMDAwMCIsImN1cnNvci10eXBlIjoiVFJJTV9IT1JJWk9OIiwic3RhcnRpbmctc2VxdWVu"
          + "Y2UtbnVtYmVyIjoiNCJ9LCJnZW5lcmF0ZVRpbWVzdGFtcCI6MTUwOTYwNjM5MjE5MX0\",\"records\":["
          + "{\"partition_key\":\"shardId_0000000000\",\"data\":\"d2VsY29tZQ==\",\"sequence_number\":\"0\"},"
          + "{\"partition_key\":\"shardId_0000000000\",\"data\":\"dXNpbmc=\",\"sequence_number\":\"1\"},"
          + "{\"partition_key\":\"shardId_0000000000\",\"data\":\"RnVuY3Rpb25TdGFnZQ==\",\"sequence_number\":\"2\"},"
          + "{\"partition_key\":\"shardId_0000000000\",\"data\":\"c2VydmljZQ==\",\"sequence_number\":\"3\"}"
          + "],\"millis_behind_latest\":\"\"},\"Tag\":\"latest\",\"StreamName\":\"dis-swtest\"}";

  private static List<ShardRecord> records(EventForm form, String... texts) {
    RecordEncoder encoder = new RecordEncoder(form);
    List<ShardRecord> records = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      String data = Base64.getEncoder().encodeToString(texts[i].getBytes(UTF_8));
      long time = FETCHED_AT - 1000 + i;
      Entry entry = new Entry(i, time, "shardId_0000000000", data, "CreateTime");
      byte[] body = encoder.encode(entry, FETCHED_AT);
      records.add(new ShardRecord(PARTITION, 0, i, 0, time, body, false));
    }
    return records;
  }

  private static String render(EventForm form, List<ShardRecord> records) {
    DisEnvelopeFormat format = new DisEnvelopeFormat("dis-swtest", form);
    byte[] event = format.render(PARTITION, records);
    int most = format.frameSize(PARTITION) + records.stream().mapToInt(format::sizeOf).sum();
    assertThat(event).hasSizeLessThanOrEqualTo(most);
    // The bound is to be close: events are cut by it.
    assertThat(event).hasSizeGreaterThan(most - 100);
    return new String(event, UTF_8);
  }

  @Test
  void rebuildsTheManualsExample() {
    List<ShardRecord> records =
        records(EventForm.DEFAULT, "welcome", "using", "FunctionStage", "service");
    assertThat(render(EventForm.DEFAULT, records)).isEqualTo(EXAMPLE);
  }

  @Test
  void theCursorIsThatBehindTheLastRecordAndSaysSo() throws IOException {
    List<ShardRecord> records = records(EventForm.DEFAULT, "a", "b", "c");
    for (int count = 1; count <= 3; count++) {
      JsonNode cursor = cursor(render(EventForm.DEFAULT, records.subList(0, count)));
      assertThat(cursor.toString())
          .isEqualTo(
              "{\"getIteratorParam\":{\"stream-name\":\"dis-swtest\",\"partition-id\":"
                  + "\"shardId-0000000000\",\"cursor-type\":\"TRIM_HORIZON\","
                  + "\"starting-sequence-number\":\""
                  + count
                  + "\"},\"generateTimestamp\":1509606392191}");
    }
  }

  private static JsonNode cursor(String event) throws IOException {
    String token = JSON.readTree(event).path("Message").path("next_partition_cursor").asText();
    assertThat(token).doesNotContain("=", "+", "/");
    return JSON.readTree(Base64.getUrlDecoder().decode(token));
  }

  /** What a program of the vendor's Go runtime would refuse: a number for a string. */
  @Test
  void everyValueHasTheTypeThatTheVendorsStructsHave() throws IOException {
    JsonNode event = JSON.readTree(render(EventForm.DEFAULT, records(EventForm.DEFAULT, "a")));
    assertThat(event.fieldNames())
        .toIterable()
        .containsExactly("ShardID", "Message", "Tag", "StreamName");
    JsonNode message = event.path("Message");
    assertThat(message.fieldNames())
        .toIterable()
        .containsExactly("next_partition_cursor", "records", "millis_behind_latest");
    assertThat(message.path("millis_behind_latest").isTextual()).isTrue();
    JsonNode record = message.path("records").get(0);
    assertThat(record.fieldNames())
        .toIterable()
        .containsExactly("partition_key", "data", "sequence_number");
    assertThat(record).allMatch(JsonNode::isTextual);
  }

  @Test
  void hasMoreWhereThatIsWanted() throws IOException {
    EventForm all = new EventForm("v2", true, true, true);
    JsonNode event = JSON.readTree(render(all, records(all, "a", "b")));
    JsonNode message = event.path("Message");
    assertThat(message.fieldNames())
        .toIterable()
        .containsExactly(
            "next_partition_cursor", "next_patition_cursor", "records", "millis_behind_latest");
    assertThat(message.path("next_patition_cursor"))
        .isEqualTo(message.path("next_partition_cursor"));
    assertThat(message.path("millis_behind_latest").textValue()).isEqualTo("999");
    assertThat(message.path("records").get(1).toString())
        .isEqualTo(
            "{\"partition_key\":\"shardId_0000000000\",\"data\":\"Yg==\",\"sequence_number\":\"1\","
                + "\"timestamp\":1509606391192,\"timestamp_type\":\"CreateTime\"}");
    assertThat(event.path("Tag").textValue()).isEqualTo("v2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b\\c", "tab\tnew\nline\u0001", "Zürich 🦈", ""})
  void writesKeysAsTheyAre(String key) throws IOException {
    byte[] body = new RecordEncoder(EventForm.DEFAULT).encode(entry(key), FETCHED_AT);
    JsonNode object = JSON.readTree(body, 0, RecordEncoder.objectLength(body));
    assertThat(object.path("partition_key").asText()).isEqualTo(key);
    assertThat(RecordEncoder.fetchedAt(body)).isEqualTo(FETCHED_AT);
  }

  private static Entry entry(String key) {
    return new Entry(7, 1, key, "YQ==", "CreateTime");
  }

  @Test
  void aRecordWithoutAKeyHasAnEmptyOne() throws IOException {
    byte[] body = new RecordEncoder(EventForm.DEFAULT).encode(entry(""), FETCHED_AT);
    assertThat(new String(body, 0, RecordEncoder.objectLength(body), UTF_8))
        .isEqualTo("{\"partition_key\":\"\",\"data\":\"YQ==\",\"sequence_number\":\"7\"}");
  }
}
