// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static io.millrace.datahub.EmulatedTopics.PROJECT;
import static io.millrace.datahub.EmulatedTopics.failure;
import static io.millrace.datahub.EmulatedTopics.readAll;
import static org.assertj.core.api.Assertions.assertThat;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where reading begins, against the emulator and beside the vendor's SDK. */
@Timeout(300)
final class DataHubStartTest {

  private static final String TOPIC = "orders";

  private final EmulatedTopics topics = new EmulatedTopics();
  private final StreamClient client = topics.client(TOPIC);

  @BeforeEach
  void createTopic() {
    topics.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("a"), 2, 3);
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void aSubscriptionIsReadAndNotTakenOver() {
    put("0", 10);
    put("1", 2);
    DatahubClient sdk = topics.sdk();
    String id = sdk.createSubscription(PROJECT, TOPIC, "mine").getSubId();
    SubscriptionOffset offset =
        sdk.openSubscriptionSession(PROJECT, TOPIC, id, List.of("0", "1")).getOffsets().get("0");
    offset.setSequence(5);
    offset.setTimestamp(System.currentTimeMillis());
    sdk.commitSubscriptionOffset(PROJECT, TOPIC, id, Map.of("0", offset));
    StreamClient subscribed = subscribed(id);

    assertThat(subscribed.describe().join().name()).isEqualTo("test_project/orders");
    assertThat(begun(subscribed, "0", new StartPosition.Subscription()))
        .containsExactly(6L, 7L, 8L, 9L);
    assertThat(begun(subscribed, "1", new StartPosition.Subscription())).containsExactly(0L, 1L);

    offset.setSequence(6);
    sdk.commitSubscriptionOffset(PROJECT, TOPIC, id, Map.of("0", offset));
    assertThat(begun(subscribed, "0", new StartPosition.Subscription()))
        .containsExactly(7L, 8L, 9L);
  }

  @Test
  void anOffsetCanBeResetToATimeOrToTheBeginning() {
    put("0", 3);
    topics.dataHub().forward(Duration.ofHours(1));
    put("0", 2);
    DatahubClient sdk = topics.sdk();
    String id = sdk.createSubscription(PROJECT, TOPIC, "mine").getSubId();
    StreamClient subscribed = subscribed(id);

    reset(sdk, id, -1, System.currentTimeMillis() + 1_800_000);
    assertThat(begun(subscribed, "0", new StartPosition.Subscription())).containsExactly(3L, 4L);
    reset(sdk, id, -1, -1);
    assertThat(begun(subscribed, "0", new StartPosition.Subscription())).hasSize(5);
    reset(sdk, id, 0, 0);
    assertThat(begun(subscribed, "0", new StartPosition.Subscription())).hasSize(5);
  }

  @Test
  void goesOnInTheMiddleOfASequenceWhereTheSubscriptionSaysSo() {
    putTogether("0", 4);
    DatahubClient sdk = topics.sdk();
    String id = sdk.createSubscription(PROJECT, TOPIC, "mine").getSubId();
    SubscriptionOffset offset =
        sdk.openSubscriptionSession(PROJECT, TOPIC, id, List.of("0")).getOffsets().get("0");
    offset.setSequence(0);
    offset.setTimestamp(System.currentTimeMillis());
    offset.setBatchIndex(1);
    sdk.commitSubscriptionOffset(PROJECT, TOPIC, id, Map.of("0", offset));
    StreamClient subscribed = subscribed(id);

    StartPosition start = subscribed.resolve("0", new StartPosition.Subscription()).join();

    assertThat(readAll(subscribed.open("0", 0, start)))
        .extracting(record -> record.position().toString())
        .containsExactly("0.2", "0.3");
  }

  @Test
  void aSubscriptionThatIsNotThereIsRefused() {
    var failure = failure(subscribed("1525835229905vJHtz").describe());

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(failure).hasMessageContaining("NoSuchSubscription");
  }

  @Test
  void whereAllHasExpiredATimeLongAgoIsAtWhatComesNext() {
    put("0", 5);
    StartPosition longAgo = new StartPosition.At(System.currentTimeMillis() - 1_000);
    topics.dataHub().forward(Duration.ofDays(4));
    ShardCursor cursor = client.open("0", 0, longAgo);
    assertThat(readAll(cursor)).isEmpty();

    put("0", 1);

    assertThat(readAll(cursor)).extracting(ShardRecord::sequence).containsExactly(5L);
  }

  @Test
  void aTimeLongAgoWaitsInATopicWithoutARecord() {
    ShardCursor cursor = client.open("0", 0, new StartPosition.At(1));
    assertThat(cursor.fetch(10).join().caughtUp()).isTrue();
    assertThat(readAll(cursor)).isEmpty();

    topics.dataHub().forward(Duration.ofHours(1));
    put("0", 2);

    assertThat(readAll(cursor)).extracting(ShardRecord::sequence).containsExactly(0L, 1L);
  }

  private static List<Long> begun(StreamClient client, String shard, StartPosition start) {
    StartPosition resolved = client.resolve(shard, start).join();
    return readAll(client.open(shard, 0, resolved)).stream().map(ShardRecord::sequence).toList();
  }

  private StreamClient subscribed(String id) {
    return topics.client(
        TOPIC,
        id,
        WireForm.DEFAULT,
        EventForm.DEFAULT,
        () -> EmulatedTopics.keys(Optional.empty()));
  }

  private static void reset(DatahubClient sdk, String id, long sequence, long time) {
    SubscriptionOffset to = new SubscriptionOffset();
    to.setSequence(sequence);
    to.setTimestamp(time);
    sdk.resetSubscriptionOffset(PROJECT, TOPIC, id, Map.of("0", to));
  }

  private void put(String shard, int count) {
    for (int i = 0; i < count; i++) {
      topics.dataHub().put(PROJECT, TOPIC, NewRecord.ofTuple("v" + i).toShard(shard));
    }
  }

  private void putTogether(String shard, int count) {
    topics
        .dataHub()
        .putTogether(
            PROJECT, TOPIC, shard, java.util.Collections.nCopies(count, NewRecord.ofTuple("v")));
  }
}
