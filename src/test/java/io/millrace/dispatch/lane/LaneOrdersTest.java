// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.Outcome;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators command, at a lane whose envelope of four records fails. */
final class LaneOrdersTest {

  private static final BatchLimits LIMITS = new BatchLimits(4, 10_000, 10_000);
  private static final RetrySchedule RETRY = new RetrySchedule(Duration.ofSeconds(10), 512);
  private static final RetrySchedule ONCE = new RetrySchedule(Duration.ofSeconds(10), 1);
  private static final Outcome BOOM = new Outcome.RecordFault("boom", Optional.empty());

  private Lane lane = new Lane("7", 7, LIMITS, FakeFunction.FORMAT, 0);
  private long now = 1_000_000;
  private final List<Position> passed = new ArrayList<>();
  private int discarded;
  private boolean ledger;
  private final LaneOrders orders = new LaneOrders("orders", new Host());

  /** Sequences 0, 1, 1, 2 and then 3; the first four are sealed. */
  @BeforeEach
  void fail() {
    for (long[] each : new long[][] {{0, 0}, {1, 0}, {1, 1}, {2, 0}, {3, 0}}) {
      lane.append(new ShardRecord("7", 7, each[0], (int) each[1], 0, new byte[5], false), now);
    }
    lane.launch(now);
    lane.fail(BOOM, now, RETRY, 0);
  }

  private static SkipTarget target(Long sequence, Integer index) {
    return target(0, 2, sequence, index);
  }

  private static SkipTarget target(long first, long last, Long sequence, Integer index) {
    return new SkipTarget(
        new Position(first, 0, 0), new Position(last, 0, 0), sequence, index, "poison");
  }

  private static void assertMissed(Effect effect, String says) {
    assertThat(effect).isInstanceOf(Effect.Missed.class);
    assertThat(((Effect.Missed) effect).reason()).contains(says);
  }

  private List<String> queued() {
    return lane.queued().stream().map(ShardRecord::toString).toList();
  }

  @Test
  void theEnvelopeIsSkippedOnce() {
    assertThat(orders.skip("c1", "7", target(null, null))).isEqualTo(Effect.DONE);
    assertThat(queued()).containsExactly("7:3.0");
    assertThat(lane.snapshot().discarded()).isEqualTo(4);
    assertThat(discarded).isEqualTo(4);
    assertThat(lane.isLaunchable(now)).isTrue();
    assertThat(lane.lastError()).isEmpty();

    assertThat(orders.skip("c1", "7", target(null, null))).isEqualTo(Effect.DONE);
    assertThat(lane.snapshot().discarded()).isEqualTo(4);
  }

  @Test
  void theLedgerIsNotAheadOfTheStateOfALaneOfWhichSomethingWasSkipped() {
    ledger = true;
    orders.checkpoint(4);
    orders.skip("c1", "7", target(null, null));
    assertThat(lane.launchableAt()).isEmpty();
    assertThat(lane.waitingFor(now)).contains(Lane.Waiting.CHECKPOINT);
    orders.complete(4);
    assertThat(passed).as("checkpoint 4 does not have it").isEmpty();

    orders.checkpoint(5);
    orders.checkpoint(6);
    orders.complete(5);
    assertThat(passed).extracting(Position::sequence).containsExactly(2L);
    assertThat(lane.isLaunchable(now)).isTrue();
    orders.complete(6);
    assertThat(passed).hasSize(1);
  }

  @Test
  void whatIsSkippedMeanwhileIsWaitedForToo() {
    ledger = true;
    orders.skip("c1", "7", target(1L, 0));
    orders.checkpoint(5);
    lane.suspend("by hand", now);
    orders.skip("c2", "7", target(null, null));
    orders.complete(5);
    assertThat(passed).isEmpty();
    orders.checkpoint(6);
    orders.complete(6);
    assertThat(passed).extracting(Position::sequence).containsExactly(2L);
  }

  @Test
  void aLaneThatEndsWithWhatWasSkippedWaitsWithItsEndToo() {
    ledger = true;
    lane.append(ShardRecord.endOf("7", 7), now);
    orders.skip("c1", "7", target(null, null));
    orders.checkpoint(5);
    orders.complete(5);
    lane.launch(now);
    lane.fail(BOOM, now, RETRY, 0);
    orders.skip("c2", "7", target(3, 3, null, null));
    assertThat(lane.isDrained()).isFalse();
    assertThat(lane.state(now)).isEqualTo(Lane.State.IDLE);
    orders.checkpoint(6);
    orders.complete(6);
    assertThat(lane.isDrained()).isTrue();
  }

  @Test
  void whoeverRestoresTheLaneKnowsThatItWasDone() {
    orders.skip("c1", "7", target(1L, 1));
    restore();
    assertThat(orders.skip("c1", "7", target(1L, 1))).isEqualTo(Effect.DONE);
    assertThat(queued()).containsExactly("7:0.0", "7:1.0", "7:2.0", "7:3.0");
    assertThat(lane.snapshot().discarded()).isEqualTo(1);
    lane.suspend("s", now);
    assertThat(orders.resume("c2", "7")).isEqualTo(Effect.DONE);
    lane.suspend("again", now);
    restore();
    assertThat(orders.resume("c2", "7")).isEqualTo(Effect.DONE);
    assertThat(lane.isSuspended()).as("resumed once").isTrue();
  }

  private void restore() {
    lane =
        Lane.restore(
            lane.snapshot(), List.copyOf(lane.queued()), 7, LIMITS, FakeFunction.FORMAT, 0);
  }

  @Test
  void oneRecordIsSkippedAndTheRestIsTheEnvelope() {
    assertThat(orders.skip("c1", "7", target(1L, 0))).isEqualTo(Effect.DONE);
    assertThat(lane.sealedRecords())
        .extracting(ShardRecord::toString)
        .containsExactly("7:0.0", "7:1.1", "7:2.0");
    assertThat(lane.attempts()).isZero();
    assertThat(passed).isEmpty();
    lane.launch(now);
    lane.acknowledge();
    assertThat(lane.delivered().orElseThrow().sequence()).isEqualTo(2);
    assertThat(lane.snapshot().records()).isEqualTo(3);
  }

  @Test
  void theLastRecordOfAnEnvelopeIsPassedWithIt() {
    orders.skip("c1", "7", target(2L, null));
    restore();
    lane.launch(now);
    lane.acknowledge();
    assertThat(lane.delivered().orElseThrow().sequence()).isEqualTo(2);
  }

  @Test
  void aSequenceThatSeveralRecordsShareMustBeToldApart() {
    assertMissed(orders.skip("c1", "7", target(1L, null)), "2 records of this sequence; name one");
    assertMissed(orders.skip("c2", "7", target(2L, 5)), "no such record");
    assertThat(lane.snapshot().discarded()).isZero();
    assertThat(lane.attempts()).isEqualTo(1);
  }

  @Test
  void anotherEnvelopeIsNotSkipped() {
    assertMissed(orders.skip("c1", "7", target(0, 1, null, null)), "is not there any more");
    now += 10_000;
    lane.launch(now);
    assertThat(orders.skip("c2", "7", target(null, null))).isEqualTo(Effect.LATER);
    lane.acknowledge();
    assertThat(lane.launchableAt()).as("the command is about to come again").isEmpty();
    assertMissed(orders.skip("c2", "7", target(null, null)), "is not there any more");
    assertThat(lane.isLaunchable(now)).isTrue();
    assertThat(lane.snapshot().discarded()).isZero();
  }

  @Test
  void aCallUnderWayIsAwaited() {
    now += 10_000;
    lane.launch(now);
    assertThat(orders.skip("c1", "7", target(null, null))).isEqualTo(Effect.LATER);
    lane.fail(BOOM, now, RETRY, 0);
    assertThat(orders.skip("c1", "7", target(null, null))).isEqualTo(Effect.DONE);
    assertThat(queued()).containsExactly("7:3.0");
  }

  @Test
  void aShardThatTheEnvelopeSuspendedGoesOnAndOneSuspendedByHandDoesNot() {
    now += 10_000;
    lane.launch(now);
    lane.fail(BOOM, now, ONCE, 0);
    assertThat(lane.isSuspended()).isTrue();
    orders.skip("c1", "7", target(null, null));
    assertThat(lane.isSuspended()).isFalse();

    lane.launch(now);
    lane.fail(BOOM, now, RETRY, 0);
    orders.suspend("c2", "7");
    orders.skip("c3", "7", target(3, 3, null, null));
    assertThat(lane.isSuspended()).isTrue();
    assertThat(queued()).isEmpty();
  }

  @Test
  void anEarlierCallThatMayStillRunIsNotOvertaken() {
    now += 10_000;
    lane.launch(now);
    lane.fail(new Outcome.UnknownFate("lost", Optional.empty()), now, RETRY, now + 60_000);
    assertMissed(orders.retry("c1", "7"), "did not wait");
    orders.skip("c2", "7", target(null, null));
    assertThat(lane.launchableAt()).hasValue(now + 60_000);
    assertThat(lane.waitingFor(now)).contains(Lane.Waiting.EARLIER_CALL);
  }

  @Test
  void theNextAttemptIsMadeNowAndAttemptsStayCounted() {
    assertThat(lane.isLaunchable(now)).isFalse();
    assertThat(orders.retry("c1", "7")).isEqualTo(Effect.DONE);
    assertThat(lane.isLaunchable(now)).isTrue();
    assertThat(lane.attempts()).isEqualTo(1);
    lane.launch(now);
    lane.fail(BOOM, now, RETRY, 0);
    assertThat(orders.retry("c1", "7")).as("done before").isEqualTo(Effect.DONE);
    assertThat(lane.isLaunchable(now)).isFalse();
    assertMissed(orders.retry("c2", "8"), "has ended, or has had no record yet");
  }

  private final class Host implements LaneOrders.Host {

    @Override
    public Optional<Lane> lane(String shard) {
      return shard.equals("7") ? Optional.of(lane) : Optional.empty();
    }

    @Override
    public Lane lane(String shard, int key) {
      return lane;
    }

    @Override
    public void changed(Lane changed) {}

    @Override
    public void passed(Lane further) {
      passed.add(further.delivered().orElseThrow());
    }

    @Override
    public boolean keepsLedger() {
      return ledger;
    }

    @Override
    public void discarded(int records) {
      discarded += records;
    }

    @Override
    public long now() {
      return now;
    }
  }
}
