// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.StoredStream.Shard;
import io.millrace.e2e.stage.StoredStream.StoredRecord;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.model.StartPosition;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Operators who move shards of the running job. */
final class SeekFaults {

  /** So many records wait behind the envelope that a shard is moved past. */
  private static final int BACKLOG = 10;

  /** How far all shards are moved back. */
  private static final long BACK_MILLIS = 3_000;

  private final FaultSite site;
  private final ProvingGround ground;
  private final KillFaults kills;

  SeekFaults(FaultSite site, KillFaults kills) {
    this.site = site;
    this.ground = site.ground;
    this.kills = kills;
  }

  FaultLog.Entry back() throws Exception {
    String shard = site.pick(ground.shardsWithHistory());
    long target = behind(shard);
    long mark = ground.calls.mark();
    long at = site.now();
    try (Seek seek = seek(shard, target)) {
      seek.awaitDurable();
    }
    site.moved(shard, target, at, site.now());
    ground.awaitStart(shard, target, mark);
    return site.done(Fault.SEEK_BACK, at, "shard %s to sequence %d".formatted(shard, target));
  }

  FaultLog.Entry forward() throws Exception {
    String shard = site.pick(ground.activeShards());
    FaultRule rule = FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR).onShard(shard);
    long id = ground.faults().add(rule);
    try {
      ground.await("a call that fails", () -> site.strikes(rule, id) > 0);
      long behind = ground.stored().shard(shard).next();
      ground.await(
          "records wait in shard " + shard,
          () -> ground.stored().shard(shard).next() >= behind + BACKLOG);
      long target = behind + site.below(BACKLOG);
      long mark = ground.calls.mark();
      long at = site.now();
      try (Seek seek = seek(shard, target)) {
        seek.awaitDurable();
      }
      site.moved(shard, target, at, site.now());
      ground.awaitStart(shard, target, mark);
      ground.faults().remove(id);
      site.awaitDelivered(Set.of(shard), ground.calls.mark());
      return site.done(Fault.SEEK_FORWARD, at, "shard %s to sequence %d".formatted(shard, target));
    } finally {
      ground.faults().remove(id);
    }
  }

  FaultLog.Entry all() throws Exception {
    long time = System.currentTimeMillis() - BACK_MILLIS;
    Map<String, Long> targets = new TreeMap<>();
    Map<String, Long> known = new TreeMap<>();
    for (Shard shard : ground.stored().shards()) {
      OptionalLong first =
          ground.stored().records(shard.id()).stream()
              .filter(record -> record.time() >= time)
              .mapToLong(StoredRecord::sequence)
              .findFirst();
      targets.put(shard.id(), first.orElse(shard.next()));
      first.ifPresent(sequence -> known.put(shard.id(), sequence));
    }
    long mark = ground.calls.mark();
    long at = site.now();
    Set<String> moved;
    try (Seek seek = new Seek(ground, Optional.empty(), new StartPosition.At(time))) {
      moved = seek.awaitDurable();
    }
    long durable = site.now();
    moved.forEach(shard -> site.moved(shard, targets.get(shard), at, durable));
    known.keySet().retainAll(moved);
    for (Map.Entry<String, Long> target : known.entrySet()) {
      ground.awaitStart(target.getKey(), target.getValue(), mark);
    }
    return site.done(
        Fault.SEEK_ALL,
        at,
        "%d shards by %.1f s, %d of them had records since"
            .formatted(moved.size(), BACK_MILLIS / 1e3, known.size()));
  }

  FaultLog.Entry withKill() throws Exception {
    String shard = site.pick(ground.shardsWithHistory());
    long target = behind(shard);
    long mark = ground.calls.mark();
    long at = site.now();
    FaultLog.Entry made;
    try (Seek seek = seek(shard, target)) {
      seek.awaitApplied();
      String what = "shard %s to sequence %d, then ".formatted(shard, target);
      made =
          site.below(2) == 0
              ? kills.jobManager(Fault.KILL_DURING_SEEK, what)
              : kills.taskManagerOf(shard, Fault.KILL_DURING_SEEK, what);
      seek.awaitDurable();
    }
    site.moved(shard, target, at, site.now());
    ground.awaitStart(shard, target, mark);
    return made;
  }

  /** The sequence of a record that was delivered a little while ago. */
  private long behind(String shard) {
    return ground.recordBefore(shard, site.below(ProvingGround.HISTORY)).sequence();
  }

  private Seek seek(String shard, long target) {
    return new Seek(ground, Optional.of(shard), new StartPosition.Sequences(Map.of(shard, target)));
  }
}
