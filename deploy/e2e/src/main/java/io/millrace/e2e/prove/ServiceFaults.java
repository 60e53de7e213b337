// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
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
  Blow failForOne() {
    String shard = site.pick(ground.activeShards());
    FaultRule rule = function(FaultKind.ERROR).onShard(shard);
    return new Disturbance(site, "shard " + shard + ", ", rule, A_WHILE, Set.of(shard));
  }

  Blow hang() {
    return disturb(function(FaultKind.HANG), HANG);
  }

  Blow serverError() {
    return disturb(function(FaultKind.STATUS), A_WHILE);
  }

  Blow throttle() {
    FaultRule rule = function(FaultKind.STATUS).withErrorCode(ground.pair.function().throttled());
    return disturb(rule, A_WHILE);
  }

  Blow partialOutage() {
    return disturb(partOfFunctionOut(), A_WHILE.multipliedBy(2));
  }

  /** Three calls of ten find nobody. */
  static FaultRule partOfFunctionOut() {
    return function(FaultKind.STATUS).withStatus(UNAVAILABLE).withProbability(PART);
  }

  Blow resetBefore() {
    return disturb(function(FaultKind.DROP_BEFORE).withProbability(OFTEN), A_WHILE);
  }

  Blow resetAfter() {
    return cut(FaultKind.DROP_AFTER);
  }

  Blow truncate() {
    return cut(FaultKind.TRUNCATE);
  }

  /** Nobody listens where the function was. */
  Blow refuseConnections() {
    Set<String> active = site.activeShards();
    long at = site.now();
    ground.functions().goDown();
    return new Blow(at, "for %d s".formatted(A_WHILE.toSeconds())) {
      @Override
      void pass() throws IOException, InterruptedException {
        try {
          Pause.atLeast(A_WHILE);
        } finally {
          ground.functions().comeUp();
        }
      }

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        return OptionalLong.of(site.awaitDelivered(active, ground.calls.mark()));
      }
    };
  }

  /** A few calls, here and there: each is waited out. */
  private Blow cut(FaultKind kind) {
    FaultRule rule = function(kind).withProbability(SOMETIMES).times(CUTS);
    return new Disturbance(site, "", rule, CUTTING, site.activeShards()) {
      @Override
      void last() throws InterruptedException {
        long deadline = System.nanoTime() + CUTTING.toNanos();
        while (strikes() < CUTS && System.nanoTime() < deadline) {
          Pause.briefly();
        }
      }
    };
  }

  private static FaultRule function(FaultKind kind) {
    return FaultRule.of(FaultTarget.FUNCTION, kind);
  }

  // ---- the stream ----

  Blow streamThrottles() {
    FaultRule rule = fetches(FaultKind.STATUS).withErrorCode(ground.pair.stream().throttled());
    return disturb(rule, A_WHILE);
  }

  Blow streamFails() {
    return disturb(fetches(FaultKind.STATUS), A_WHILE);
  }

  Blow streamSlow() {
    return disturb(fetches(FaultKind.LATENCY).withDelay(SLOW), A_WHILE);
  }

  Blow cursorsExpire() {
    return disturb(fetches(FaultKind.EXPIRED_CURSOR).withProbability(OFTEN), A_WHILE);
  }

  /** Half of the fetches fail. */
  FaultRule partOfStreamOut() {
    return fetches(FaultKind.STATUS).withProbability(OFTEN);
  }

  private FaultRule fetches(FaultKind kind) {
    return ground.pair.stream().onFetches(kind);
  }

  /** Leaves a rule in force for a while. */
  private Blow disturb(FaultRule rule, Duration time) {
    return new Disturbance(site, "", rule, time, site.activeShards());
  }
}
