// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.model.ShardRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The dispatcher on a clock that is turned by hand. */
final class DispatcherTest {

  private static final Outcome OK = new Outcome.Acknowledged(Optional.empty());
  private static final Outcome BOOM = new Outcome.RecordFault("boom", Optional.of("r1"));
  private static final Outcome GONE = new Outcome.TargetFault("refused", Optional.empty());
  private static final Outcome BUSY = new Outcome.Throttled("busy", Optional.empty());
  private static final Outcome LOST = new Outcome.UnknownFate("lost", Optional.empty());

  private record Call(String shard, int attempt, long at) {}

  private final List<Call> calls = new ArrayList<>();
  private final Map<String, CompletableFuture<Outcome>> open = new HashMap<>();
  private Function<FunctionInvoker.Invocation, Outcome> function = call -> OK;
  private boolean hanging;
  private long latency;
  private final List<String> drained = new ArrayList<>();
  private final ManualTime time = new ManualTime(1_000_000);
  private final Blockade blockade = new Blockade(Duration.ofSeconds(1), Duration.ofSeconds(60));
  private final Lease lease = new Lease(Duration.ofDays(365));
  private Dispatcher dispatcher = dispatcher(512, true, true, false, 1000);

  private Dispatcher dispatcher(
      int maxAttempts, boolean wait, boolean probe, boolean failJob, int maxCalls) {
    return dispatcher(
        new RetrySchedule(Duration.ofSeconds(1), maxAttempts), wait, probe, failJob, maxCalls);
  }

  private Dispatcher dispatcher(
      RetrySchedule retry, boolean wait, boolean probe, boolean failJob, int maxCalls) {
    lease.renew(0);
    return new Dispatcher(
        new DeliveryPolicy(
            "orders",
            "f",
            new BatchLimits(10, 10_000, 10_000),
            Duration.ZERO,
            retry,
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            wait,
            probe,
            failJob,
            maxCalls),
        FakeFunction.FORMAT,
        new FunctionInvoker() {
          @Override
          public CompletableFuture<Outcome> invoke(Invocation invocation) {
            calls.add(new Call(invocation.shard(), invocation.attempt(), time.now()));
            if (hanging) {
              CompletableFuture<Outcome> answer = new CompletableFuture<>();
              assertThat(open.put(invocation.shard(), answer)).isNull();
              return answer;
            }
            if (latency > 0) {
              CompletableFuture<Outcome> answer = new CompletableFuture<>();
              time.at(time.now() + latency, () -> answer.complete(function.apply(invocation)));
              return answer;
            }
            return CompletableFuture.completedFuture(function.apply(invocation));
          }

          @Override
          public void close() {}
        },
        new Task(),
        lease,
        new Random(1),
        Optional.empty());
  }

  private void put(int shard, long... sequences) {
    for (long sequence : sequences) {
      dispatcher.append(new ShardRecord(shard + "", shard, sequence, 0, 0, new byte[5], false));
    }
    time.runSoon();
  }

  private List<Call> callsOf(String shard) {
    return calls.stream().filter(call -> call.shard().equals(shard)).toList();
  }

  private Lane lane(int shard) {
    return dispatcher.lanes().stream().filter(l -> l.key() == shard).findFirst().orElseThrow();
  }

  @Test
  void tries512TimesASecondApartAndThenSuspends() {
    function = call -> call.shard().equals("1") ? BOOM : OK;
    put(1, 0, 1);
    put(2, 0);
    time.pass(Duration.ofSeconds(2_000));
    List<Call> tried = callsOf("1");
    assertThat(tried).hasSize(512);
    for (int i = 0; i < 512; i++) {
      assertThat(tried.get(i).attempt()).isEqualTo(i + 1);
      assertThat(i == 0 ? 1_000 : tried.get(i).at() - tried.get(i - 1).at())
          .isGreaterThanOrEqualTo(1_000);
    }
    assertThat(lane(1).isSuspended()).isTrue();
    put(2, 1);
    assertThat(callsOf("2")).hasSize(2);

    function = call -> OK;
    dispatcher.orders().resume("r", "1");
    time.pass(Duration.ofSeconds(2));
    assertThat(callsOf("1")).hasSize(514);
    assertThat(lane(1).tail()).isEqualTo(lane(1).head());
  }

  @Test
  void failsTheJobInsteadWhereTheUserWantsThat() {
    dispatcher = dispatcher(2, true, true, true, 10);
    function = call -> BOOM;
    put(1, 0);
    assertThatThrownBy(() -> time.pass(Duration.ofSeconds(5)))
        .hasMessageContaining("shard 1")
        .hasMessageContaining("boom");
  }

  @Test
  void aTargetFaultBlocksAllAndOneCallAtATimeProbes() {
    function = call -> GONE;
    for (int shard = 0; shard < 50; shard++) {
      put(shard, 0);
    }
    assertThat(dispatcher.blockedBy()).contains("refused");
    calls.clear();
    time.pass(Duration.ofMinutes(2));
    // 1, 2, 4, … 60 s apart, each taken with a report that comes once a second.
    assertThat(calls).hasSizeBetween(5, 8);
    function = call -> OK;
    time.pass(Duration.ofSeconds(62));
    assertThat(dispatcher.blockedBy()).isEmpty();
    assertThat(dispatcher.lanes())
        .allSatisfy(
            lane -> {
              assertThat(lane.attempts()).isZero();
              assertThat(lane.isSuspended()).isFalse();
              assertThat(lane.snapshot().records()).isEqualTo(1);
            });
  }

  @Test
  void aProbeThatTheFunctionTakesItsTimeForHoldsUpNoOtherShard() {
    function = call -> GONE;
    put(1, 0);
    put(2, 0);
    hanging = true;
    calls.clear();
    time.pass(Duration.ofSeconds(3));
    assertThat(calls).hasSize(1);
    time.pass(Duration.ofSeconds(20));
    assertThat(calls).hasSize(2);
    assertThat(dispatcher.blockedBy()).isEmpty();
  }

  @Test
  void anAnswerToACallFromBeforeTheFaultDoesNotEndTheBlockade() {
    hanging = true;
    put(1, 0);
    hanging = false;
    function = call -> GONE;
    put(2, 0);
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(dispatcher.blockedBy()).isPresent();
  }

  @Test
  void callsThatHangDoNotHoldUpOtherShardsAfterAStart() {
    dispatcher = dispatcher(512, true, true, false, 1000);
    hanging = true;
    for (int shard = 0; shard < 8; shard++) {
      put(shard, 0);
    }
    hanging = false;
    for (int shard = 8; shard < 64; shard++) {
      put(shard, 0);
    }
    assertThat(calls).hasSize(8);
    time.pass(Duration.ofSeconds(2));
    assertThat(calls).hasSize(64);
  }

  @Test
  void aConnectionLostWhileTheTargetGoesDownIsNotAnAttempt() {
    function = call -> LOST;
    put(1, 0);
    assertThat(lane(1).attempts()).isEqualTo(1);
    function = call -> GONE;
    time.pass(Duration.ofSeconds(62));
    assertThat(lane(1).attempts()).isZero();
  }

  @Test
  void targetFaultsCountWhereTheUserWantsTheOriginalsLetter() {
    dispatcher = dispatcher(3, true, false, false, 10);
    function = call -> GONE;
    put(1, 0);
    time.pass(Duration.ofSeconds(10));
    assertThat(callsOf("1")).hasSize(3);
    assertThat(lane(1).isSuspended()).isTrue();
  }

  @Test
  void aLostAnswerIsWaitedOut() {
    function = call -> LOST;
    put(1, 0);
    time.pass(Duration.ofSeconds(59));
    assertThat(calls).hasSize(1);
    time.pass(Duration.ofSeconds(2));
    assertThat(calls).hasSize(2);
  }

  @Test
  void aLostAnswerIsRetriedSoonWhereTheUserWantsThat() {
    dispatcher = dispatcher(512, false, true, false, 10);
    function = call -> LOST;
    put(1, 0);
    time.pass(Duration.ofMillis(1_100));
    assertThat(calls).hasSize(2);
  }

  @Test
  void throttlingBacksOffAndCountsNoAttempt() {
    function = call -> BUSY;
    put(1, 0);
    time.pass(Duration.ofMinutes(5));
    assertThat(lane(1).attempts()).isZero();
    assertThat(calls).hasSizeBetween(10, 30);
    function = call -> OK;
    time.pass(Duration.ofSeconds(31));
    assertThat(lane(1).snapshot().records()).isEqualTo(1);
  }

  @Test
  void withoutALeaseNothingIsLaunched() {
    lease.revoke();
    put(1, 0);
    time.pass(Duration.ofSeconds(10));
    assertThat(calls).isEmpty();
    lease.renew(time.now() * 1_000_000);
    dispatcher.launchReady();
    assertThat(calls).hasSize(1);
  }

  @Test
  void aCallThatWasNotLetOutIsAsIfItHadNeverBeenMade() {
    hanging = true;
    put(1, 0);
    lease.revoke();
    open.remove("1").complete(new Outcome.NotSent("may not be sent"));
    time.runSoon();
    assertThat(calls).hasSize(1);
    lease.renew(time.now() * 1_000_000);
    dispatcher.launchReady();
    // Renewed before the task thread learns of it, as it may be.
    open.remove("1").complete(new Outcome.NotSent("may not be sent"));
    time.runSoon();
    assertThat(calls).extracting(Call::attempt).containsExactly(1, 1, 1);
    assertThat(dispatcher.blockedBy()).isEmpty();
    assertThat(lane(1).attempts()).isZero();
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(lane(1).snapshot().records()).isEqualTo(1);
    assertThat(dispatcher.tally().launched()).isEqualTo(3);
    assertThat(dispatcher.tally().notSent()).isEqualTo(2);
    assertThat(dispatcher.tally().sent()).isEqualTo(1);
  }

  @Test
  void aSuspendedShardIsShownAsThatWhileItsLastCallRuns() {
    hanging = true;
    put(1, 0, 1);
    dispatcher.orders().suspend("s", "1", 1);
    assertThat(lane(1).state(time.now())).isEqualTo(Lane.State.SUSPENDED);
    dispatcher.orders().resume("r", "1");
    assertThat(lane(1).state(time.now())).isEqualTo(Lane.State.DELIVERING);
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(calls).hasSize(2);
  }

  @Test
  void aShardWithoutALaneIsNotSuspendedByItsNameAlone() {
    assertThat(dispatcher.orders().suspend("c1", "1")).isEqualTo(Effect.LATER);
    put(1, 0);
    assertThat(dispatcher.orders().suspend("c1", "1")).isEqualTo(Effect.DONE);
    assertThat(lane(1).isSuspended()).isTrue();
  }

  @Test
  void attemptsAreNeverLessThanNone() {
    dispatcher = dispatcher(1, false, true, false, 10);
    function = call -> LOST;
    put(1, 0);
    assertThat(lane(1).isSuspended()).isTrue();
    function = call -> GONE;
    time.pass(Duration.ofSeconds(2));
    dispatcher.orders().resume("r", "1");
    time.runSoon();
    assertThat(lane(1).attempts()).isZero();
  }

  @Test
  void aClockThatIsPutBackFailsNothing() {
    lease.revoke();
    put(1, 0);
    put(2, 0);
    time.putBack(Duration.ofMinutes(1));
    lease.renew(time.now() * 1_000_000);
    dispatcher.launchReady();
    assertThat(calls).isEmpty();
    time.pass(Duration.ofMinutes(1));
    assertThat(calls).hasSize(2);
  }

  @Test
  void aClockThatIsPutBackDoesNotHideAFault() {
    function = call -> GONE;
    put(1, 0);
    time.pass(Duration.ofSeconds(2));
    function = call -> OK;
    time.pass(Duration.ofSeconds(10));
    assertThat(dispatcher.blockedBy()).isEmpty();
    function = call -> GONE;
    time.putBack(Duration.ofSeconds(30));
    put(1, 1);
    time.pass(Duration.ofSeconds(31));
    assertThat(dispatcher.blockedBy()).isPresent();
  }

  @Test
  void aFencedDispatcherTakesAnswersAndLaunchesNothing() {
    hanging = true;
    put(1, 0);
    put(1, 1);
    dispatcher.fence();
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(dispatcher.callsUnderWay()).isZero();
    assertThat(calls).hasSize(1);
    time.pass(Duration.ofMinutes(2));
    assertThat(calls).hasSize(1);
  }

  @Test
  void aCallLeftBehindIsWaitedOutByThoseWhoRestore() {
    hanging = true;
    put(1, 0);
    long launched = time.now();
    dispatcher.fence();
    dispatcher.leaveCallsBehind();
    assertThat(lane(1).snapshot().notBefore()).isEqualTo(launched + 61_000);
  }

  @Test
  void whatArrivesDuringACallMakesTheNextEnvelope() {
    hanging = true;
    put(1, 0);
    put(1, 1, 2, 3, 4);
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(lane(1).sealedRecords()).hasSize(4);
  }

  @Test
  void callsAreBoundedAndEveryLaneGetsItsTurn() {
    dispatcher = dispatcher(512, true, true, false, 16);
    hanging = true;
    for (int shard = 0; shard < 100; shard++) {
      put(shard, 0);
    }
    assertThat(open).hasSize(8);
    int most = 0;
    while (!open.isEmpty()) {
      most = Math.max(most, open.size());
      open.remove(open.keySet().iterator().next()).complete(OK);
      time.runSoon();
    }
    assertThat(most).isEqualTo(16);
    assertThat(calls).hasSize(100);
    assertThat(calls.stream().map(Call::shard).distinct()).hasSize(100);
  }

  @Test
  void aRecordTooLargeForTheFunctionSuspendsAtOnceWithTheReason() {
    String shard = "s".repeat(20_000);
    dispatcher.append(new ShardRecord(shard, 1, 0, 0, 0, new byte[5], false));
    assertThat(calls).isEmpty();
    assertThat(lane(1).isSuspended()).isTrue();
    assertThat(lane(1).snapshot().lastError().orElseThrow().message())
        .isEqualTo(
            "the record of sequence 0 makes an event of 20005 bytes, the function takes 10000 at"
                + " most");
  }

  @Test
  void aShardThatFailsForEverCostsTheOthersNothing() {
    latency = 5;
    long healthy = callsInTenSeconds(call -> OK);
    long besideAFailingOne = callsInTenSeconds(call -> call.shard().equals("0") ? BOOM : OK);
    assertThat(healthy).isGreaterThan(15 * 1_900);
    assertThat(besideAFailingOne).isEqualTo(healthy);
  }

  /** Calls of shards 1 to 15, of sixteen with a long backlog each. */
  private long callsInTenSeconds(Function<FunctionInvoker.Invocation, Outcome> how) {
    calls.clear();
    time.clear();
    dispatcher = dispatcher(1_000_000, true, true, false, 1000);
    function = how;
    for (int shard = 0; shard < 16; shard++) {
      for (int sequence = 0; sequence < 30_000; sequence++) {
        dispatcher.append(new ShardRecord(shard + "", shard, sequence, 0, 0, new byte[5], false));
      }
    }
    time.pass(Duration.ofSeconds(10));
    return calls.stream().filter(call -> !call.shard().equals("0")).count();
  }

  @Test
  void theEndIsPassedWhenAllWasAcknowledged() {
    hanging = true;
    put(1, 0);
    dispatcher.append(ShardRecord.endOf("1", 1));
    assertThat(drained).isEmpty();
    open.remove("1").complete(OK);
    time.runSoon();
    assertThat(drained).containsExactly("1");
    dispatcher.append(ShardRecord.endOf("2", 2));
    assertThat(drained).containsExactly("1", "2");
  }

  @Test
  void anExhaustedShardIsProbedAtGrowingIntervalsAndGoesOnWithTheFirstThatGetsThrough() {
    dispatcher =
        dispatcher(
            new RetrySchedule(
                Duration.ofSeconds(1),
                2,
                Optional.of(new ProbeSchedule(Duration.ofSeconds(60), Duration.ofSeconds(150)))),
            true,
            true,
            false,
            10);
    function = call -> BOOM;
    put(1, 0, 1);
    time.pass(Duration.ofSeconds(600));
    List<Long> waits = new ArrayList<>();
    for (int i = 1; i < calls.size(); i++) {
      waits.add((calls.get(i).at() - calls.get(i - 1).at()) / 1000);
    }
    assertThat(waits).startsWith(1L, 60L, 120L, 150L, 150L);
    assertThat(lane(1).state(time.now())).isEqualTo(Lane.State.SUSPENDED);
    assertThat(lane(1).waitingFor(time.now())).contains(Lane.Waiting.PROBE);
    function = call -> OK;
    time.pass(Duration.ofSeconds(150));
    assertThat(lane(1).state(time.now())).isEqualTo(Lane.State.IDLE);
    assertThat(lane(1).snapshot().records()).isEqualTo(2);
  }

  @Test
  void whatAnOperatorSuspendedIsNotProbed() {
    dispatcher =
        dispatcher(
            new RetrySchedule(
                Duration.ofSeconds(1),
                2,
                Optional.of(new ProbeSchedule(Duration.ofSeconds(1), Duration.ofSeconds(1)))),
            true,
            true,
            false,
            10);
    hanging = true;
    put(1, 0);
    dispatcher.orders().suspend("s", "1", 1);
    open.remove("1").complete(BOOM);
    time.pass(Duration.ofMinutes(10));
    assertThat(calls).hasSize(1);
    assertThat(lane(1).waitingFor(time.now())).contains(Lane.Waiting.OPERATOR);
  }

  @Test
  void aJobThatStartsWithThatWishLeavesNoShardSuspended() {
    function = call -> BOOM;
    dispatcher = dispatcher(1, true, true, false, 10);
    put(1, 0);
    put(2, 0);
    dispatcher.orders().suspend("s", "2", 2);
    time.pass(Duration.ofSeconds(5));
    function = call -> OK;
    dispatcher.resumeAll();
    dispatcher.launchReady();
    time.pass(Duration.ofSeconds(5));
    assertThat(dispatcher.lanes()).noneMatch(Lane::isSuspended);
    assertThat(lane(1).snapshot().records()).isEqualTo(1);
    assertThat(lane(2).snapshot().records()).isEqualTo(1);
  }

  @Test
  void latencyAndRecordsOfAnEnvelopeAreKept() {
    latency = 40;
    put(1, 0, 1, 2);
    time.pass(Duration.ofSeconds(5));
    CallSummary calls = lane(1).calls();
    assertThat(calls.calls()).isEqualTo(2);
    assertThat(calls.p50Millis()).isEqualTo(40);
    assertThat(calls.p99Millis()).isEqualTo(40);
    assertThat(calls.recordsPerEnvelope()).isEqualTo(1.5);
  }

  /** The task of the dispatcher, and the coordinator that it asks. */
  private final class Task extends ManualTask {

    Task() {
      super(time, () -> dispatcher);
    }

    @Override
    public void drained(Lane lane) {
      drained.add(lane.shard());
    }

    @Override
    public void blockadeChanged() {
      time.atOnce(time.now(), "pull", this::pull);
    }

    private void pull() {
      Blockade.Report report = dispatcher.reportTarget();
      blockade.report(0, report, time.now());
      dispatcher.obey(blockade.order(0, report, time.now()));
      if (blockade.isRaised()) {
        time.atOnce(time.now() + 1_000, "pull", this::pull);
      }
    }
  }
}
