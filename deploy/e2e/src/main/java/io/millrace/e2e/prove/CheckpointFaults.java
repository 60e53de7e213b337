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

  Blow fail() throws IOException {
    return strike(StorageFault.REFUSES, FAILED);
  }

  Blow diskFull() throws IOException {
    return strike(StorageFault.FULL, FAILED);
  }

  /** One is enough: it takes all the time that it has. */
  Blow expire() throws IOException {
    return strike(StorageFault.HANGS, 1);
  }

  /** Until so many have failed, and every shard was delivered meanwhile. */
  private Blow strike(StorageFault how, int failures) throws IOException {
    Set<String> active = site.activeShards();
    long before = ground.gauge.delivered();
    long at = site.now();
    ground.storage.begin(how);
    return new Blow(at, "the storage " + how.title()) {
      private long failed;
      private long meanwhile;

      @Override
      String what() {
        return "%s, %d checkpoints failed, meanwhile %d records were delivered"
            .formatted(super.what(), failed, meanwhile);
      }

      @Override
      void pass() throws IOException, InterruptedException {
        // A JobManager that was killed meanwhile has counted from zero.
        long failedBefore = ground.failedCheckpoints();
        try {
          ground.await(
              failures + " checkpoints fail",
              () -> ground.failedCheckpoints() >= failedBefore + failures);
          site.awaitDelivered(active, ground.calls.mark());
          failed = ground.failedCheckpoints() - failedBefore;
          meanwhile = ground.gauge.delivered() - before;
        } finally {
          ground.storage.end();
        }
      }

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        site.awaitCheckpoint(site.now());
        return OptionalLong.empty();
      }
    };
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
