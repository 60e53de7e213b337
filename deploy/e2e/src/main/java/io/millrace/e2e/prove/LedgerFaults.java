// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.stage.PositionStore;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** A ledger that fails or is slow. */
final class LedgerFaults {

  private static final Duration FAILING = Duration.ofSeconds(5);
  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final Duration DELAY = Duration.ofMillis(800);

  private final FaultSite site;
  private final ProvingGround ground;

  LedgerFaults(FaultSite site) {
    this.site = site;
    this.ground = site.ground;
  }

  Blow fail() {
    FaultRule rule = positions().onWrites(FaultKind.STATUS);
    boolean throttles = site.below(2) == 0;
    rule = throttles ? rule.withErrorCode(ground.pair.stream().throttled()) : rule.withStatus(500);
    return disturb(throttles ? "throttled" : "500", rule, FAILING);
  }

  Blow slow() {
    return disturb(
        DELAY.toMillis() + " ms", positions().onWrites(FaultKind.LATENCY).withDelay(DELAY), SLOW);
  }

  private Blow disturb(String how, FaultRule rule, Duration time) {
    Set<String> active = site.activeShards();
    return new Disturbance(site, how + ", ", rule, time, active) {
      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        awaitWritten(active);
        return OptionalLong.empty();
      }
    };
  }

  /** Returns when the ledger has taken a position of each of some shards again. */
  void awaitWritten(Set<String> shards) throws IOException, InterruptedException {
    long from = site.now();
    ground.await(
        "shards %s are written to the ledger again".formatted(shards),
        () ->
            positions().writes().stream()
                .filter(write -> write.at() >= from)
                .map(Ledger.Write::shard)
                .collect(Collectors.toSet())
                .containsAll(shards));
  }

  private PositionStore positions() {
    return ground.positions().orElseThrow();
  }
}
