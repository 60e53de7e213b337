// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** A function that fails, hangs, or whose answers are lost. */
final class FunctionFaults {

  /** Longer than the function's timeout, so that the calls are given up. */
  private static final Duration HANG = ProvingGround.FUNCTION_TIMEOUT.plusSeconds(2);

  private static final Duration FAILING = Duration.ofSeconds(4);
  private static final int RESETS = 8;
  private static final Duration RESETTING = Duration.ofSeconds(8);

  private final FaultSite site;
  private final ProvingGround ground;

  FunctionFaults(FaultSite site) {
    this.site = site;
    this.ground = site.ground;
  }

  FaultLog.Entry fail() throws IOException, InterruptedException {
    String shard = site.pick(ground.activeShards());
    long others = ground.gauge.delivered() - ground.gauge.delivered(shard);
    FaultSite.Struck struck =
        site.during(FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR).onShard(shard), FAILING);
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
    Set<String> active = site.activeShards();
    FaultSite.Struck struck = site.during(FaultRule.of(FaultTarget.FUNCTION, FaultKind.HANG), HANG);
    site.awaitDelivered(active, ground.calls.mark());
    return site.done(
        Fault.FUNCTION_HANGS, struck.at(), "all shards, %d calls".formatted(struck.calls()));
  }

  FaultLog.Entry reset() throws IOException, InterruptedException {
    long at = site.now();
    FaultRule rule =
        FaultRule.of(FaultTarget.FUNCTION, FaultKind.DROP_AFTER).withProbability(0.2).times(RESETS);
    long id = ground.faults().add(rule);
    long deadline = System.nanoTime() + RESETTING.toNanos();
    while (site.strikes(rule, id) < RESETS && System.nanoTime() < deadline) {
      Pause.briefly();
    }
    int struck = site.strikes(rule, id);
    ground.faults().remove(id);
    if (struck == 0) {
      throw new IOException("no call came to be reset; " + ground.diagnosis());
    }
    site.awaitDelivered(site.activeShards(), ground.calls.mark());
    return site.done(Fault.RESET_AFTER_PROCESSING, at, struck + " calls");
  }
}
