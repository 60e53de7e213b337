// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.NullForm;
import io.millrace.datahub.DataHubOptions.TimestampUnit;
import io.millrace.datahub.Topic.Column;
import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecordEncoderTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RecordEncoder encoder = new RecordEncoder("0", EventForm.DEFAULT);

  private static final RowLayout ALL = layout(EventForm.DEFAULT);

  @Test
  void writesTheManualsRecord() {
    RecordEntry entry = tuple(12345, 1463000123000L, "col1's value", "col2's value");

    assertThat(new String(encoder.row(entry, ALL), UTF_8))
        .isEqualTo(
            "{\"eventId\":\"0:12345\",\"systemTime\":1463000123000,"
                + "\"data\":\"[\\\"col1's value\\\",\\\"col2's value\\\"]\"}");
  }

  @Test
  void writesTheManualsEvent() {
    DataHubEnvelopeFormat format =
        new DataHubEnvelopeFormat(
            "/projects/test_project_name/topics/test_topic_name", "cn-hangzhou");
    List<ShardRecord> records =
        List.of(
            record(tuple(12345, 1463000123000L, "col1's value", "col2's value")),
            record(tuple(12346, 1463000156000L, "col1's value", "col2's value")));

    byte[] event = format.render("0", records);

    assertThat(new String(event, UTF_8))
        .isEqualTo(
            "{\"eventSource\":\"acs:datahub\",\"eventName\":\"acs:datahub:putRecord\","
                + "\"eventSourceARN\":\"/projects/test_project_name/topics/test_topic_name\","
                + "\"region\":\"cn-hangzhou\",\"records\":["
                + "{\"eventId\":\"0:12345\",\"systemTime\":1463000123000,"
                + "\"data\":\"[\\\"col1's value\\\",\\\"col2's value\\\"]\"},"
                + "{\"eventId\":\"0:12346\",\"systemTime\":1463000156000,"
                + "\"data\":\"[\\\"col1's value\\\",\\\"col2's value\\\"]\"}]}");
    int bound = format.frameSize("0") + records.stream().mapToInt(format::sizeOf).sum();
    assertThat(event.length).isLessThanOrEqualTo(bound);
  }

  @Test
  void nullIsNullAndEmptyIsEmpty() throws Exception {
    assertThat(columns(tuple(1, 2, null, "", "null"))).containsExactly(null, "", "null");
  }

  @Test
  void everyCharacterArrivesAsItWas() throws Exception {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 97) {
      if (c >= 0xD800 && c < 0xE000) {
        continue;
      }
      String text = "a" + new String(Character.toChars(c)) + "b";
      assertThat(columns(tuple(1, 2, text))).containsExactly(text);
    }
  }

  @Test
  void controlCharactersAndLineSeparatorsAreEscaped() {
    byte[] body = encoder.row(tuple(1, 2, "\u0000\u001f\n\"\\/\u2028\u2029\u007f"), ALL);

    assertThat(new String(body, UTF_8))
        .isEqualTo(
            "{\"eventId\":\"0:1\",\"systemTime\":2,\"data\":\"[\\\""
                + "\\\\u0000\\\\u001f\\\\n\\\\\\\"\\\\\\\\/\\\\u2028\\\\u2029\u007f"
                + "\\\"]\"}");
  }

  @Test
  void whatIsNotUtf8BecomesTheReplacementCharacter() throws Exception {
    byte[][] broken = {
      {'a', (byte) 0xff, 'b'},
      {(byte) 0xE2},
      {(byte) 0xE2, (byte) 0x80},
      {(byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
      {(byte) 0xC0, (byte) 0x80},
      {(byte) 0xF0, (byte) 0x9F, (byte) 0x98, '\n'},
    };
    for (byte[] bytes : broken) {
      RecordEntry entry = entry(1, 2, field(bytes));
      assertThat(columns(entry)).containsExactly(new String(bytes, UTF_8));
    }
  }

  @Test
  void randomBytesAlwaysGiveWhatTheDecoderGives() throws Exception {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        // Mostly ASCII, so that escapes and separators meet plain text.
        for (int j = 0; j < bytes.length; j++) {
          bytes[j] &= 0x7f;
        }
      }
      assertThat(columns(entry(1, 2, field(bytes)))).containsExactly(new String(bytes, UTF_8));
    }
  }

  @Test
  void aLargeRecordAfterASmallOneAndBack() throws Exception {
    String large = "x\n".repeat(2_000_000);

    assertThat(columns(tuple(1, 2, "small"))).containsExactly("small");
    assertThat(columns(tuple(1, 2, large))).containsExactly(large);
    assertThat(columns(tuple(1, 2, "small"))).containsExactly("small");
  }

  @Test
  void blobs() throws Exception {
    byte[] bytes = {0, (byte) 0xff, 'a', '"', '\n'};
    RecordEntry entry = entry(7, 9, field(bytes));
    RecordEntry text = entry(7, 9, field("{\"a\":1}".getBytes(UTF_8)));

    assertThat(encoder.canHold(entry)).isTrue();
    assertThat(JSON.readTree(encoder.blob(entry)).path("data").asText())
        .isEqualTo(Base64.getEncoder().encodeToString(bytes));
    RecordEncoder asText =
        new RecordEncoder(
            "0",
            new EventForm(List.of(), BlobEncoding.UTF8, NullForm.json, TimestampUnit.microsecond));
    assertThat(asText.canHold(entry)).isFalse();
    assertThat(asText.canHold(text)).isTrue();
    assertThat(new String(asText.blob(text), UTF_8))
        .isEqualTo("{\"eventId\":\"0:7\",\"systemTime\":9,\"data\":\"{\\\"a\\\":1}\"}");
  }

  @ParameterizedTest
  @CsvSource({"json, null", "empty, '\"\"'", "text, '\"null\"'"})
  void nullInTheFormAskedFor(NullForm form, String written) throws Exception {
    EventForm event =
        new EventForm(List.of(), BlobEncoding.BASE64, form, TimestampUnit.microsecond);

    byte[] body = new RecordEncoder("0", event).row(tuple(1, 2, "a", null), layout(event));

    assertThat(JSON.readTree(body).path("data").asText()).isEqualTo("[\"a\"," + written + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "microsecond, 1463000123456789, 1463000123456789",
    "millisecond, 1463000123456789, 1463000123456",
    "second,      1463000123456789, 1463000123",
    "second,      -1,               -1",
    "millisecond, later,            later",
  })
  void timesInTheUnitAskedForAndNothingElse(TimestampUnit unit, String stored, String sent)
      throws Exception {
    EventForm event = new EventForm(List.of(), BlobEncoding.BASE64, NullForm.json, unit);

    byte[] body = new RecordEncoder("0", event).row(tuple(1, 2, "1000000", stored), layout(event));

    assertThat(JSON.readTree(body).path("data").asText())
        .isEqualTo("[\"1000000\",\"" + sent + "\"]");
  }

  @Test
  void columnsAreSentInTheOrderAskedForAndNullWhereTheRowIsShorter() throws Exception {
    EventForm event =
        new EventForm(
            List.of("c", "ts", "a"), BlobEncoding.BASE64, NullForm.json, TimestampUnit.second);
    RecordEncoder selecting = new RecordEncoder("0", event);

    byte[] full = selecting.row(tuple(1, 2, "x", "5000000", "y"), layout(event));
    byte[] old = selecting.row(tuple(1, 2, "x"), layout(event));

    assertThat(JSON.readTree(full).path("data").asText()).isEqualTo("[\"y\",\"5\",\"x\"]");
    assertThat(JSON.readTree(old).path("data").asText()).isEqualTo("[null,null,\"x\"]");
  }

  @Test
  void aColumnThatIsNotThereIsNamed() {
    EventForm event =
        new EventForm(
            List.of("a", "b"), BlobEncoding.BASE64, NullForm.json, TimestampUnit.microsecond);

    assertThatThrownBy(() -> layout(event))
        .hasMessage("source.columns: 'b' is not a column; accepted: a, ts, c");
  }

  private static RowLayout layout(EventForm form) {
    List<Column> columns =
        List.of(
            new Column("A", "string"), new Column("ts", "timestamp"), new Column("c", "STRING"));
    return RowLayout.of(new Topic(false, columns, 0), form);
  }

  @Test
  void extremes() throws Exception {
    JsonNode record = JSON.readTree(encoder.row(tuple(Long.MAX_VALUE, 0), ALL));

    assertThat(record.path("eventId").asText()).isEqualTo("0:9223372036854775807");
    assertThat(record.path("systemTime").asLong()).isZero();
    assertThat(record.path("data").asText()).isEqualTo("[]");
  }

  private ShardRecord record(RecordEntry entry) {
    byte[] body = encoder.row(entry, ALL);
    return new ShardRecord("0", 0, entry.getSequence(), 0, entry.getSystemTime(), body, false);
  }

  private List<String> columns(RecordEntry entry) throws Exception {
    JsonNode data = JSON.readTree(JSON.readTree(encoder.row(entry, ALL)).path("data").asText());
    List<String> columns = new ArrayList<>();
    data.forEach(column -> columns.add(column.isNull() ? null : column.asText()));
    return columns;
  }

  private static RecordEntry tuple(long sequence, long time, String... columns) {
    List<FieldData> fields = new ArrayList<>();
    for (String column : columns) {
      fields.add(column == null ? FieldData.getDefaultInstance() : field(column.getBytes(UTF_8)));
    }
    return entry(sequence, time, fields.toArray(FieldData[]::new));
  }

  private static FieldData field(byte[] bytes) {
    return FieldData.newBuilder().setValue(ByteString.copyFrom(bytes)).build();
  }

  private static RecordEntry entry(long sequence, long time, FieldData... fields) {
    return RecordEntry.newBuilder()
        .setSequence(sequence)
        .setSystemTime(time)
        .setData(RecordData.newBuilder().addAllData(List.of(fields)))
        .build();
  }
}
