// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static io.millrace.datahub.EmulatedTopics.failure;
import static io.millrace.datahub.EmulatedTopics.readAll;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.datahub.DataHubOptions.BlobEncoding;
import io.millrace.datahub.DataHubOptions.Compression;
import io.millrace.datahub.DataHubOptions.NullForm;
import io.millrace.datahub.DataHubOptions.Protocol;
import io.millrace.datahub.DataHubOptions.TimestampUnit;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics and records at the edges, against the emulator. */
@Timeout(300)
final class DataHubRobustnessTest {

  private static final String TOPIC = "orders";
  private static final EventForm TEXT =
      new EventForm(List.of(), BlobEncoding.UTF8, NullForm.json, TimestampUnit.microsecond);

  private final EmulatedTopics topics = new EmulatedTopics();

  @AfterEach
  void close() {
    topics.close();
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void textOfEveryKindArrives(Protocol protocol) {
    String[] texts = {
      "quo\"te's \\ and / more",
      "\u0000\u0001\b\t\n\u000b\f\r\u001f\u007f\u0085",
      "\u2028\u2029\ufeff\uffff",
      "emoji \ud83d\ude00 \ud83d\udc69\u200d\ud83d\udcbb \u4e2d\u6587 \u0627",
      "",
      "null",
      "[\"not\",\"a list\"]",
    };
    createTopic(TopicSchema.ofStrings("a", "b", "c", "d", "e", "f", "g"), 1);
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple(texts));
    StreamClient client =
        topics.client(TOPIC, new WireForm(protocol, Compression.none), EventForm.DEFAULT);

    assertThat(EmulatedTopics.columns(readAll(begin(client, "0")).get(0))).containsExactly(texts);
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void bytesThatAreNotTextAreKeptOrRefusedAndNeverChanged(Protocol protocol) {
    byte[] bytes = {'o', 'k', (byte) 0xc3, '('};
    createTopic(TopicSchema.ofBlob(), 1);
    topics
        .dataHub()
        .put(
            PROJECT,
            TOPIC,
            NewRecord.ofBlob("fine \"é\"".getBytes(UTF_8)),
            NewRecord.ofBlob(bytes));
    WireForm wire = new WireForm(protocol, Compression.none);

    assertThat(readAll(begin(topics.client(TOPIC, wire, EventForm.DEFAULT), "0")))
        .extracting(EmulatedTopics::data)
        .endsWith(Base64.getEncoder().encodeToString(bytes));
    ShardCursor asText = begin(topics.client(TOPIC, wire, TEXT), "0");
    assertThat(asText.fetch(1).join().records())
        .extracting(EmulatedTopics::data)
        .containsExactly("fine \"é\"");
    StreamException failure = failure(asText.fetch(1));
    assertThat(failure.kind()).isEqualTo(Kind.FATAL);
    assertThat(failure)
        .hasMessageStartingWith(
            "DataHub test_project/orders shard 0: record 1 is not UTF-8 text, and"
                + " source.blob-encoding: utf8 would change it");
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void recordsOfAMegabyteArrive(Compression compression) {
    createTopic(TopicSchema.ofStrings("a"), 1);
    String large = "0123456789abcde\n".repeat(1 << 16);
    for (int i = 0; i < 6; i++) {
      topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple(i + large));
    }
    StreamClient client =
        topics.client(TOPIC, new WireForm(Protocol.protobuf, compression), EventForm.DEFAULT);

    List<ShardRecord> records = readAll(begin(client, "0"));

    assertThat(records).hasSize(6);
    assertThat(EmulatedTopics.columns(records.get(5)).get(0)).isEqualTo("5" + large);
  }

  @Test
  void atopicOf256ShardsIsRead() {
    createTopic(TopicSchema.ofStrings("a"), 256);
    StreamClient client = topics.client(TOPIC);
    List<Shard> shards = client.shards().join();
    assertThat(shards).hasSize(256).allMatch(Shard::open);
    topics.calls.clear();

    var cursors = shards.stream().map(shard -> begin(client, shard.id())).toList();
    for (Shard shard : shards) {
      topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple(shard.id()).toShard(shard.id()));
    }
    var fetches = cursors.stream().map(cursor -> cursor.fetch(10)).toList();

    for (int i = 0; i < 256; i++) {
      assertThat(fetches.get(i).join().records())
          .extracting(EmulatedTopics::data)
          .containsExactly("[\"" + i + "\"]");
    }
    assertThat(topics.calls.stream().filter(call -> call.method().equals("GET"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void recordsOfOneSequenceAreNeitherLostNorRepeatedWhereverReadingStopped(int atOnce) {
    createTopic(TopicSchema.ofStrings("a"), 1);
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("x"));
    topics.dataHub().putTogether(PROJECT, TOPIC, "0", copies(5));
    topics.dataHub().putTogether(PROJECT, TOPIC, "0", copies(1));
    topics.dataHub().putTogether(PROJECT, TOPIC, "0", copies(2));
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("y"));
    StreamClient client = topics.client(TOPIC);

    List<ShardRecord> all = readAll(begin(client, "0"), atOnce);

    assertThat(all)
        .extracting(record -> record.position().toString())
        .containsExactly("0.0", "1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "3.0", "3.1", "4.0");
    for (int read = 1; read <= all.size(); read++) {
      StartPosition after = new StartPosition.After(all.get(read - 1).position());
      assertThat(readAll(client.open("0", 0, after), atOnce))
          .isEqualTo(all.subList(read, all.size()));
    }
  }

  @Test
  void aStreamThatBeginsToFlowAnHourLaterIsRead() {
    createTopic(TopicSchema.ofStrings("a"), 1);
    StreamClient client = topics.client(TOPIC);
    ShardCursor cursor = begin(client, "0");
    for (int i = 0; i < 5; i++) {
      assertThat(cursor.fetch(10).join().caughtUp()).isTrue();
    }
    topics.dataHub().forward(Duration.ofHours(1));
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("x"));

    assertThat(readAll(cursor)).hasSize(1);
    topics.dataHub().forward(Duration.ofDays(2));
    assertThat(readAll(cursor)).isEmpty();
    topics.dataHub().forward(Duration.ofDays(2));
    assertThat(readAll(cursor)).isEmpty();
    topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("y"));
    assertThat(readAll(cursor)).extracting(ShardRecord::sequence).containsExactly(1L);
  }

  private static List<NewRecord> copies(int count) {
    return Collections.nCopies(count, NewRecord.ofTuple("v"));
  }

  private void createTopic(TopicSchema schema, int shards) {
    topics.dataHub().createTopic(PROJECT, TOPIC, schema, shards, 3);
  }

  private static ShardCursor begin(StreamClient client, String shard) {
    return client.open(shard, 0, new StartPosition.Earliest());
  }
}
