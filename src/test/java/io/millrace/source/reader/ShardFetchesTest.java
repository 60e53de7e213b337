// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.ShardSplit;
import io.millrace.source.SourceOptions.OnDataLoss;
import io.millrace.source.SourceSettings;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fetching step by step, on a clock of the test. */
class ShardFetchesTest {

  private static final Duration IDLE = Duration.ofMillis(500);

  private final FakeStream stream = FakeStream.withShards(4);
  private final StreamClient client = stream.client();
  private final TaskLink link = TaskLink.acquire(UUID.randomUUID().toString());
  private long clock = 1_000_000;

  @AfterEach
  void close() {
    link.release();
    client.close();
    stream.close();
  }

  private ShardFetches fetches(int maxRecords, long buffer) {
    return fetches(maxRecords, buffer, OnDataLoss.fail);
  }

  private ShardFetches fetches(int maxRecords, long buffer, OnDataLoss onDataLoss) {
    return new ShardFetches(
        client,
        link,
        new SourceSettings(Duration.ofSeconds(10), IDLE, maxRecords, buffer, onDataLoss),
        moves,
        () -> clock,
        new Random(1));
  }

  private final Moves moves = new Moves();

  /** A reader that can only be woken. */
  private record WokenReader(ShardFetches fetches) implements TaskLink.Reading {

    @Override
    public void wake() {
      fetches.wake();
    }

    @Override
    public void drained(String shard) {
      throw new AssertionError(shard);
    }

    @Override
    public void move(String shard, StartPosition next) {
      throw new AssertionError(shard);
    }

    @Override
    public CompletableFuture<TaskLink.Located> locate(String shard, StartPosition place) {
      throw new AssertionError(shard);
    }
  }

  private ShardFetches fetches(int maxRecords) {
    return fetches(maxRecords, 64L << 20);
  }

  private static ShardSplit split(String shard) {
    return new ShardSplit(
        shard, Integer.parseInt(shard), new StartPosition.Earliest(), List.of(), false);
  }

  private void pass(Duration time) {
    clock += time.toNanos();
  }

  /** Emits all of the portions, as the task thread does. */
  private static List<ShardRecord> emit(Portions portions) {
    List<ShardRecord> emitted = new ArrayList<>();
    while (portions.nextSplit() != null) {
      for (ShardRecord record = portions.nextRecordFromSplit();
          record != null;
          record = portions.nextRecordFromSplit()) {
        emitted.add(record);
      }
    }
    return emitted;
  }

  /** Emits until nothing comes any more. */
  private static List<ShardRecord> drain(ShardFetches fetches) {
    List<ShardRecord> emitted = new ArrayList<>();
    // The first step begins fetches, the second takes their answers, which are there at once.
    for (int quiet = 0; quiet < 2; ) {
      Portions portions = fetches.advance();
      quiet = portions.isEmpty() ? quiet + 1 : 0;
      emitted.addAll(emit(portions));
    }
    return emitted;
  }

  @Test
  void readsEachShardInOrderAndThenWaitsALittle() {
    stream.put("0", 5);
    stream.put("1", 3);
    stream.batch("1", 2);
    ShardFetches fetches = fetches(2);
    fetches.add(split("0"));
    fetches.add(split("1"));
    List<ShardRecord> emitted = drain(fetches);
    for (String shard : List.of("0", "1")) {
      assertThat(emitted)
          .filteredOn(record -> record.shard().equals(shard))
          .extracting(ShardRecord::position)
          .isEqualTo(stream.positions(shard));
    }
    int fetched = stream.fetches("0");
    stream.put("0", 1);
    assertThat(drain(fetches)).isEmpty();
    assertThat(stream.fetches("0")).isEqualTo(fetched);
    pass(IDLE);
    assertThat(drain(fetches)).hasSize(1);
  }

  @Test
  void hasOneFetchOfAShardUnderWayAndHoldsNobodyElseUp() {
    stream.put("0", 1);
    stream.put("1", 10);
    stream.hold("0");
    ShardFetches fetches = fetches(2);
    fetches.add(split("0"));
    fetches.add(split("1"));
    assertThat(drain(fetches)).hasSize(10).allMatch(record -> record.shard().equals("1"));
    pass(Duration.ofHours(1));
    drain(fetches);
    assertThat(stream.fetches("0")).isEqualTo(1);
    stream.release("0");
    assertThat(drain(fetches)).hasSize(1);
  }

  @Test
  void fetchesAtMostOnePortionBeyondTheOneBeingEmitted() {
    stream.put("0", 100);
    ShardFetches fetches = fetches(10);
    fetches.add(split("0"));
    List<Portions> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(fetches.advance());
    }
    assertThat(stream.fetches("0")).isEqualTo(2);
    held.forEach(ShardFetchesTest::emit);
    assertThat(drain(fetches)).hasSize(80);
  }

  @Test
  void beginsNoFetchForAClosedShardAndGoesOnWhenItOpens() {
    stream.put("0", 30);
    stream.put("1", 1);
    link.close("0");
    ShardFetches fetches = fetches(10);
    link.attachReader(new WokenReader(fetches));
    fetches.add(split("0"));
    fetches.add(split("1"));
    assertThat(drain(fetches)).hasSize(1);
    assertThat(stream.fetches("0")).isZero();
    link.open("0");
    List<ShardRecord> emitted = new ArrayList<>(emit(fetches.advance()));
    emitted.addAll(emit(fetches.advance()));
    // What was under way when the gate closed still comes.
    link.close("0");
    emitted.addAll(drain(fetches));
    int fetched = stream.fetches("0");
    assertThat(emitted).hasSize(10 * fetched);
    pass(Duration.ofHours(1));
    drain(fetches);
    assertThat(stream.fetches("0")).isEqualTo(fetched);
    link.open("0");
    emitted.addAll(drain(fetches));
    assertThat(emitted).extracting(ShardRecord::position).isEqualTo(stream.positions("0"));
  }

  /** What a lane does not need yet would only be in its checkpoints. */
  @Test
  void asksForWhatTheLaneHasRoomForAndThenForMore() {
    stream.put("0", 200);
    link.close("0");
    ShardFetches fetches = fetches(50);
    link.attachReader(new WokenReader(fetches));
    fetches.add(split("0"));
    drain(fetches);
    link.open("0", 10);
    assertThat(emit(fetches.advance())).isEmpty();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sizes.add(emit(fetches.advance()).size());
    }
    assertThat(sizes).containsExactly(10, 20, 40, 50, 50);
  }

  @Test
  void holdsNoMoreBytesThanTheBuffer() {
    ShardFetches fetches = fetches(1000, 64 << 10);
    for (String shard : stream.shardIds()) {
      stream.put(shard, 2000);
      fetches.add(split(shard));
    }
    long most = 0;
    List<ShardRecord> emitted = new ArrayList<>();
    List<Portions> held = new ArrayList<>();
    for (int step = 0; step < 4000; step++) {
      held.add(fetches.advance());
      most = Math.max(most, fetches.bytesTaken());
      if (step % 4 == 3) {
        held.forEach(portions -> emitted.addAll(emit(portions)));
        held.clear();
      }
    }
    assertThat(emitted).hasSize(8000);
    assertThat(most).isBetween(32L << 10, 64L << 10);
  }

  @Test
  void takesAShardThatHasShownNothingForOneWithTheLargestAnswer() {
    for (String shard : stream.shardIds()) {
      stream.put(shard, 1);
      stream.hold(shard);
    }
    ShardFetches fetches = fetches(10, 2 * client.largestAnswer());
    stream.shardIds().forEach(shard -> fetches.add(split(shard)));
    fetches.advance();
    assertThat(fetches.bytesTaken()).isEqualTo(2 * client.largestAnswer());
    assertThat(stream.shardIds()).extracting(stream::fetches).containsExactly(1, 1, 0, 0);
    stream.shardIds().forEach(stream::release);
    assertThat(drain(fetches)).hasSize(4);
  }

  @Test
  void probesIdleShardsAllAtOnceAndTakesNoBreakForIdleness() {
    ShardFetches fetches = fetches(100, client.largestAnswer());
    stream.shardIds().forEach(shard -> fetches.add(split(shard)));
    for (int i = 0; i <= stream.shardIds().size(); i++) {
      assertThat(fetches.advance().isEmpty()).isTrue();
    }
    assertThat(stream.shardIds()).extracting(stream::fetches).containsOnly(1);
    stream.shardIds().forEach(stream::hold);
    link.close("3");
    pass(IDLE);
    fetches.advance();
    assertThat(stream.shardIds()).extracting(stream::fetches).containsExactly(2, 2, 2, 1);
    assertThat(stream.lastMaxRecords("0")).isEqualTo(16);
    link.open("3");
    fetches.advance();
    assertThat(stream.fetches("3")).as("it may have a backlog, and there is no room").isEqualTo(1);
    stream.shardIds().forEach(stream::release);
    fetches.advance();
    fetches.advance();
    assertThat(stream.fetches("3")).isEqualTo(2);
    assertThat(stream.lastMaxRecords("3")).isEqualTo(100);
  }

  @Test
  void takesARecordThatIsLargerThanTheBuffer() {
    stream.put("0", 3);
    ShardFetches fetches = fetches(1000, 16);
    fetches.add(split("0"));
    assertThat(drain(fetches)).hasSize(3);
  }

  @Test
  void bringsTheEndBehindTheLastRecordAndFetchesNoMore() {
    stream.put("0", 3);
    stream.split("0");
    ShardFetches fetches = fetches(2);
    fetches.add(split("0"));
    assertThat(drain(fetches))
        .extracting(ShardRecord::end)
        .containsExactly(false, false, false, true);
    int fetched = stream.fetches("0");
    pass(Duration.ofHours(1));
    assertThat(drain(fetches)).isEmpty();
    assertThat(stream.fetches("0")).isEqualTo(fetched);
  }

  @Test
  void bringsTheEndOfARestoredFinishedShardAgainUntilItIsRetired() {
    stream.put("0", 3);
    stream.split("0");
    ShardFetches fetches = fetches(2);
    StartPosition behind = new StartPosition.After(new Position(2, 0, 0));
    fetches.add(new ShardSplit("0", 0, behind, List.of(), true));
    assertThat(drain(fetches)).containsExactly(ShardRecord.endOf("0", 0));
    assertThat(stream.fetches("0")).isZero();
    fetches.post(() -> fetches.retire("0"));
    assertThat(fetches.advance().finishedSplits()).containsExactly("0");
    fetches.post(() -> fetches.retire("0"));
    assertThat(fetches.advance().finishedSplits()).isEmpty();
  }

  @Test
  void backsOffWithAShardThatFailsAndNoOther() {
    stream.put("0", 2);
    stream.put("1", 2);
    stream.failFetches("0", Kind.UNAVAILABLE, 6);
    ShardFetches fetches = fetches(1);
    fetches.add(split("0"));
    fetches.add(split("1"));
    assertThat(drain(fetches)).hasSize(2);
    List<Duration> waits = new ArrayList<>();
    while (stream.fetches("0") <= 6) {
      waits.add(waitForFetch(fetches, "0"));
    }
    assertThat(waits).hasSize(6);
    assertThat(waits.get(0)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(waits.get(3)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
    assertThat(waits.get(5)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    drain(fetches);
    assertThat(link.progress().get("0").readSequence()).isEqualTo(1);
  }

  @Test
  void asksARefusingStreamOnceAMinuteInTheEnd() {
    stream.failFetches("0", Kind.REFUSED, 10);
    ShardFetches fetches = fetches(1);
    fetches.add(split("0"));
    drain(fetches);
    Duration last = Duration.ZERO;
    while (stream.fetches("0") <= 9) {
      last = waitForFetch(fetches, "0");
    }
    assertThat(last).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
  }

  private Duration waitForFetch(ShardFetches fetches, String shard) {
    int before = stream.fetches(shard);
    long from = clock;
    while (stream.fetches(shard) == before) {
      pass(Duration.ofMillis(100));
      emit(fetches.advance());
    }
    // The answer is there, and taken.
    emit(fetches.advance());
    return Duration.ofNanos(clock - from);
  }

  @Test
  void endsTheJobForGoodWhenRecordsAreLost() {
    stream.put("0", 10);
    stream.expire("0", 5);
    ShardFetches fetches = fetches(10);
    StartPosition behind = new StartPosition.After(new Position(1, 0, 0));
    fetches.add(new ShardSplit("0", 0, behind, List.of(), false));
    assertThat(fetches.advance().isEmpty()).isTrue();
    assertThatThrownBy(fetches::advance)
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .isInstanceOf(StreamException.class)
        .hasMessage("shard 0: records have expired");
  }

  @Test
  void goesOnBehindTheLossAndCountsItWhenToldTo() {
    stream.put("0", 10);
    stream.expire("0", 5);
    ShardFetches fetches = fetches(10, 64L << 20, OnDataLoss.earliest);
    StartPosition behind = new StartPosition.After(new Position(1, 0, 0));
    fetches.add(new ShardSplit("0", 0, behind, List.of(), false));

    assertThat(drain(fetches)).isEmpty();
    assertThat(drain(fetches))
        .extracting(ShardRecord::sequence)
        .containsExactly(5L, 6L, 7L, 8L, 9L);
    assertThat(fetches.lostRecords()).isEqualTo(3);
  }

  @Test
  void aLossBehindWhichThereIsNoGoingOnEndsTheJobWhateverIsTold() {
    stream.failFetches("0", Kind.DATA_LOSS, 1);
    ShardFetches fetches = fetches(10, 64L << 20, OnDataLoss.earliest);
    fetches.add(split("0"));
    fetches.advance();
    assertThatThrownBy(fetches::advance).isInstanceOf(SuppressRestartsException.class);
    assertThat(fetches.lostRecords()).isZero();
  }

  @Test
  void tellsHowFarItIs() {
    stream.put("0", 5);
    ShardFetches fetches = fetches(2);
    fetches.add(split("0"));
    int lane = split("0").lane();
    assertThat(link.progress().get("0")).isEqualTo(new ShardProgress(lane, -1, -1, -1, List.of()));
    fetches.advance();
    emit(fetches.advance());
    assertThat(link.progress().get("0"))
        .isEqualTo(new ShardProgress(lane, 1, 4, FakeStream.EPOCH + 4, List.of()));
    assertThat(fetches.lagRecords()).isEqualTo(3);
    drain(fetches);
    assertThat(link.progress().get("0"))
        .isEqualTo(new ShardProgress(lane, 4, 4, FakeStream.EPOCH + 4, List.of()));
    assertThat(fetches.lagRecords()).isZero();
  }

  @Test
  void waitsForMailOrForTheNextFetchThatIsDue() throws InterruptedException {
    ShardFetches fetches = fetches(2);
    fetches.add(split("0"));
    drain(fetches);
    fetches.post(() -> stream.put("0", 1));
    fetches.await();
    assertThat(stream.positions("0")).as("the mail was read").hasSize(1);
    pass(IDLE);
    fetches.await();
    assertThat(drain(fetches)).hasSize(1);
  }
}
