// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.Pause;
import io.millrace.e2e.storage.StorageFault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A storage that refuses checkpoints, is full, or hangs. */
final class CheckpointFaults {

  /** So many fail before it is enough; each takes a second. */
  private static final int FAILED = 3;

  /** Several checkpoints long. */
  private static final Duration A_WHILE = Duration.ofSeconds(4);

  private final FaultSite site;
  private final ProvingGround ground;
  private final KillFaults kills;

  CheckpointFaults(FaultSite site, KillFaults kills) {
    this.site = site;
    this.ground = site.ground;
    this.kills = kills;
  }

  FaultLog.Entry fail() throws IOException, InterruptedException {
    return outlive(Fault.CHECKPOINT_FAILS, StorageFault.REFUSES, FAILED);
  }

  FaultLog.Entry diskFull() throws IOException, InterruptedException {
    return outlive(Fault.CHECKPOINT_DISK_FULL, StorageFault.FULL, FAILED);
  }

  /** One is enough: it takes all the time that it has. */
  FaultLog.Entry expire() throws IOException, InterruptedException {
    return outlive(Fault.CHECKPOINT_EXPIRES, StorageFault.HANGS, 1);
  }

  /** Every shard is delivered while checkpoints fail, and nothing restarts for that. */
  private FaultLog.Entry outlive(Fault fault, StorageFault how, int failures)
      throws IOException, InterruptedException {
    Set<String> active = site.activeShards();
    long begun = System.currentTimeMillis();
    long before = ground.gauge.delivered();
    long failed = ground.failedCheckpoints();
    long at = site.now();
    ground.storage.begin(how);
    try {
      ground.await(
          failures + " checkpoints fail", () -> ground.failedCheckpoints() >= failed + failures);
      site.awaitDelivered(active, ground.calls.mark());
    } finally {
      ground.storage.end();
    }
    long ended = site.now();
    String what =
        "%d checkpoints failed in %.1f s, meanwhile %d records were delivered"
            .formatted(
                ground.failedCheckpoints() - failed,
                (ended - at) / 1e6,
                ground.gauge.delivered() - before);
    if (ground.rest.hasFailedSince(ground.jobId(), begun)) {
      throw new IOException(
          "%s made the job restart: %s; %s".formatted(fault.title(), what, ground.diagnosis()));
    }
    site.awaitCheckpoint(ended);
    return site.done(fault, at, what);
  }

  /** Of a kind, of a process and for a time that are drawn. */
  FaultLog.Entry withKill() throws IOException, InterruptedException {
    StorageFault how = site.pick(List.of(StorageFault.values()));
    boolean jobManager = site.below(2) == 0;
    boolean lasts = site.below(2) == 0;
    ground.storage.begin(how);
    try {
      Pause.atLeast(A_WHILE);
      Blow kill = jobManager ? kills.strikeJobManager() : kills.strikeTaskManager();
      if (!lasts) {
        ground.storage.end();
      }
      kill.pass();
      OptionalLong recovered = kill.recover();
      ground.storage.end();
      site.awaitCheckpoint(site.now());
      return new FaultLog.Entry(
          Fault.KILL_WHILE_CHECKPOINTS_FAIL,
          kill.at(),
          site.now(),
          recovered,
          "the storage %s%s: %s"
              .formatted(
                  how.title(),
                  lasts ? " until records flow again" : " until the kill",
                  kill.what()));
    } finally {
      ground.storage.end();
    }
  }
}
