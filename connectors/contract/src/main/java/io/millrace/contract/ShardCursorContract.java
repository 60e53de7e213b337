// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static io.millrace.contract.StreamScene.LANE;
import static io.millrace.contract.StreamScene.awaitEnd;
import static io.millrace.contract.StreamScene.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the core relies on in a {@link ShardCursor}: every record comes once and in its order, from
 * any position on, whatever becomes of the cloud's own cursors and of single requests; nothing is
 * skipped in silence; and the end is told when it is one.
 */
@Timeout(300)
public abstract class ShardCursorContract {

  private final StreamStage stage;
  private final StreamScene scene;
  private final String shard;

  /**
   * @param stage of the connector
   */
  protected ShardCursorContract(StreamStage stage) {
    this.stage = stage;
    this.scene = new StreamScene(stage);
    this.shard = scene.first;
  }

  @AfterEach
  void close() {
    scene.close();
  }

  private ShardCursor cursor() {
    return scene.cursor(shard, EARLIEST);
  }

  private ShardCursor behind(ShardRecord record) {
    return scene.cursor(record.shard(), new StartPosition.After(record.position()));
  }

  // ---- order and positions ----

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 1000})
  void recordsComeOnceAndInOrderAndSayWhereTheyAre(int atOnce) {
    String[] texts = IntStream.range(0, 40).mapToObj(i -> "text " + i).toArray(String[]::new);
    scene.put(shard, texts);
    scene.put(scene.second, "another shard's");
    ShardCursor cursor = cursor();

    List<ShardRecord> records = scene.readAll(cursor, atOnce);

    assertThat(scene.texts(records)).containsExactly(texts);
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.shard()).isEqualTo(shard);
              assertThat(record.lane()).isEqualTo(LANE);
              assertThat(record.time()).isPositive();
              assertThat(record.end()).isFalse();
            })
        .extracting(ShardRecord::position)
        .isSortedAccordingTo(Position::compareTo)
        .extracting(Position::toString)
        .doesNotHaveDuplicates();
    scene.put(shard, "more");
    assertThat(scene.texts(cursor)).containsExactly("more");
  }

  /** Also in the middle of records that share a sequence, where a stream has such. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000})
  void everyPositionIsAPlaceToGoOnFrom(int atOnce) {
    scene.put(shard, "0");
    stage.putTogether(scene.emulator, shard, "1", "2", "3", "4");
    stage.putTogether(scene.emulator, shard, "5");
    stage.putTogether(scene.emulator, shard, "6", "7");
    scene.put(shard, "8");

    List<ShardRecord> all = scene.readAll(cursor(), atOnce);

    assertThat(scene.texts(all)).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8");
    for (int read = 1; read <= all.size(); read++) {
      assertThat(scene.readAll(behind(all.get(read - 1)), atOnce))
          .as("behind %s", all.get(read - 1))
          .isEqualTo(all.subList(read, all.size()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void recordsOfAllSizesArriveInAnswersOfTheSizeThatIsSaid(int atOnce) {
    String[] texts =
        IntStream.range(0, 12)
            .mapToObj(i -> i + "x".repeat(i % 3 == 2 ? 900_000 : 100 * i))
            .toArray(String[]::new);
    scene.put(shard, texts);

    assertThat(scene.texts(scene.readAll(cursor(), atOnce))).containsExactly(texts);
    long largest = scene.client().largestAnswer();
    assertThat(scene.wire.answers())
        .allSatisfy(answer -> assertThat((long) answer.body().length).isLessThan(largest));
  }

  @Test
  void tellsWhatIsStillToCome() {
    scene.put(shard, "a", "b", "c", "d", "e");
    ShardCursor cursor = cursor();
    for (int read = 1; read <= 5; read++) {
      Fetch fetch = cursor.fetch(1).join();
      assertThat(fetch.records()).hasSize(1);
      assertThat(fetch.lagRecords().orElse(0)).isBetween(0L, 5L - read);
      assertThat(fetch.ended()).isFalse();
    }
    scene.readAll(cursor);
    Fetch last = cursor.fetch(10).join();
    assertThat(last.caughtUp()).isTrue();
    assertThat(last.lagRecords()).hasValue(0);
    assertThat(last.latest()).map(Position::sequence).contains(4L);
  }

  // ---- cursors and requests that fail ----

  @Test
  void anExpiredCursorIsRenewedFromThePositionReached() {
    stage.putTogether(scene.emulator, shard, "a", "b", "c");
    ShardCursor cursor = cursor();
    List<ShardRecord> read = new ArrayList<>(cursor.fetch(2).join().records());
    scene.strikeFetch(FaultKind.EXPIRED_CURSOR, 1);
    scene.put(shard, "d");

    read.addAll(scene.readAll(cursor));

    assertThat(scene.texts(read)).containsExactly("a", "b", "c", "d");
  }

  @Test
  void aCursorThatExpiresAtOnceAgainIsTriedLater() {
    scene.put(shard, "a");
    ShardCursor cursor = cursor();
    scene.readAll(cursor);
    scene.put(shard, "b");
    long before = scene.fetches();
    scene.strikeFetch(FaultKind.EXPIRED_CURSOR, 2);

    assertThat(failure(cursor.fetch(10)).kind()).isEqualTo(Kind.UNAVAILABLE);

    assertThat(scene.fetches() - before).isEqualTo(2);
    assertThat(scene.texts(cursor)).containsExactly("b");
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"DROP_BEFORE", "DROP_AFTER", "TRUNCATE", "HTML", "STATUS"})
  void aFailedFetchIsOneRequestAndTheNextAsksForTheSame(FaultKind fault) {
    scene.put(shard, "a");
    ShardCursor cursor = cursor();
    scene.readAll(cursor);
    scene.put(shard, "b", "c");
    long before = scene.fetches();
    scene.strikeFetch(fault, 1);

    StreamException failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(shard);
    assertThat(scene.fetches() - before).isEqualTo(1);
    assertThat(scene.texts(cursor)).containsExactly("b", "c");
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"THROTTLED", "UNAVAILABLE", "REFUSED", "FATAL"})
  void aRefusalSaysWhatItAsksForAndNothingIsLost(Kind kind) {
    scene.put(shard, "a");
    ShardCursor cursor = cursor();
    String code = stage.code(kind);
    scene.strike(
        FaultRule.of(stage.service(), FaultKind.STATUS)
            .withErrorCode(code)
            .onOperation("getRecords")
            .times(1));

    StreamException failure = failure(cursor.fetch(10));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.lost()).isEmpty();
    assertThat(failure)
        .hasMessageContaining(shard + ": " + code + ", HTTP ")
        .hasMessageContaining("(request ");
    assertThat(scene.texts(cursor)).containsExactly("a");
  }

  @Test
  void aShardThatHangsHoldsUpNeitherItsCallerNorAnother() {
    scene.put(shard, "a");
    scene.put(scene.second, "b");
    StreamClient client = scene.client();
    scene.strike(
        FaultRule.of(stage.service(), FaultKind.HANG).onOperation("getRecords").onShard(shard));

    CompletableFuture<Fetch> hanging = client.open(shard, 0, EARLIEST).fetch(10);
    Fetch other = client.open(scene.second, 0, EARLIEST).fetch(10).join();

    assertThat(scene.texts(other.records())).containsExactly("b");
    await().atMost(Duration.ofMinutes(2)).until(() -> scene.fetches() >= 2);
    assertThat(hanging).isNotDone();
    scene.clearFaults();
    assertThat(scene.texts(hanging.join().records())).containsExactly("a");
  }

  @Test
  void closingFailsWhatIsUnderWayAndWhatComesLater() {
    StreamClient client = scene.client();
    scene.strike(FaultRule.of(stage.service(), FaultKind.HANG).onOperation("getRecords"));
    ShardCursor cursor = client.open(shard, 0, EARLIEST);
    CompletableFuture<Fetch> fetch = cursor.fetch(1);
    await().atMost(Duration.ofMinutes(2)).until(() -> scene.fetches() == 1);

    client.close();

    assertThat(failure(fetch)).hasMessageContaining("the client is closed");
    assertThat(failure(client.shards())).hasMessageContaining("the client is closed");
    assertThat(failure(client.open(shard, 0, EARLIEST).fetch(1)).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aFetchEndsWithItsTransport() {
    scene.strike(FaultRule.of(stage.service(), FaultKind.HANG).onOperation("getRecords"));
    CompletableFuture<Fetch> fetch = cursor().fetch(1);
    await().atMost(Duration.ofMinutes(2)).until(() -> scene.fetches() == 1);

    scene.wire.close();

    await().atMost(Duration.ofMinutes(2)).until(fetch::isDone);
    assertThat(failure(fetch).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  // ---- losses ----

  @Test
  void recordsThatExpiredUnreadAreALossAndNotSkipped() {
    List<ShardRecord> all = tenRecords();
    ShardCursor cursor = behind(all.get(1));
    stage.expire(scene.emulator, shard, 6);

    StreamException loss = failure(cursor.fetch(10));

    assertThat(loss.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(loss.lost()).hasValue(4);
    assertThat(loss)
        .hasMessageContaining(shard + ": sequences 2 to 5 are gone (4): they expired before they")
        .hasMessageEndingWith("; source.on-data-loss: earliest goes on without them");
    assertThat(failure(cursor.fetch(10)).lost()).as("asked again").hasValue(4);
    cursor.acceptLoss();
    assertThat(scene.readAll(cursor)).isEqualTo(all.subList(6, 10));
    assertThatThrownBy(cursor::acceptLoss).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatExpiresBetweenTellingAndAcceptingIsALossOfItsOwn() {
    List<ShardRecord> all = tenRecords();
    ShardCursor cursor = behind(all.get(0));
    stage.expire(scene.emulator, shard, 4);
    assertThat(failure(cursor.fetch(10)).lost()).hasValue(3);
    stage.expire(scene.emulator, shard, 6);
    cursor.acceptLoss();

    assertThat(failure(cursor.fetch(10)).lost()).hasValue(2);
    cursor.acceptLoss();
    assertThat(scene.readAll(cursor)).isEqualTo(all.subList(6, 10));
  }

  @Test
  void whatExpiresUnderACursorIsALossToo() {
    tenRecords();
    ShardCursor cursor = cursor();
    assertThat(scene.readAll(cursor)).hasSize(10);
    scene.put(shard, "10", "11", "12");
    stage.expire(scene.emulator, shard, 12);

    assertThat(failure(cursor.fetch(10)).lost()).hasValue(2);
    cursor.acceptLoss();
    assertThat(scene.texts(cursor)).containsExactly("12");
  }

  @Test
  void whatExpiredAfterItWasReadIsNoLoss() {
    List<ShardRecord> all = tenRecords();
    stage.expire(scene.emulator, shard, 3);
    assertThat(scene.readAll(behind(all.get(2)))).isEqualTo(all.subList(3, 10));

    ShardCursor atEnd = behind(all.get(9));
    stage.expire(scene.emulator, shard, 10);
    assertThat(scene.readAll(atEnd)).isEmpty();
    assertThat(scene.readAll(behind(all.get(9)))).isEmpty();
    scene.put(shard, "new");
    assertThat(scene.texts(atEnd)).containsExactly("new");
  }

  @Test
  void aStreamMadeAnewIsNoticedAndNoLossToAccept() {
    List<ShardRecord> all = tenRecords();
    StreamClient client = scene.client();
    client.shards().join();
    stage.recreate(scene.emulator, 2);
    scene.put(shard, "x", "y", "z");

    StreamException listed = failure(client.shards());
    assertThat(listed.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(listed.lost()).isEmpty();
    assertThat(listed)
        .hasMessageContaining(" was deleted and created again")
        .hasMessageEndingWith("start the trigger anew, without a savepoint");
    // By its time where the new stream has the sequence too, and by its sequence.
    for (ShardRecord read : List.of(all.get(1), all.get(9))) {
      ShardCursor restored = behind(read);
      StreamException failure = failure(restored.fetch(10));
      assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
      assertThat(failure.lost()).isEmpty();
      assertThat(failure).hasMessageContaining("created again");
      assertThatThrownBy(restored::acceptLoss).isInstanceOf(IllegalStateException.class);
    }
  }

  private List<ShardRecord> tenRecords() {
    scene.put(shard, IntStream.range(0, 10).mapToObj(String::valueOf).toArray(String[]::new));
    return scene.readAll(cursor());
  }

  // ---- the end ----

  @Test
  void anEndedShardIsReadToItsEndAndThenEnds() {
    scene.put(scene.second, "a", "b", "c");
    ShardCursor cursor = scene.cursor(scene.second, EARLIEST);
    stage.endLast(scene.emulator);

    for (String text : List.of("a", "b", "c")) {
      Fetch fetch = cursor.fetch(1).join();
      assertThat(fetch.ended()).isFalse();
      assertThat(scene.texts(fetch.records())).containsExactly(text);
    }
    awaitEnd(cursor);

    Fetch again = cursor.fetch(1).join();
    assertThat(again.ended()).isTrue();
    assertThat(again.caughtUp()).isTrue();
    assertThat(again.records()).isEmpty();
    assertThat(scene.client().shards().join())
        .filteredOn(listed -> listed.id().equals(scene.second))
        .singleElement()
        .matches(listed -> !listed.open());
  }

  @Test
  void anEmptyEndedShardEnds() {
    stage.endLast(scene.emulator);

    awaitEnd(scene.cursor(scene.second, EARLIEST));
  }

  @Test
  void anOpenShardIsNotEndedHoweverLongItIsQuiet() {
    ShardCursor cursor = cursor();
    for (int i = 0; i < 5; i++) {
      Fetch fetch = cursor.fetch(10).join();
      assertThat(fetch.caughtUp()).isTrue();
      assertThat(fetch.ended()).isFalse();
    }
    stage.forward(scene.emulator, Duration.ofDays(4));
    assertThat(scene.readAll(cursor)).isEmpty();
    scene.put(shard, "a");
    assertThat(scene.texts(cursor)).containsExactly("a");
  }

  @Test
  void anEndedShardThatExpiredUnreadIsALossAndThenEnds() {
    scene.put(scene.second, "a", "b", "c");
    ShardRecord read = scene.readAll(scene.cursor(scene.second, EARLIEST)).get(0);
    stage.endLast(scene.emulator);
    stage.forward(scene.emulator, Duration.ofDays(4));
    ShardCursor cursor = behind(read);

    StreamException[] failure = {null};
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              // A service may not know its own new shards for a moment: asked several times.
              failure[0] = failure(cursor.fetch(10));
              return failure[0].kind() != Kind.UNAVAILABLE;
            });

    assertThat(failure[0].kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure[0].lost()).isPresent();
    assertThat(failure[0])
        .hasMessageContaining(scene.second)
        .hasMessageContaining("source.on-data-loss: earliest goes on");
    cursor.acceptLoss();
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }
}
