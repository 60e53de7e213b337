// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.ShardLog.Incoming;
import io.millrace.emulator.datahub.ShardLog.Slice;
import io.millrace.emulator.datahub.Topic.ExpandMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TopicTest {

  private static final long DAY = 86_400_000;
  private static final int MOST = 256;

  private final AtomicLong now = new AtomicLong(1_463_000_123_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());

  @Test
  void dividesTheKeysEvenly() {
    Topic topic = topic(4, ExpandMode.SPLIT_EXTEND);
    assertThat(topic.shards())
        .extracting(shard -> shard.range().beginText())
        .containsExactly(
            "0".repeat(32), "3" + "F".repeat(31), "7" + "F".repeat(31), "B" + "F".repeat(31));
    assertThat(topic.shards().get(3).range().endText()).isEqualTo("F".repeat(32));
  }

  @Test
  void keepsTheOrderOfEachKeyThroughSplitsAndMerges() throws Exception {
    Topic topic = topic(2, ExpandMode.SPLIT_EXTEND);
    int keys = 20;
    int perKey = 2000;
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread * keys / 4;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < perKey; i++) {
                    for (int key = first; key < first + keys / 4; key++) {
                      String name = "key-" + key;
                      topic.append(incoming(name, i), KeyRange.hash(name));
                    }
                  }
                }));
      }
      running.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 40; i++) {
                  List<ShardLog> children = topic.split(topic.active().get(0).id());
                  topic.merge(children.get(0).id(), children.get(1).id());
                }
              }));
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    // Shards are numbered after their parents, so their numbers are an order of the lineage.
    Map<String, Integer> next = new HashMap<>();
    for (ShardLog shard : topic.shards()) {
      Slice slice = shard.all();
      for (int i = 0; i < slice.records().length; i++) {
        int expected = next.getOrDefault(slice.partitionKeys()[i], 0);
        assertThat(ByteBuffer.wrap(slice.records()[i]).getInt()).isEqualTo(expected);
        next.put(slice.partitionKeys()[i], expected + 1);
      }
    }
    assertThat(next).hasSize(keys).allSatisfy((key, count) -> assertThat(count).isEqualTo(perKey));
  }

  @Test
  void refusesWhatTheExpandModeExcludes() {
    assertThatThrownBy(() -> topic(2, ExpandMode.ONLY_EXTEND).split("0"))
        .isInstanceOf(DataHubException.class)
        .hasMessageContaining("split");
    assertThatThrownBy(() -> topic(2, ExpandMode.ONLY_EXTEND).merge("0", "1"))
        .isInstanceOf(DataHubException.class)
        .hasMessageContaining("merge");
    assertThatThrownBy(() -> topic(2, ExpandMode.ONLY_SPLIT).extendTo(3))
        .isInstanceOf(DataHubException.class)
        .hasMessageContaining("extend");
  }

  @Test
  void hasAtMostSoManyShards() {
    Topic full = topic(MOST, ExpandMode.SPLIT_EXTEND);
    assertThatThrownBy(() -> full.split("0"))
        .isInstanceOfSatisfying(
            DataHubException.class, e -> assertThat(e.code()).isEqualTo("LimitExceeded"));
    assertThat(full.shard("0").active()).isTrue();
    assertThatThrownBy(() -> topic(MOST + 1, ExpandMode.SPLIT_EXTEND))
        .hasMessageContaining("1 to 256");
  }

  @Test
  void anEmulatorMayAllowMore() {
    try (Emulator emulator = Emulator.builder().mostShards(300).start()) {
      emulator.dataHub().createTopic("project", "topic", TopicSchema.ofBlob(), 300, 1);
      emulator.dis().createStream("stream", 300);
      assertThat(emulator.dis().stream("stream").partitions()).hasSize(300);
      assertThatThrownBy(
              () -> emulator.dataHub().createTopic("project", "more", TopicSchema.ofBlob(), 301, 1))
          .hasMessageContaining("1 to 300");
      assertThatThrownBy(() -> emulator.dis().createStream("more", 301))
          .hasMessageContaining("301 of 300");
    }
  }

  @Test
  void guardsAShardForFiveSeconds() {
    Topic topic =
        new Topic(
            "p",
            "t",
            TopicSchema.ofBlob(),
            1,
            1,
            "",
            ExpandMode.ONLY_SPLIT,
            MOST,
            clock,
            () -> true);
    now.addAndGet(4_999);
    assertThatThrownBy(() -> topic.split("0")).hasMessageContaining("limit exceeded");
    now.addAndGet(1);
    assertThat(topic.split("0")).hasSize(2);
  }

  @Test
  void expiresByLifecycle() {
    Topic topic = topic(1, ExpandMode.SPLIT_EXTEND);
    ShardLog shard = topic.shard("0");
    for (int i = 0; i < 100; i++) {
      shard.append(List.of(incoming("", i)), now.get());
    }
    now.addAndGet(DAY);
    shard.append(List.of(incoming("", 100)), now.get());
    topic.expireOld();
    assertThat(shard.firstSequence()).isZero();
    now.addAndGet(1);
    topic.expireOld();
    assertThat(shard.firstSequence()).isEqualTo(100);
    assertThat(shard.nextSequence()).isEqualTo(101);
    assertThat(shard.read(100, 0, 10, 1000).next().sequence()).isEqualTo(101);
    shard.append(List.of(incoming("", 101)), now.get());
    assertThat(shard.nextSequence()).isEqualTo(102);
  }

  @Test
  void systemTimeNeverGoesBack() {
    ShardLog shard = topic(1, ExpandMode.SPLIT_EXTEND).shard("0");
    shard.append(List.of(incoming("", 0)), 1000);
    shard.append(List.of(incoming("", 1)), 900);
    shard.append(List.of(incoming("", 2)), 1001);
    assertThat(shard.all().places())
        .extracting(ShardLog.Place::time)
        .containsExactly(1000L, 1000L, 1001L, 1001L);
    assertThat(shard.since(1000, 2000).sequence()).isZero();
    assertThat(shard.since(1001, 2000).sequence()).isEqualTo(2);
    assertThat(shard.since(1002, 2000).sequence()).isEqualTo(3);
  }

  @Test
  void sameCursorForTheSamePlaceHoweverItIsReached() {
    ShardLog shard = topic(1, ExpandMode.SPLIT_EXTEND).shard("0");
    shard.append(List.of(incoming("", 0), incoming("", 1)), 5000);
    Slice slice = shard.read(0, 0, 10, 1000);
    ShardLog.Place end = shard.since(5001, 9000);
    assertThat(Cursor.text(0, end)).isEqualTo(Cursor.text(0, slice.next()));
  }

  @Test
  void recordsCanShareASequence() {
    ShardLog shard = topic(1, ExpandMode.SPLIT_EXTEND).shard("0");
    shard.append(List.of(incoming("", 0)), 1000);
    shard.appendTogether(List.of(incoming("", 1), incoming("", 2), incoming("", 3)), 2000);
    shard.append(List.of(incoming("", 4)), 3000);

    assertThat(shard.nextSequence()).isEqualTo(3);
    assertThat(shard.count()).isEqualTo(5);
    assertThat(shard.at(1).index()).isZero();
    assertThat(places(shard.read(0, 0, 3, 1000))).containsExactly("0.0", "1.0", "1.1", "1.2");
    assertThat(places(shard.read(1, 2, 3, 1000))).containsExactly("1.2", "2.0", "3.0");
    assertThat(shard.latest().sequence()).isEqualTo(2);
    assertThat(shard.since(1500, 9000).index()).isZero();
    shard.expire(2);
    assertThat(shard.count()).isEqualTo(1);
    assertThat(shard.firstSequence()).isEqualTo(2);
    assertThatThrownBy(() -> shard.appendTogether(List.of(), 1)).hasMessageContaining("1 to 4096");
  }

  @Test
  void aClosedShardIsForgottenWithItsLastRecord() {
    Topic topic = topic(1, ExpandMode.SPLIT_EXTEND);
    topic.shard("0").append(List.of(incoming("", 0)), now.get());
    topic.split("0");
    now.addAndGet(DAY);
    assertThat(topic.listed()).hasSize(3);
    now.addAndGet(1);
    assertThat(topic.listed()).extracting(ShardLog::id).containsExactly("1", "2");
    assertThatThrownBy(() -> topic.shard("0"))
        .isInstanceOfSatisfying(
            DataHubException.class, e -> assertThat(e.code()).isEqualTo("NoSuchShard"));
    assertThat(topic.split("1")).extracting(ShardLog::id).containsExactly("3", "4");
  }

  @Test
  void hasRoomForSoManyShardsInAllAndForOthersWhenThoseAreForgotten() {
    Topic topic = topic(200, ExpandMode.SPLIT_EXTEND);
    for (int i = 0; i < 104; i++) {
      List<ShardLog> children = topic.split(topic.active().get(0).id());
      topic.merge(children.get(0).id(), children.get(1).id());
    }
    assertThat(topic.listed()).hasSize(2 * MOST);
    assertThatThrownBy(() -> topic.split(topic.active().get(0).id()))
        .hasMessageContaining("512 shards in all");
    now.addAndGet(DAY + 1);
    assertThat(topic.split(topic.active().get(0).id())).hasSize(2);
  }

  private static List<String> places(Slice slice) {
    return Arrays.stream(slice.places()).map(p -> p.sequence() + "." + p.index()).toList();
  }

  private Topic topic(int shards, ExpandMode mode) {
    return new Topic("p", "t", TopicSchema.ofBlob(), shards, 1, "", mode, MOST, clock, () -> false);
  }

  private static Incoming incoming(String key, int number) {
    return new Incoming(ByteBuffer.allocate(4).putInt(number).array(), key);
  }
}
