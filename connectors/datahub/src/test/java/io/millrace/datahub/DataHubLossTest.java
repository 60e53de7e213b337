// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static io.millrace.datahub.EmulatedTopics.failure;
import static io.millrace.datahub.EmulatedTopics.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.model.ExpandMode;
import com.aliyun.datahub.client.model.RecordType;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records, shards and topics that go away while they are read, against the emulator. */
@Timeout(300)
final class DataHubLossTest {

  private static final String TOPIC = "orders";

  private final EmulatedTopics topics = new EmulatedTopics();
  private final StreamClient client = topics.client(TOPIC);

  @BeforeEach
  void createTopic() {
    topics.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("a"), 1, 3);
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void readingGoesOnBehindALossThatIsAccepted() {
    put("0", 10);
    ShardCursor cursor = open("0");
    assertThat(cursor.fetch(2).join().records()).hasSize(2);
    topics.dataHub().forward(Duration.ofDays(2));
    put("0", 2);
    topics.dataHub().forward(Duration.ofDays(1).plusMillis(1));

    StreamException loss = failure(cursor.fetch(10));

    assertThat(loss.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(loss.lost()).hasValue(8);
    assertThat(loss)
        .hasMessage(
            "DataHub test_project/orders shard 0: sequences 2 to 9 are gone (8): they expired"
                + " before they were read, because the shard lags by more than the topic's"
                + " lifecycle; source.on-data-loss: earliest goes on without them");
    assertThat(failure(cursor.fetch(10)).lost()).hasValue(8);
    cursor.acceptLoss();
    assertThat(readAll(cursor)).extracting(ShardRecord::sequence).containsExactly(10L, 11L);
    assertThatThrownBy(cursor::acceptLoss).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTopicMadeAnewIsNoticedByTheListing() {
    client.shards().join();
    recreate();

    StreamException failure = failure(client.shards());

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure.lost()).isEmpty();
    assertThat(failure)
        .hasMessageStartingWith(
            "DataHub test_project/orders: the topic was deleted and created again")
        .hasMessageEndingWith("start the trigger anew, without a savepoint");
  }

  @Test
  void aTopicMadeAnewIsNoticedByAReaderThoughItHasTheSequences() {
    put("0", 3);
    ShardCursor cursor = open("0");
    assertThat(cursor.fetch(2).join().records()).hasSize(2);
    recreate();
    put("0", 20);
    topics
        .dataHub()
        .faults()
        .add(
            FaultRule.of(FaultTarget.DATAHUB, FaultKind.EXPIRED_CURSOR)
                .times(1)
                .onOperation("getRecords"));

    StreamException failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure).hasMessageContaining("created again");
  }

  @Test
  void aTopicMadeAnewIsNoticedAfterARestart() {
    put("0", 3);
    List<ShardRecord> read = readAll(open("0"));
    recreate();
    put("0", 20);
    StreamClient restarted = topics.client(TOPIC);

    StreamException failure =
        failure(restarted.open("0", 0, new StartPosition.After(read.get(1).position())).fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure)
        .hasMessageContaining("shard 0: read up to sequence 1 of a topic that is older than this");
  }

  @Test
  void aTopicMadeAnewMomentsAgoIsNoticedBySequencesThatAreMissing() {
    put("0", 3);
    List<ShardRecord> read = readAll(open("0"));
    topics.dataHub().deleteTopic(PROJECT, TOPIC);
    createTopic();
    put("0", 1);

    StreamException failure =
        failure(
            topics
                .client(TOPIC)
                .open("0", 0, new StartPosition.After(read.get(2).position()))
                .fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure).hasMessageContaining("read up to sequence 2, and DataHub has 0 next");
  }

  @Test
  void aClosedShardThatVanishedUnreadIsALoss() {
    put("0", 5);
    ShardCursor cursor = open("0");
    assertThat(cursor.fetch(2).join().records()).hasSize(2);
    topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    topics.dataHub().forward(Duration.ofDays(4));

    for (int i = 0; i < 4; i++) {
      assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    StreamException failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure.lost()).hasValue(3);
    assertThat(failure).hasMessageContaining("the shard is gone with all that followed sequence 1");
    cursor.acceptLoss();
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }

  @Test
  void aClosedShardThatVanishedAfterItsLastFetchMayHaveHadMore() {
    put("0", 5);
    ShardCursor cursor = open("0");
    assertThat(cursor.fetch(5).join().records()).hasSize(5);
    put("0", 2);
    topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    topics.dataHub().forward(Duration.ofDays(4));

    for (int i = 0; i < 4; i++) {
      assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    StreamException failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure.lost()).hasValue(1);
    assertThat(failure)
        .hasMessageContaining("followed sequence 4, nobody knows how much, possibly nothing");
    cursor.acceptLoss();
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }

  @Test
  void aShardThatWasReadToItsEndAfterItWasListedAsClosedHasEnded() {
    put("0", 5);
    topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    topics
        .dataHub()
        .faults()
        .add(
            FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS)
                .withErrorCode("NoSuchShard")
                .onShard("0")
                .times(1));
    ShardCursor cursor = open("0");
    assertThat(failure(cursor.fetch(5)).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(cursor.fetch(5).join().records()).hasSize(5);
    topics.dataHub().forward(Duration.ofDays(4));

    for (int i = 0; i < 4; i++) {
      assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }

  @Test
  void aShardThatIsGoneBeforeItBeginsIsALossWhereverItWasToBegin() {
    StartPosition pinned = client.pin("0", new StartPosition.Earliest()).join();
    put("0", 5);
    topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    topics.dataHub().forward(Duration.ofDays(4));

    for (StartPosition start : List.of(pinned, new StartPosition.Earliest())) {
      ShardCursor cursor = client.open("0", 0, start);
      for (int i = 0; i < 4; i++) {
        assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);
      }
      assertThat(failure(cursor.fetch(10)))
          .hasMessageContaining("shard 0: the shard is gone with all that it had, nobody knows")
          .extracting(StreamException::kind)
          .isEqualTo(Kind.DATA_LOSS);
      cursor.acceptLoss();
      assertThat(cursor.fetch(10).join().ended()).isTrue();
    }
  }

  @Test
  void whatExpiresBetweenPinningAndBeginningIsALoss() {
    String child = topics.dataHub().splitShard(PROJECT, TOPIC, "0").get(0);
    StartPosition empty = client.pin(child, new StartPosition.Earliest()).join();
    put(child, 8);
    topics.dataHub().expire(PROJECT, TOPIC, child, 2);
    StartPosition filled = client.pin(child, new StartPosition.Earliest()).join();
    assertThat(readAll(client.open(child, 0, filled))).hasSize(6);
    topics.dataHub().expire(PROJECT, TOPIC, child, 5);

    ShardCursor fromEmpty = client.open(child, 0, empty);
    ShardCursor fromFilled = client.open(child, 0, filled);

    assertThat(failure(fromEmpty.fetch(10))).hasMessageContaining("sequences 0 to 4 are gone (5)");
    StreamException loss = failure(fromFilled.fetch(10));
    assertThat(loss).hasMessageContaining("sequences 2 to 4 are gone (3)");
    assertThat(loss.lost()).hasValue(3);
    fromFilled.acceptLoss();
    assertThat(readAll(fromFilled)).extracting(ShardRecord::sequence).containsExactly(5L, 6L, 7L);
  }

  @Test
  void aChildThatIsUnknownForAMomentIsTriedAgain() {
    List<String> children = topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    put(children.get(0), 1);
    topics
        .dataHub()
        .faults()
        .add(
            FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS)
                .withErrorCode("NoSuchShard")
                .onShard(children.get(0))
                .times(7));
    ShardCursor cursor = open(children.get(0));

    for (int i = 0; i < 7; i++) {
      assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }
    assertThat(readAll(cursor)).hasSize(1);
  }

  @Test
  void shardsThatAreAddedToAnExtendOnlyTopicHaveNoParents() {
    topics
        .sdk()
        .createTopic(PROJECT, "extended", 1, 3, RecordType.BLOB, null, "", ExpandMode.ONLY_EXTEND);
    topics.sdk().extendShard(PROJECT, "extended", 3);

    assertThat(topics.client("extended").shards().join())
        .containsExactly(
            new Shard("0", 0, List.of(), true, true),
            new Shard("1", 1, List.of(), true, true),
            new Shard("2", 2, List.of(), true, true));
  }

  @Test
  void childrenNameParentsThatAreListedNoMore() {
    List<String> children = topics.dataHub().splitShard(PROJECT, TOPIC, "0");
    topics.dataHub().forward(Duration.ofDays(4));

    assertThat(client.shards().join())
        .extracting(Shard::id, Shard::parents)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(children.get(0), List.of("0")),
            org.assertj.core.api.Assertions.tuple(children.get(1), List.of("0")));
  }

  /** A minute later: within seconds, DataHub's times cannot tell. */
  private void recreate() {
    topics.dataHub().deleteTopic(PROJECT, TOPIC);
    topics.dataHub().forward(Duration.ofMinutes(1));
    createTopic();
  }

  private ShardCursor open(String shard) {
    return client.open(shard, 0, new StartPosition.Earliest());
  }

  private void put(String shard, int count) {
    for (int i = 0; i < count; i++) {
      topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("v" + i).toShard(shard));
    }
  }
}
