// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.fault.FaultRule;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/** A rule of the emulators that is left in force for some time from the first call it strikes. */
class Disturbance extends Blow {

  private final FaultSite site;
  private final FaultRule rule;
  private final Duration time;
  private final Set<String> shards;
  private final long id;
  private final long before;
  private long meanwhile;
  private int struck;

  /**
   * Puts the rule into force.
   *
   * @param shards that it strikes
   */
  Disturbance(FaultSite site, String what, FaultRule rule, Duration time, Set<String> shards) {
    super(site.now(), what);
    this.site = site;
    this.rule = rule;
    this.time = time;
    this.shards = Set.copyOf(shards);
    before = site.ground.gauge.delivered();
    id = site.ground.faults().add(rule);
  }

  @Override
  final String what() {
    return "%s%d calls, meanwhile %d records were delivered"
        .formatted(super.what(), struck, meanwhile);
  }

  @Override
  final void pass() throws IOException, InterruptedException {
    try {
      site.ground.await(
          "a call that meets " + rule.kind().name().toLowerCase(Locale.ROOT), () -> strikes() > 0);
      last();
      struck = strikes();
      meanwhile = site.ground.gauge.delivered() - before;
    } finally {
      site.ground.faults().remove(id);
    }
  }

  /** Returns when it has been in force for long enough. */
  void last() throws IOException, InterruptedException {
    Pause.atLeast(time);
  }

  /** How many calls it has struck. */
  final int strikes() {
    return site.strikes(rule, id);
  }

  /** Returns when every shard that it struck is delivered. */
  @Override
  OptionalLong recover() throws IOException, InterruptedException {
    site.awaitDelivered(shards, site.ground.calls.mark());
    return OptionalLong.empty();
  }
}
