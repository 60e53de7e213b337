// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.DeliveryLedger.Entry;
import io.millrace.ledger.LedgerException;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a ledger says to a lane that is restored, and what becomes of the two. */
final class LanePositionsTest {

  private static final StartPosition EARLIEST = new StartPosition.Earliest();

  private final ManualTime time = new ManualTime(1_000_000);
  private final List<String> drained = new ArrayList<>();
  private final List<StartPosition> moves = new ArrayList<>();
  private final List<Integer> delivered = new ArrayList<>();
  private final Deque<CompletableFuture<Entry>> openings = new ArrayDeque<>();
  private final List<Position> writes = new ArrayList<>();
  private Outcome outcome = new Outcome.Acknowledged(Optional.empty());
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private boolean held;
  private Dispatcher dispatcher;

  private static StartPosition after(long sequence) {
    return new StartPosition.After(new Position(sequence, 0, 0));
  }

  private static ShardRecord record(long sequence) {
    return new ShardRecord("7", 7, sequence, 0, 0, new byte[5], false);
  }

  private static LaneSnapshot snapshot(int records, boolean ended, LedgerMark mark) {
    return snapshot(records, ended, mark, "");
  }

  private static LaneSnapshot snapshot(
      int records, boolean ended, LedgerMark mark, String movedBy) {
    return new LaneSnapshot(
        "7",
        0,
        records,
        0,
        0,
        0,
        0,
        Suspension.NONE,
        ended,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        0,
        0,
        Optional.empty(),
        mark,
        movedBy.isEmpty() ? List.of() : List.of(movedBy));
  }

  private void begin(String ledger, boolean rewind) {
    begin(ledger, rewind, false);
  }

  private void begin(String ledger, boolean rewind, boolean resumed) {
    Lease lease = new Lease(Duration.ofDays(365));
    lease.renew(0);
    dispatcher =
        new Dispatcher(
            new DeliveryPolicy(
                "orders",
                "f",
                new BatchLimits(10, 10_000, 10_000),
                Duration.ZERO,
                new RetrySchedule(Duration.ofSeconds(1), 512),
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                true,
                true,
                false,
                10),
            FakeFunction.FORMAT,
            new Function(),
            new Task(),
            lease,
            new Random(1),
            Optional.of(new LedgerTerms(new Books(), ledger, false, rewind, "job", true, resumed)));
  }

  private void opened(StartPosition next, long version) {
    dispatcher.launchReady();
    openings.remove().complete(new Entry(next, version));
    time.runSoon();
  }

  @Test
  void aLaneThatEndedAndThatTheLedgerEmptiesIsDoneWith() {
    begin("l", false);
    dispatcher.adopt(
        snapshot(3, true, LedgerMark.NONE), List.of(record(0), record(1), record(2)), 7);
    dispatcher.assigned("7", 7, after(2));
    // The reader was at the end, and brings it again.
    dispatcher.append(ShardRecord.endOf("7", 7));
    assertThat(drained).isEmpty();
    opened(after(2), 0);
    assertThat(drained).containsExactly("7");
    assertThat(delivered).isEmpty();
    assertThat(dispatcher.lanes()).isEmpty();
  }

  @Test
  void whatIsSkippedMovesTheLedgerAsIfItHadBeenDelivered() {
    begin("l", false);
    outcome = new Outcome.RecordFault("boom", Optional.empty());
    dispatcher.adopt(
        snapshot(3, false, LedgerMark.NONE), List.of(record(0), record(1), record(2)), 7);
    dispatcher.assigned("7", 7, after(2));
    opened(EARLIEST, 0);
    SkipTarget envelope =
        new SkipTarget(new Position(0, 0, 0), new Position(2, 0, 0), null, null, "poison");
    assertThat(dispatcher.orders().skip("c1", "7", envelope)).isEqualTo(Effect.DONE);
    time.runSoon();
    assertThat(writes).as("a crash could undo it").isEmpty();
    dispatcher.orders().checkpoint(1);
    dispatcher.orders().complete(1);
    time.runSoon();
    assertThat(writes).extracting(Position::sequence).containsExactly(2L);
    Lane lane = dispatcher.lanes().iterator().next();
    assertThat(lane.snapshot().discarded()).isEqualTo(3);
    assertThat(lane.state(time.now())).isEqualTo(Lane.State.IDLE);
  }

  @Test
  void aShardThatIsSkippedToItsEndIsDoneWith() {
    begin("l", false);
    outcome = new Outcome.RecordFault("boom", Optional.empty());
    dispatcher.adopt(snapshot(1, false, LedgerMark.NONE), List.of(record(0)), 7);
    dispatcher.assigned("7", 7, after(0));
    opened(EARLIEST, 0);
    dispatcher.append(ShardRecord.endOf("7", 7));
    assertThat(drained).isEmpty();
    SkipTarget envelope =
        new SkipTarget(new Position(0, 0, 0), new Position(0, 0, 0), 0L, 0, "poison");
    assertThat(dispatcher.orders().skip("c1", "7", envelope)).isEqualTo(Effect.DONE);
    assertThat(drained).as("a crash could undo it").isEmpty();
    dispatcher.orders().checkpoint(1);
    dispatcher.orders().complete(1);
    assertThat(drained).containsExactly("7");
    assertThat(writes).extracting(Position::sequence).containsExactly(0L);
  }

  @Test
  void aShardThatComesBackWhileItsEndIsBeingWrittenKnowsTheLedger() {
    begin("l", true);
    dispatcher.assigned("7", 7, after(2));
    opened(after(2), 5);
    writing = new CompletableFuture<>();
    dispatcher.append(record(3));
    dispatcher.append(ShardRecord.endOf("7", 7));
    time.runSoon();
    assertThat(drained).containsExactly("7");
    dispatcher.assigned("7", 7, after(3));
    dispatcher.append(record(4));
    time.runSoon();
    assertThat(delivered).containsExactly(1, 1);
    // Else it would be rewound once more after a crash, and a reset by hand would be missed.
    assertThat(dispatcher.lanes())
        .singleElement()
        .extracting(Lane::ledger)
        .isEqualTo(new LedgerMark("l", 5, List.of(), "job"));
  }

  @Test
  void anotherLedgerKnowsNothingOfAResetInTheFirst() {
    begin("second", false);
    dispatcher.adopt(
        snapshot(2, false, new LedgerMark("first", 3, List.of(), "")),
        List.of(record(4), record(5)),
        7);
    dispatcher.assigned("7", 7, after(5));
    assertThat(held).isTrue();
    opened(EARLIEST, 0);
    time.pass(Duration.ofMillis(1));
    assertThat(moves).isEmpty();
    assertThat(held).isFalse();
    assertThat(delivered).containsExactly(2);
  }

  @Test
  void aCommandThatHadMovedTheShardBeforeTheCrashHoldsNothingUpWhenItComesAgain() {
    begin("l", false);
    // The coordinator's part of the checkpoint is older than the move, the lane's is not.
    dispatcher.adopt(snapshot(0, false, new LedgerMark("l", 0, List.of(), ""), "c1"), List.of(), 7);
    assertThat(dispatcher.awaitSeek("7", "c1")).isTrue();
    opened(after(4), 0);
    dispatcher.assigned("7", 7, after(2));
    assertThat(dispatcher.seek("7", 7, "c1", after(2))).isTrue();
    assertThat(held).isFalse();
    dispatcher.append(record(5));
    time.runSoon();
    assertThat(delivered).containsExactly(1);
    assertThat(moves).isEmpty();
  }

  @Test
  void aCommandThatComesBeforeTheReaderHoldsTheShardUntilItIsMoved() {
    begin("l", false);
    dispatcher.adopt(
        snapshot(1, false, new LedgerMark("l", 0, List.of(), ""), "c0"), List.of(record(3)), 7);
    assertThat(dispatcher.awaitSeek("7", "c1")).isFalse();
    opened(after(2), 0);
    assertThat(delivered).isEmpty();
    dispatcher.assigned("7", 7, after(3));
    assertThat(dispatcher.seek("7", 7, "c1", after(8))).isTrue();
    assertThat(moves).containsExactly(after(8));
    dispatcher.append(record(9));
    time.runSoon();
    assertThat(delivered).containsExactly(1);
  }

  @Test
  void aResetWhileTheJobWasDownIsObeyedBackward() {
    begin("l", false);
    dispatcher.adopt(
        snapshot(1, false, new LedgerMark("l", 3, List.of(), "")), List.of(record(9)), 7);
    dispatcher.assigned("7", 7, after(9));
    opened(after(2), 4);
    assertThat(moves).containsExactly(after(2));
    assertThat(delivered).isEmpty();
  }

  @Test
  void whatTheLedgerSaidBeforeAMoveIsNotBelievedAndWhatItSaysSinceIs() {
    begin("l", false);
    LedgerMark mark = new LedgerMark("l", 0, List.of(new Position(100, 0, 0)), "");
    dispatcher.adopt(snapshot(0, false, mark), List.of(), 7);
    dispatcher.assigned("7", 7, after(4));
    opened(after(100), 0);
    assertThat(moves).isEmpty();

    begin("l", false);
    dispatcher.adopt(snapshot(0, false, mark), List.of(), 7);
    dispatcher.assigned("7", 7, after(4));
    opened(after(60), 0);
    assertThat(moves).containsExactly(after(60));
  }

  @Test
  void rewindingIsDoneOnceInAJob() {
    begin("l", true);
    dispatcher.adopt(snapshot(0, false, LedgerMark.NONE), List.of(), 7);
    dispatcher.assigned("7", 7, after(4));
    opened(after(100), 0);
    assertThat(moves).isEmpty();
    LedgerMark mark = dispatcher.lanes().iterator().next().snapshot().ledger();

    begin("l", true);
    dispatcher.adopt(snapshot(0, false, mark), List.of(), 7);
    dispatcher.assigned("7", 7, after(4));
    opened(after(60), 0);
    assertThat(moves).containsExactly(after(60));
  }

  /** What the ledger says of it the job may have written itself, before the failure. */
  @Test
  void aShardThatBeginsAfterAFailureIsNotRewound() {
    begin("l", true, false);
    dispatcher.assigned("7", 7, after(4));
    opened(after(60), 0);
    assertThat(moves).isEmpty();

    begin("l", true, true);
    dispatcher.assigned("7", 7, after(4));
    opened(after(60), 0);
    assertThat(moves).containsExactly(after(60));
  }

  @Test
  void aShardThatTheLedgerDoesNotKnowGoesOnWithout() {
    begin("l", false);
    dispatcher.assigned("7", 7, EARLIEST);
    for (int i = 0; i < 7; i++) {
      dispatcher.launchReady();
      openings
          .remove()
          .completeExceptionally(new LedgerException(LedgerException.Kind.GONE, "gone", null));
      time.runSoon();
      time.pass(Duration.ofSeconds(40));
    }
    assertThat(held).isFalse();
    dispatcher.append(record(0));
    time.pass(Duration.ofSeconds(1));
    assertThat(delivered).containsExactly(1);
    assertThat(writes).isEmpty();
  }

  @Test
  void aMoveToldTwiceIsMadeOnce() {
    begin("l", false);
    dispatcher.assigned("7", 7, EARLIEST);
    opened(EARLIEST, 0);
    assertThat(dispatcher.seek("7", 7, "c1", after(4))).isTrue();
    assertThat(dispatcher.seek("7", 7, "c1", after(4))).isTrue();
    assertThat(moves).containsExactly(after(4));
    assertThat(dispatcher.lanes().iterator().next().snapshot().commands()).containsExactly("c1");
  }

  private final class Function implements FunctionInvoker {
    @Override
    public CompletableFuture<Outcome> invoke(Invocation call) {
      delivered.add((int) new String(call.event(), StandardCharsets.UTF_8).lines().count());
      return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public void close() {}
  }

  private final class Books implements DeliveryLedger {
    @Override
    public CompletableFuture<Entry> open(String shard) {
      CompletableFuture<Entry> opening = new CompletableFuture<>();
      openings.add(opening);
      return opening;
    }

    @Override
    public CompletableFuture<Void> write(String shard, Position position) {
      writes.add(position);
      return writing;
    }

    @Override
    public void close() {}
  }

  private final class Task extends ManualTask {

    Task() {
      super(time, () -> dispatcher);
    }

    @Override
    public void drained(Lane lane) {
      drained.add(lane.shard());
    }

    @Override
    public void holdReader(String shard) {
      held = true;
    }

    @Override
    public void releaseReader(String shard) {
      held = false;
    }

    @Override
    public void moveReader(String shard, StartPosition next) {
      moves.add(next);
    }
  }
}
