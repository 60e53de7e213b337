// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Crash;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Planned stops, and what goes on after them. */
final class RestartFaults {

  /** How often a kill may come too late before the proof gives up. */
  private static final int TRIES = 3;

  /** How long after a rescale the first checkpoint is put off, at the first try. */
  private static final int FIRST_CHECKPOINT_SECONDS = 10;

  private final FaultSite site;
  private final ProvingGround ground;
  private final KillFaults kills;

  RestartFaults(FaultSite site, KillFaults kills) {
    this.site = site;
    this.ground = site.ground;
    this.kills = kills;
  }

  FaultLog.Entry rescale() throws Exception {
    int before = ground.parallelism();
    int after = site.otherParallelism();
    Set<String> active = site.activeShards();
    long at = site.now();
    String savepoint = ground.stop();
    long stopped = site.now();
    long mark = ground.calls.mark();
    ground.submit(after, Optional.of(savepoint), Map.of());
    long recovered = site.awaitDelivered(active, mark);
    return site.recovered(
        Fault.PLANNED_RESCALE,
        at,
        recovered,
        "parallelism %d to %d, stopped in %.1f s".formatted(before, after, (stopped - at) / 1e6));
  }

  /** There and back; Flink begins the job anew from its last checkpoint each time. */
  FaultLog.Entry rescaleInPlace() throws IOException, InterruptedException {
    int before = ground.parallelism();
    int meanwhile = site.otherParallelism();
    Set<String> active = site.activeShards();
    long at = site.now();
    long recovered = at;
    for (int parallelism : List.of(meanwhile, before)) {
      long asked = site.now();
      ground.rescaleInPlace(parallelism);
      site.log.add(Crash.ofJob(asked, site.now()));
      recovered = site.awaitDelivered(active, ground.calls.mark());
    }
    return site.recovered(
        Fault.IN_PLACE_RESCALE,
        at,
        recovered,
        "parallelism %d to %d to %d".formatted(before, meanwhile, before));
  }

  FaultLog.Entry killAfterRescale() throws Exception {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) {
        site.awaitSteady();
      }
      Optional<FaultLog.Entry> made = killBeforeFirstCheckpoint(attempt);
      if (made.isPresent()) {
        return made.get();
      }
    }
    throw new IOException(
        "%s: %d times the kill came after the first checkpoint; %s"
            .formatted(Fault.KILL_AFTER_RESCALE.title(), TRIES, ground.diagnosis()));
  }

  /** Nothing where a checkpoint was quicker: then this was a rescale and a kill, one by one. */
  private Optional<FaultLog.Entry> killBeforeFirstCheckpoint(int attempt) throws Exception {
    int before = ground.parallelism();
    int after = site.otherParallelism();
    String savepoint = ground.stop();
    long stopped = site.now();
    long mark = ground.calls.mark();
    // So that there is time for a kill before the first checkpoint, and more at each try.
    int seconds = FIRST_CHECKPOINT_SECONDS * attempt;
    ground.submit(
        after,
        Optional.of(savepoint),
        Map.of(
            "flink.execution.checkpointing.interval", seconds + " s",
            "flink.execution.checkpointing.min-pause", seconds - 1 + " s"));
    ground.await("a delivery after the rescale", () -> ground.gauge.acknowledgedSince(stopped));
    FaultLog.Entry made =
        kills.taskManagerSince(
            mark,
            Fault.KILL_AFTER_RESCALE,
            "parallelism %d to %d, before the first checkpoint%s: "
                .formatted(before, after, attempt == 1 ? "" : " at try " + attempt));
    // What was triggered before the kill and completed needed the victim's answer.
    return ground.watch.triggeredBetween(stopped, made.at()) == 0
        ? Optional.of(made)
        : Optional.empty();
  }

  /** Goes on from a savepoint that records were delivered after, though there is a newer one. */
  FaultLog.Entry oldSavepoint(Fault fault, boolean rewinds) throws Exception {
    Set<String> active = site.activeShards();
    long triggered = site.now();
    String old = ground.savepoint();
    long mark = ground.calls.mark();
    site.awaitDelivered(active, mark);
    long delivered = ground.gauge.delivered();
    site.awaitProgress();
    long at = site.now();
    ground.stop();
    long stopped = site.now();
    Map<String, String> keys = new HashMap<>();
    if (rewinds) {
      keys.put("delivery.on-restore", "rewind");
    }
    long calls = ground.calls.mark();
    ground.submit(ground.parallelism(), Optional.of(old), keys);
    site.log.add(Crash.ofOldState(stopped, site.now(), new Crash.State(triggered, rewinds)));
    long recovered = site.awaitDelivered(active, calls);
    return site.recovered(
        fault,
        at,
        recovered,
        "from a savepoint %.1f s old; more than %d records had been delivered since"
            .formatted((stopped - triggered) / 1e6, ground.gauge.delivered() - delivered));
  }
}
