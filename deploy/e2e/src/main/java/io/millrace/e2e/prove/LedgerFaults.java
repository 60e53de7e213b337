// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.SubscriptionConsole;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.datahub.OffsetJournal.Action;
import io.millrace.emulator.datahub.TopicView.RecordView;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A ledger that fails or is slow, and others who lay hands on it. */
final class LedgerFaults {

  private static final String COMMIT = "commitSubscriptionOffset";
  private static final Duration FAILING = Duration.ofSeconds(5);
  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final Duration DELAY = Duration.ofMillis(800);

  private final FaultSite site;
  private final ProvingGround ground;
  private final RestartFaults restarts;
  private String stolenFrom = "";

  LedgerFaults(FaultSite site, RestartFaults restarts) {
    this.site = site;
    this.ground = site.ground;
    this.restarts = restarts;
  }

  FaultLog.Entry fail() throws IOException, InterruptedException {
    FaultRule rule = FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS).onOperation(COMMIT);
    boolean throttles = site.below(2) == 0;
    rule = throttles ? rule.withErrorCode("LimitExceeded") : rule.withStatus(500);
    Set<String> active = site.activeShards();
    long before = ground.gauge.delivered();
    FaultSite.Struck struck = site.during(rule, FAILING);
    long meanwhile = ground.gauge.delivered() - before;
    awaitWritten(active);
    return site.done(
        Fault.LEDGER_FAILS,
        struck.at(),
        "%s, %d calls, meanwhile %d records were delivered"
            .formatted(throttles ? "throttled" : "500", struck.calls(), meanwhile));
  }

  FaultLog.Entry slow() throws IOException, InterruptedException {
    long before = ground.gauge.delivered();
    FaultSite.Struck struck =
        site.during(
            FaultRule.of(FaultTarget.DATAHUB, FaultKind.LATENCY)
                .onOperation(COMMIT)
                .withDelay(DELAY),
            SLOW);
    long meanwhile = ground.gauge.delivered() - before;
    awaitWritten(site.activeShards());
    return site.done(
        Fault.LEDGER_SLOW,
        struck.at(),
        "%d ms, %d calls, meanwhile %d records were delivered"
            .formatted(DELAY.toMillis(), struck.calls(), meanwhile));
  }

  /** A job forgives that once: a second time without a new start would rightly end it. */
  FaultLog.Entry steal() throws Exception {
    if (stolenFrom.equals(ground.jobId())) {
      site.log.add(restarts.rescale());
      site.awaitSteady();
    }
    stolenFrom = ground.jobId();
    SubscriptionConsole console = ground.subscription().orElseThrow();
    Set<String> active = site.activeShards();
    long at = site.now();
    console.openSession(List.copyOf(active));
    awaitWritten(active);
    return site.done(Fault.SESSION_STOLEN, at, "of %d shards".formatted(active.size()));
  }

  FaultLog.Entry reset() throws IOException, InterruptedException {
    SubscriptionConsole console = ground.subscription().orElseThrow();
    String shard = site.pick(ground.shardsWithHistory());
    RecordView last = ground.recordBefore(shard, 1 + site.below(ProvingGround.HISTORY - 1));
    long target = last.sequence() + 1;
    long mark = ground.mark();
    long at = site.now();
    console.reset(shard, last.sequence(), last.systemTime());
    ground.awaitStart(shard, target, mark);
    long moved = site.now();
    site.awaitCheckpoint(moved);
    site.moved(shard, target, at, site.now());
    return site.recovered(
        Fault.OFFSET_RESET, at, moved, "shard %s to sequence %d".formatted(shard, target));
  }

  /** Returns when the ledger has taken a position of each of some shards again. */
  private void awaitWritten(Set<String> shards) throws IOException, InterruptedException {
    long from = ground.offsets().size();
    ground.await(
        "shards %s are written to the ledger again".formatted(shards),
        () ->
            ground.offsets().entries(from).stream()
                .filter(entry -> entry.action() == Action.COMMIT && entry.accepted())
                .map(OffsetJournal.Entry::shard)
                .collect(Collectors.toSet())
                .containsAll(shards));
  }
}
