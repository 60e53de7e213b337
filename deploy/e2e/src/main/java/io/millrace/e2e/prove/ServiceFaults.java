// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** A function or a stream that fails, refuses, hangs or is slow for a while. */
final class ServiceFaults {

  /** Longer than the function's timeout, so that the calls are given up. */
  private static final Duration HANG = ProvingGround.FUNCTION_TIMEOUT.plusSeconds(2);

  private static final Duration A_WHILE = Duration.ofSeconds(4);
  private static final Duration SLOW = Duration.ofMillis(700);
  private static final double OFTEN = 0.5;
  private static final double SOMETIMES = 0.2;

  /** How much of the function's service is out in an outage of a part of it. */
  private static final double PART = 0.3;

  private static final int CUTS = 8;
  private static final Duration CUTTING = Duration.ofSeconds(8);
  private static final int UNAVAILABLE = 503;

  private final FaultSite site;
  private final ProvingGround ground;

  ServiceFaults(FaultSite site) {
    this.site = site;
    this.ground = site.ground;
  }

  // ---- the function ----

  /** For one shard: the others go on meanwhile. */
  FaultLog.Entry failForOne() throws IOException, InterruptedException {
    String shard = site.pick(ground.activeShards());
    long others = ground.gauge.delivered() - ground.gauge.delivered(shard);
    FaultSite.Struck struck = site.during(function(FaultKind.ERROR).onShard(shard), A_WHILE);
    long mark = ground.calls.mark();
    long went = ground.gauge.delivered() - ground.gauge.delivered(shard) - others;
    site.awaitDelivered(Set.of(shard), mark);
    return site.done(
        Fault.FUNCTION_FAILS,
        struck.at(),
        "shard %s, %d calls, meanwhile %d records of the others"
            .formatted(shard, struck.calls(), went));
  }

  FaultLog.Entry hang() throws IOException, InterruptedException {
    return disturb(Fault.FUNCTION_HANGS, function(FaultKind.HANG), HANG);
  }

  FaultLog.Entry serverError() throws IOException, InterruptedException {
    return disturb(Fault.FUNCTION_SERVER_ERROR, function(FaultKind.STATUS), A_WHILE);
  }

  FaultLog.Entry throttle() throws IOException, InterruptedException {
    FaultRule rule = function(FaultKind.STATUS).withErrorCode(ground.pair.function().throttled());
    return disturb(Fault.FUNCTION_THROTTLES, rule, A_WHILE);
  }

  FaultLog.Entry partialOutage() throws IOException, InterruptedException {
    return disturb(Fault.PARTIAL_OUTAGE, partOfFunctionOut(), A_WHILE.multipliedBy(2));
  }

  /** Three calls of ten find nobody. */
  static FaultRule partOfFunctionOut() {
    return function(FaultKind.STATUS).withStatus(UNAVAILABLE).withProbability(PART);
  }

  FaultLog.Entry resetBefore() throws IOException, InterruptedException {
    return disturb(
        Fault.RESET_BEFORE_PROCESSING,
        function(FaultKind.DROP_BEFORE).withProbability(OFTEN),
        A_WHILE);
  }

  FaultLog.Entry resetAfter() throws IOException, InterruptedException {
    return cut(Fault.RESET_AFTER_PROCESSING, FaultKind.DROP_AFTER);
  }

  FaultLog.Entry truncate() throws IOException, InterruptedException {
    return cut(Fault.ANSWER_TRUNCATED, FaultKind.TRUNCATE);
  }

  /** Nobody listens where the function was. */
  FaultLog.Entry refuseConnections() throws IOException, InterruptedException {
    Set<String> active = site.activeShards();
    long at = site.now();
    ground.functions().goDown();
    try {
      Pause.atLeast(A_WHILE);
    } finally {
      ground.functions().comeUp();
    }
    long recovered = site.awaitDelivered(active, ground.calls.mark());
    return site.recovered(
        Fault.CONNECTION_REFUSED, at, recovered, "for %d s".formatted(A_WHILE.toSeconds()));
  }

  /** A few calls, here and there: each is waited out. */
  private FaultLog.Entry cut(Fault fault, FaultKind kind) throws IOException, InterruptedException {
    long at = site.now();
    FaultRule rule = function(kind).withProbability(SOMETIMES).times(CUTS);
    long id = ground.faults().add(rule);
    long deadline = System.nanoTime() + CUTTING.toNanos();
    while (site.strikes(rule, id) < CUTS && System.nanoTime() < deadline) {
      Pause.briefly();
    }
    int struck = site.strikes(rule, id);
    ground.faults().remove(id);
    if (struck == 0) {
      throw new IOException("no call came to be cut; " + ground.diagnosis());
    }
    site.awaitDelivered(site.activeShards(), ground.calls.mark());
    return site.done(fault, at, struck + " calls");
  }

  private static FaultRule function(FaultKind kind) {
    return FaultRule.of(FaultTarget.FUNCTION, kind);
  }

  // ---- the stream ----

  FaultLog.Entry streamThrottles() throws IOException, InterruptedException {
    FaultRule rule = fetches(FaultKind.STATUS).withErrorCode(ground.pair.stream().throttled());
    return disturb(Fault.STREAM_THROTTLES, rule, A_WHILE);
  }

  FaultLog.Entry streamFails() throws IOException, InterruptedException {
    return disturb(Fault.STREAM_FAILS, fetches(FaultKind.STATUS), A_WHILE);
  }

  FaultLog.Entry streamSlow() throws IOException, InterruptedException {
    return disturb(Fault.STREAM_SLOW, fetches(FaultKind.LATENCY).withDelay(SLOW), A_WHILE);
  }

  FaultLog.Entry cursorsExpire() throws IOException, InterruptedException {
    return disturb(
        Fault.CURSOR_EXPIRES, fetches(FaultKind.EXPIRED_CURSOR).withProbability(OFTEN), A_WHILE);
  }

  /** Half of the fetches fail. */
  FaultRule partOfStreamOut() {
    return fetches(FaultKind.STATUS).withProbability(OFTEN);
  }

  private FaultRule fetches(FaultKind kind) {
    return ground.pair.stream().onFetches(kind);
  }

  /** Leaves a rule in force for a while, and waits until every shard is delivered again. */
  private FaultLog.Entry disturb(Fault fault, FaultRule rule, Duration time)
      throws IOException, InterruptedException {
    Set<String> active = site.activeShards();
    long before = ground.gauge.delivered();
    FaultSite.Struck struck = site.during(rule, time);
    long meanwhile = ground.gauge.delivered() - before;
    site.awaitDelivered(active, ground.calls.mark());
    return site.done(
        fault,
        struck.at(),
        "%d calls, meanwhile %d records were delivered".formatted(struck.calls(), meanwhile));
  }
}
