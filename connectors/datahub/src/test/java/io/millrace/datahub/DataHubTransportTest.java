// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static io.millrace.datahub.EmulatedTopics.failure;
import static io.millrace.datahub.EmulatedTopics.readAll;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.datahub.DataHubOptions.Protocol;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.http.HttpCall;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both protocols in each compression, and keys that change, against the emulator. */
@Timeout(300)
final class DataHubTransportTest {

  private static final String[] TYPES = {
    "STRING",
    "BIGINT",
    "DOUBLE",
    "BOOLEAN",
    "TIMESTAMP",
    "DECIMAL",
    "INTEGER",
    "FLOAT",
    "TINYINT",
    "SMALLINT"
  };
  private static final String[] FULL = {
    "héllo \"q\" \n", "9", "1.0E10", "true", "1463000123456789", "12.300", "7", "1.25", "1", "-2"
  };

  private final EmulatedTopics topics = new EmulatedTopics();

  @AfterEach
  void close() {
    topics.close();
  }

  static Stream<WireForm> forms() {
    return Arrays.stream(Protocol.values())
        .flatMap(
            protocol ->
                Arrays.stream(Compression.values())
                    .map(compression -> new WireForm(protocol, compression)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyTypeArrivesAsTheTextThatIsStored(WireForm wire) {
    Column[] columns =
        Arrays.stream(TYPES).map(type -> Column.of("c_" + type, type)).toArray(Column[]::new);
    topics.dataHub().createTopic(PROJECT, "rows", TopicSchema.ofTuple(columns), 1, 3);
    topics
        .dataHub()
        .put(PROJECT, "rows", NewRecord.ofTuple(FULL), NewRecord.ofTuple(new String[TYPES.length]));

    var records = readAll(open("rows", wire));

    assertThat(records).hasSize(2);
    assertThat(EmulatedTopics.columns(records.get(0))).containsExactly(FULL);
    assertThat(EmulatedTopics.columns(records.get(1))).hasSize(TYPES.length).containsOnlyNulls();
    assertSentAs(wire);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void bytesArriveAsTheyAre(WireForm wire) {
    byte[] bytes = {0, -1, 97, '"', '\n', -128};
    topics.dataHub().createTopic(PROJECT, "blobs", TopicSchema.ofBlob(), 1, 3);
    topics.dataHub().put(PROJECT, "blobs", NewRecord.ofBlob(bytes), NewRecord.ofBlob(new byte[0]));

    assertThat(readAll(open("blobs", wire)))
        .extracting(EmulatedTopics::data)
        .containsExactly(Base64.getEncoder().encodeToString(bytes), "");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void manyPagesArriveInOrder(WireForm wire) {
    topics.dataHub().createTopic(PROJECT, "rows", TopicSchema.ofStrings("a"), 1, 3);
    for (int i = 0; i < 2_500; i++) {
      topics.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("v" + i));
    }

    var records = readAll(open("rows", wire), 700);

    assertThat(records).hasSize(2_500);
    for (int i = 0; i < records.size(); i++) {
      assertThat(EmulatedTopics.data(records.get(i))).isEqualTo("[\"v" + i + "\"]");
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void refusalsAreRead(WireForm wire) {
    topics.dataHub().createTopic(PROJECT, "rows", TopicSchema.ofStrings("a"), 1, 3);
    strike(
        FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS)
            .withErrorCode("MalformedRecord")
            .onOperation("getRecords"));

    var failure = failure(open("rows", wire).fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.FATAL);
    assertThat(failure).hasMessageContaining("shard 0: MalformedRecord, HTTP 400: Injected");
    assertThat(failure.getMessage().contains("source.protocol: json"))
        .isEqualTo(wire.protocol() == Protocol.protobuf);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aDamagedAnswerIsAskedForAgain(Compression compression) {
    topics.dataHub().createTopic(PROJECT, "rows", TopicSchema.ofStrings("a"), 1, 3);
    topics.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("x"));
    ShardCursor cursor = open("rows", new WireForm(Protocol.protobuf, compression));
    strike(FaultRule.of(FaultTarget.DATAHUB, FaultKind.BAD_CRC).times(1));

    var failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("cannot be read");
    assertThat(readAll(cursor)).hasSize(1);
  }

  @Test
  void whatDoesNotFitItsColumnIsSentOnAsItIs() {
    topics
        .dataHub()
        .createTopic(PROJECT, "rows", TopicSchema.ofTuple(Column.of("n", "BIGINT")), 1, 3);
    topics.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("1"), NewRecord.ofTuple("2"));
    strike(FaultRule.of(FaultTarget.DATAHUB, FaultKind.MALFORMED_RECORD).times(1));

    assertThat(readAll(open("rows", WireForm.DEFAULT)))
        .extracting(EmulatedTopics::data)
        .containsExactly("[\"?\"]", "[\"2\"]");
  }

  @Test
  void aRotatedSecretIsPickedUpByTheNextRequest(@TempDir Path directory) throws IOException {
    topics.dataHub().createTopic(PROJECT, "rows", TopicSchema.ofStrings("a"), 1, 3);
    topics.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("x"));
    Path secret = Files.writeString(directory.resolve("secret"), "testkey\n");
    ShardCursor cursor =
        topics
            .client(
                "rows",
                "",
                WireForm.DEFAULT,
                EventForm.DEFAULT,
                ReferencedCredentials.of("testid", "${file:" + secret + "}"))
            .open("0", 0, new StartPosition.Earliest());
    assertThat(readAll(cursor)).hasSize(1);

    topics.emulator.setKeys(new ServiceKeys("testid", "rotated", Optional.empty()));
    assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.REFUSED);
    topics.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("y"));
    Files.writeString(secret, "rotated");

    assertThat(readAll(cursor)).hasSize(1);
  }

  private void assertSentAs(WireForm wire) {
    HttpCall fetch = topics.calls.get(topics.calls.size() - 1);
    Map<String, String> headers =
        fetch.headers().stream()
            .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(headers.containsKey("x-datahub-request-action"))
        .isEqualTo(wire.protocol() == Protocol.protobuf);
    if (wire.compression() == Compression.none) {
      assertThat(headers).doesNotContainKey("Content-Encoding");
      String body = new String(fetch.body(), UTF_8);
      assertThat(body)
          .startsWith(wire.protocol() == Protocol.json ? "{\"Action\":\"sub\"" : "DHUB");
    } else {
      assertThat(headers)
          .containsEntry("Content-Encoding", wire.compression().name())
          .containsEntry("Accept-Encoding", wire.compression().name())
          .containsKey("x-datahub-content-raw-size");
      assertThat(topics.answers.get(topics.answers.size() - 1).header("content-encoding"))
          .contains(wire.compression().name());
    }
  }

  private ShardCursor open(String topic, WireForm wire) {
    return topics.client(topic, wire, EventForm.DEFAULT).open("0", 0, new StartPosition.Earliest());
  }

  private void strike(FaultRule rule) {
    topics.dataHub().faults().add(rule);
  }
}
