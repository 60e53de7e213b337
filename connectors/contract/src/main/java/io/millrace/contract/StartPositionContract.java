// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static io.millrace.contract.StreamScene.EARLIEST;
import static io.millrace.contract.StreamScene.awaitEnd;
import static io.millrace.contract.StreamScene.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the core relies on where reading begins: a relative place is turned into one that stays, no
 * record behind it is missed and none before it comes, and what has expired meanwhile is told.
 */
@Timeout(300)
public abstract class StartPositionContract {

  private static final StartPosition LATEST = new StartPosition.Latest();

  private final StreamStage stage;
  private final StreamScene scene;
  private final String shard;

  /**
   * @param stage of the connector
   */
  protected StartPositionContract(StreamStage stage) {
    this.stage = stage;
    this.scene = new StreamScene(stage);
    this.shard = scene.first;
  }

  @AfterEach
  void close() {
    scene.close();
  }

  /** By a client that knows nothing yet: what is known of a stream may serve for some seconds. */
  private StartPosition resolved(String of, StartPosition start) {
    StartPosition resolved = scene.client().resolve(of, start).join();
    assertThat(resolved.isRelative()).as("%s", resolved).isFalse();
    return resolved;
  }

  private List<String> from(StartPosition start) {
    return scene.texts(scene.cursor(shard, start));
  }

  private static StartPosition sequence(String of, long sequence) {
    return new StartPosition.Sequences(Map.of(of, sequence));
  }

  @Test
  void startsWhereItIsTold() {
    scene.put(shard, "a", "b", "c", "d");
    stage.forward(scene.emulator, Duration.ofMinutes(1));
    scene.put(shard, "e", "f");
    List<ShardRecord> all = scene.readAll(scene.cursor(shard, EARLIEST));
    assertThat(scene.texts(all)).containsExactly("a", "b", "c", "d", "e", "f");
    long time = all.get(4).time();

    assertThat(from(new StartPosition.After(all.get(3).position()))).containsExactly("e", "f");
    assertThat(from(new StartPosition.After(all.get(5).position()))).isEmpty();
    assertThat(from(new StartPosition.At(time))).containsExactly("e", "f");
    assertThat(from(new StartPosition.At(time - 1))).containsExactly("e", "f");
    assertThat(from(new StartPosition.At(time - 30_000))).containsExactly("e", "f");
  }

  @Test
  void whatStaysIsResolvedToItself() {
    scene.put(shard, "a");
    ShardRecord read = scene.readAll(scene.cursor(shard, EARLIEST)).get(0);

    for (StartPosition start :
        List.of(
            EARLIEST,
            new StartPosition.At(read.time()),
            new StartPosition.After(read.position()))) {
      assertThat(resolved(shard, start)).isEqualTo(start);
    }
    for (StartPosition relative : List.of(LATEST, sequence(shard, 0))) {
      assertThatThrownBy(() -> scene.cursor(shard, relative))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void latestIsBehindTheNewestRecordAndStaysThere() {
    StartPosition ofEmpty = resolved(shard, LATEST);
    scene.put(shard, "a");
    stage.putTogether(scene.emulator, shard, "b", "c", "d");

    StartPosition start = resolved(shard, LATEST);
    scene.put(shard, "e", "f");

    assertThat(from(start)).containsExactly("e", "f");
    assertThat(from(ofEmpty)).containsExactly("a", "b", "c", "d", "e", "f");
  }

  @Test
  void latestOfAnEndedShardIsItsEnd() {
    scene.put(scene.second, "a", "b");
    stage.endLast(scene.emulator);

    awaitEnd(scene.cursor(scene.second, resolved(scene.second, LATEST)));
  }

  @Test
  void sequencesAreGivenByShardAndTheOthersBeginAtTheirOldest() {
    scene.put(shard, "a", "b", "c");
    scene.put(scene.second, "x", "y");
    StartPosition second = sequence(shard, 1);

    assertThat(from(resolved(shard, second))).containsExactly("b", "c");
    assertThat(scene.texts(scene.cursor(scene.second, resolved(scene.second, second))))
        .containsExactly("x", "y");
    assertThat(from(resolved(shard, sequence(shard, 0)))).containsExactly("a", "b", "c");
  }

  @Test
  void theNextSequenceIsWaitedForAndALaterOneIsAMistake() {
    scene.put(shard, "a", "b", "c");
    ShardCursor cursor = scene.cursor(shard, resolved(shard, sequence(shard, 3)));
    assertThat(scene.texts(cursor)).isEmpty();
    scene.put(shard, "d");
    assertThat(scene.texts(cursor)).containsExactly("d");

    StreamException failure = failure(scene.client().resolve(shard, sequence(shard, 99)));
    assertThat(failure.kind()).isEqualTo(Kind.FATAL);
    assertThat(failure)
        .hasMessageContaining(shard + ": source.start-sequences: 99 is not accepted; accepted: ");
  }

  @Test
  void aSequenceThatHasExpiredIsALoss() {
    scene.put(shard, "a", "b", "c", "d");
    stage.expire(scene.emulator, shard, 3);
    ShardCursor cursor = scene.cursor(shard, resolved(shard, sequence(shard, 1)));

    StreamException loss = failure(cursor.fetch(10));

    assertThat(loss.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(loss.lost()).hasValue(2);
    cursor.acceptLoss();
    assertThat(scene.texts(cursor)).containsExactly("d");
  }

  @Test
  void aTimeToComeIsWaitedFor() {
    scene.put(shard, "a");
    StartPosition tomorrow =
        new StartPosition.At(System.currentTimeMillis() + Duration.ofDays(1).toMillis());

    assertThat(from(tomorrow)).isEmpty();
    assertThat(scene.client().pin(shard, tomorrow).join()).isEqualTo(tomorrow);
  }

  @Test
  void everyStartWaitsInAStreamWithoutARecord() {
    List<ShardCursor> cursors =
        List.of(EARLIEST, resolved(shard, LATEST), resolved(shard, sequence(shard, 0))).stream()
            .map(start -> scene.cursor(shard, start))
            .toList();
    for (ShardCursor cursor : cursors) {
      assertThat(cursor.fetch(10).join().caughtUp()).isTrue();
      assertThat(scene.readAll(cursor)).isEmpty();
    }
    stage.forward(scene.emulator, Duration.ofHours(1));
    scene.put(shard, "a", "b");

    assertThat(cursors)
        .allSatisfy(cursor -> assertThat(scene.texts(cursor)).containsExactly("a", "b"));
  }

  @Test
  void whereAllHasExpiredEveryStartIsAtWhatComesNext() {
    scene.put(shard, "a", "b");
    stage.forward(scene.emulator, Duration.ofDays(4));
    List<ShardCursor> cursors =
        List.of(EARLIEST, resolved(shard, LATEST)).stream()
            .map(start -> scene.cursor(shard, start))
            .toList();
    cursors.forEach(cursor -> assertThat(scene.readAll(cursor)).isEmpty());
    scene.put(shard, "c");

    assertThat(cursors).allSatisfy(cursor -> assertThat(scene.texts(cursor)).containsExactly("c"));
  }

  // ---- pinned ----

  @Test
  void theOldestRecordIsPinnedSoThatWhatExpiresIsTold() {
    scene.put(shard, "a", "b", "c", "d");
    stage.expire(scene.emulator, shard, 1);

    StartPosition pinned = scene.client().pin(shard, EARLIEST).join();

    assertThat(from(pinned)).containsExactly("b", "c", "d");
    stage.expire(scene.emulator, shard, 3);
    ShardCursor late = scene.cursor(shard, pinned);
    assertThat(failure(late.fetch(10)).lost()).hasValue(2);
    late.acceptLoss();
    assertThat(scene.texts(late)).containsExactly("d");
  }

  @Test
  void whatExpiresInAShardThatWasEmptyWhenPinnedIsToldToo() {
    StartPosition pinned = scene.client().pin(shard, EARLIEST).join();
    scene.put(shard, "a", "b", "c");
    assertThat(from(pinned)).containsExactly("a", "b", "c");
    stage.expire(scene.emulator, shard, 2);

    assertThat(failure(scene.cursor(shard, pinned).fetch(10)).lost()).hasValue(2);
  }

  @Test
  void aTimeIsPinnedToTheRecordThatItMeans() {
    scene.put(shard, "a", "b");
    stage.forward(scene.emulator, Duration.ofHours(1));
    scene.put(shard, "c", "d", "e");
    long time = scene.readAll(scene.cursor(shard, EARLIEST)).get(2).time();

    StartPosition pinned = scene.client().pin(shard, new StartPosition.At(time)).join();

    assertThat(from(pinned)).containsExactly("c", "d", "e");
    stage.expire(scene.emulator, shard, 4);
    assertThat(failure(scene.cursor(shard, pinned).fetch(10)).lost()).hasValue(2);
  }

  @Test
  void aPlaceBehindARecordIsPinnedAsItIs() {
    scene.put(shard, "a", "b");
    StartPosition behind =
        new StartPosition.After(scene.readAll(scene.cursor(shard, EARLIEST)).get(0).position());

    assertThat(scene.client().pin(shard, behind).join()).isEqualTo(behind);
  }
}
