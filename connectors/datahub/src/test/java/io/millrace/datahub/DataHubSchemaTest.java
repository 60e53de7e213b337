// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static io.millrace.datahub.EmulatedTopics.failure;
import static io.millrace.datahub.EmulatedTopics.readAll;
import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.datahub.client.model.Field;
import com.aliyun.datahub.client.model.FieldType;
import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.NullForm;
import io.millrace.datahub.DataHubOptions.TimestampUnit;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Columns: chosen ones, and ones that are appended while the topic is read. */
@Timeout(300)
final class DataHubSchemaTest {

  private static final String TOPIC = "orders";

  private final EmulatedTopics topics = new EmulatedTopics();

  @BeforeEach
  void createTopic() {
    topics
        .dataHub()
        .createTopic(
            PROJECT,
            TOPIC,
            TopicSchema.ofTuple(
                Column.of("id", "BIGINT"),
                Column.of("name", "STRING"),
                Column.of("at", "TIMESTAMP")),
            1,
            3);
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("1", "one", "1463000123456789"));
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void chosenColumnsComeInTheOrderOfTheChoice() {
    assertThat(EmulatedTopics.columns(readAll(open(form("name", "id"))).get(0)))
        .containsExactly("one", "1");
  }

  @Test
  void aColumnThatIsNotThereIsNamedBeforeAnythingIsRead() {
    StreamClient client = topics.client(TOPIC, WireForm.DEFAULT, form("id", "price"));
    for (var question : List.of(client.describe(), client.shards())) {
      StreamException failure = failure(question);
      assertThat(failure.kind()).isEqualTo(Kind.FATAL);
      assertThat(failure)
          .hasMessage(
              "DataHub test_project/orders: source.columns: 'price' is not a column; accepted: id,"
                  + " name, at");
    }
    topics.dataHub().createTopic(PROJECT, "blobs", TopicSchema.ofBlob(), 1, 3);
    assertThat(failure(topics.client("blobs", WireForm.DEFAULT, form("id")).describe()))
        .hasMessageEndingWith(
            "source.columns: 'id' is not a column; accepted: none, the topic is BLOB");
  }

  @Test
  void anAppendedColumnIsSentWithTheRecordsThatHaveIt() {
    ShardCursor all = open(EventForm.DEFAULT);
    ShardCursor chosen = open(form("id"));
    assertThat(readAll(all)).hasSize(1);
    assertThat(readAll(chosen)).hasSize(1);

    topics.sdk().appendField(PROJECT, TOPIC, new Field("added", FieldType.STRING));
    topics
        .dataHub()
        .put(
            PROJECT,
            TOPIC,
            NewRecord.ofTuple("2", "two", null),
            NewRecord.ofTuple("3", "three", null, "x"));

    assertThat(readAll(all))
        .extracting(EmulatedTopics::data)
        .containsExactly("[\"2\",\"two\",null]", "[\"3\",\"three\",null,\"x\"]");
    assertThat(readAll(chosen))
        .extracting(EmulatedTopics::data)
        .containsExactly("[\"2\"]", "[\"3\"]");
  }

  @Test
  void anAppendedColumnCanBeChosenAndIsNullInOlderRecords() {
    topics.dataHub().appendColumns(PROJECT, TOPIC, Column.of("added", "STRING"));
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("2", "two", null, "x"));

    assertThat(readAll(open(form("added", "id"))))
        .extracting(EmulatedTopics::data)
        .containsExactly("[null,\"1\"]", "[\"x\",\"2\"]");
  }

  @Test
  void timesOfAppendedColumnsAreConvertedToo() {
    ShardCursor cursor =
        open(
            new EventForm(
                List.of(), BlobEncoding.BASE64, NullForm.json, TimestampUnit.millisecond));
    assertThat(readAll(cursor))
        .extracting(EmulatedTopics::data)
        .containsExactly("[\"1\",\"one\",\"1463000123456\"]");

    topics.dataHub().appendColumns(PROJECT, TOPIC, Column.of("until", "TIMESTAMP"));
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("2", "2000", null, "5000000"));

    assertThat(readAll(cursor))
        .extracting(EmulatedTopics::data)
        .containsExactly("[\"2\",\"2000\",null,\"5000\"]");
  }

  private ShardCursor open(EventForm form) {
    return topics.client(TOPIC, WireForm.DEFAULT, form).open("0", 0, new StartPosition.Earliest());
  }

  private static EventForm form(String... columns) {
    return new EventForm(
        List.of(columns), BlobEncoding.BASE64, NullForm.json, TimestampUnit.microsecond);
  }
}
