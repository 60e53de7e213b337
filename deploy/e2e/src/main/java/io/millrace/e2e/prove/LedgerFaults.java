// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.stage.PositionStore;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
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

  FaultLog.Entry fail() throws IOException, InterruptedException {
    FaultRule rule = positions().onWrites(FaultKind.STATUS);
    boolean throttles = site.below(2) == 0;
    rule = throttles ? rule.withErrorCode(ground.pair.stream().throttled()) : rule.withStatus(500);
    return disturb(Fault.LEDGER_FAILS, throttles ? "throttled" : "500", rule, FAILING);
  }

  FaultLog.Entry slow() throws IOException, InterruptedException {
    return disturb(
        Fault.LEDGER_SLOW,
        DELAY.toMillis() + " ms",
        positions().onWrites(FaultKind.LATENCY).withDelay(DELAY),
        SLOW);
  }

  private FaultLog.Entry disturb(Fault fault, String how, FaultRule rule, Duration time)
      throws IOException, InterruptedException {
    Set<String> active = site.activeShards();
    long before = ground.gauge.delivered();
    FaultSite.Struck struck = site.during(rule, time);
    long meanwhile = ground.gauge.delivered() - before;
    awaitWritten(active);
    return site.done(
        fault,
        struck.at(),
        "%s, %d calls, meanwhile %d records were delivered"
            .formatted(how, struck.calls(), meanwhile));
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
