// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.StoredStream.StoredRecord;
import io.millrace.e2e.stage.SubscriptionConsole;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Others who lay hands on a subscription of DataHub. */
final class SubscriptionFaults {

  private final FaultSite site;
  private final ProvingGround ground;
  private final RestartFaults restarts;
  private final LedgerFaults ledger;
  private String stolenFrom = "";

  SubscriptionFaults(FaultSite site, RestartFaults restarts, LedgerFaults ledger) {
    this.site = site;
    this.ground = site.ground;
    this.restarts = restarts;
    this.ledger = ledger;
  }

  /** A job forgives that once: a second time without a new start would rightly end it. */
  void prepareToSteal() throws Exception {
    if (stolenFrom.equals(ground.jobId())) {
      site.log.add(restarts.rescale());
      site.awaitSteady();
    }
  }

  Blow steal() {
    stolenFrom = ground.jobId();
    Set<String> active = site.activeShards();
    long at = site.now();
    console().openSession(List.copyOf(active));
    return new Blow(at, "of %d shards".formatted(active.size())) {
      @Override
      void pass() {}

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        ledger.awaitWritten(active);
        return OptionalLong.empty();
      }
    };
  }

  FaultLog.Entry reset() throws IOException, InterruptedException {
    String shard = site.pick(ground.shardsWithHistory());
    StoredRecord last = ground.recordBefore(shard, 1 + site.below(ProvingGround.HISTORY - 1));
    long target = last.sequence() + 1;
    long mark = ground.calls.mark();
    long at = site.now();
    console().reset(shard, last.sequence(), last.time());
    ground.awaitStart(shard, target, mark);
    long moved = site.now();
    site.awaitCheckpoint(moved);
    site.moved(shard, target, at, site.now());
    return site.recovered(
        Fault.OFFSET_RESET, at, moved, "shard %s to sequence %d".formatted(shard, target));
  }

  private SubscriptionConsole console() {
    return (SubscriptionConsole) ground.positions().orElseThrow();
  }
}
