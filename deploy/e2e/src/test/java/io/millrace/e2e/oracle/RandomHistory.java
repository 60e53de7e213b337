// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.GroundTruth.Written;
import io.millrace.e2e.oracle.Invocation.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What a job that keeps its promises might leave in the journal, drawn from a seed: three
 * processes, checkpoints, planned stops, kills of processes and of the whole job, failing, cut and
 * hanging calls, shards that continue others.
 */
final class RandomHistory {

  private static final int SLOTS = 3;
  private static final long END = 4_000_000;

  /** A checkpoint with the moment at which every shard's position was taken. */
  private record Snapshot(Checkpoint checkpoint, long taken) {}

  private record Outage(Crash crash, int slot) {}

  private final Random random;
  private final List<Snapshot> snapshots = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final List<ShardTruth> shards = new ArrayList<>();
  private final List<Invocation> journal = new ArrayList<>();
  private final Map<String, Long> durablyDrained = new HashMap<>();
  private final List<Ledger.Write> writes = new ArrayList<>();
  private final Ledger.Mode mode;
  private long id;

  private RandomHistory(long seed) {
    random = new Random(seed);
    List<Ledger.Mode> modes = List.of(Ledger.Mode.values());
    mode = modes.get(random.nextInt(modes.size()));
  }

  static Evidence of(long seed) {
    return new RandomHistory(seed).draw();
  }

  private Evidence draw() {
    timeline();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<String> parents = new ArrayList<>();
      if (i >= 3) {
        parents.add(ids.get(random.nextInt(ids.size())));
        String second = ids.get(random.nextInt(ids.size()));
        if (random.nextBoolean() && !parents.contains(second)) {
          parents.add(second);
        }
      }
      String shard = Integer.toString(i);
      ids.add(shard);
      int records = i == 4 ? 0 : 5 + random.nextInt(30);
      List<Written> written =
          LongStream.range(0, records)
              .mapToObj(s -> new Written(10 + 2 * s, Optional.of("k" + s % 5)))
              .toList();
      shards.add(new ShardTruth(shard, parents, written));
      deliver(i, parents, written);
    }
    return new Evidence(
        new GroundTruth(shards),
        journal,
        outages.stream().map(Outage::crash).toList(),
        snapshots.stream().map(Snapshot::checkpoint).toList(),
        new Terms(Duration.ofNanos(Scene.TIMEOUT * 1000), true),
        new Ledger(
            mode, writes.stream().sorted(Comparator.comparingLong(Ledger.Write::at)).toList()),
        List.of());
  }

  /** Checkpoints and faults, the faults far enough apart to recover in between. */
  private void timeline() {
    long time = 20_000;
    while (time < 10 * END) {
      long taken = time + random.nextInt(1_000);
      long acknowledged = taken + random.nextInt(2_000);
      snapshots.add(
          new Snapshot(
              new Checkpoint(time, taken, acknowledged, acknowledged + random.nextInt(5_000)),
              taken));
      time = acknowledged + 5_000 + random.nextInt(60_000);
    }
    int crashes = random.nextInt(4);
    long at = 0;
    for (int i = 0; i < crashes; i++) {
      at += 100_000 + random.nextInt(400_000);
      long over = at + 20_000 + random.nextInt(40_000);
      long died = at;
      // Nothing is snapshotted while it is down.
      snapshots.removeIf(
          s -> s.checkpoint().complete() > died - 1 && s.checkpoint().triggered() <= over);
      int slot = random.nextInt(SLOTS + 1);
      outages.add(
          slot == SLOTS
              ? new Outage(Crash.ofJob(at, over), slot)
              : new Outage(Crash.ofProcess(at, over, process(slot, at - 1)), slot));
    }
  }

  private String process(int slot, long time) {
    long deaths = outages.stream().filter(o -> o.slot() == slot && o.crash().at() <= time).count();
    return slot + "." + deaths;
  }

  private void deliver(int shard, List<String> parents, List<Written> records) {
    int slot = shard % SLOTS;
    long time =
        parents.stream().mapToLong(durablyDrained::get).max().orElse(0) + random.nextInt(5_000);
    List<Outage> mine =
        outages.stream()
            .filter(o -> o.crash().wholeJob() || o.slot() == slot)
            .sorted(Comparator.comparingLong(o -> o.crash().at()))
            .toList();
    for (Outage outage : mine) {
      // Nobody begins a shard while it is down.
      if (time >= outage.crash().at() && time <= outage.crash().over()) {
        time = outage.crash().over() + 1 + random.nextInt(2_000);
      }
    }
    NavigableMap<Long, Integer> positions = new TreeMap<>();
    NavigableMap<Long, Integer> written = new TreeMap<>();
    written.put(Long.MIN_VALUE, 0);
    positions.put(Long.MIN_VALUE, 0);
    int next = 0;
    while (true) {
      if (next == records.size()) {
        // The end counts when a checkpoint has it; a crash before that takes it back.
        long drained = time;
        Snapshot durable =
            snapshots.stream()
                .filter(s -> s.taken() >= drained)
                .min(Comparator.comparingLong(Snapshot::taken))
                .orElseThrow();
        Outage crash = within(mine, drained, durable.checkpoint().complete());
        if (crash == null) {
          durablyDrained.put(Integer.toString(shard), durable.checkpoint().complete() + 1);
          return;
        }
        next = restore(crash, positions, written);
        time = crash.crash().over() + 1 + random.nextInt(2_000);
        continue;
      }
      int sealed = Math.min(records.size(), next + 1 + random.nextInt(5));
      Outage crash = attempts(shard, slot, records, next, sealed, time, mine);
      if (crash != null) {
        next = restore(crash, positions, written);
        time = crash.crash().over() + 1 + random.nextInt(2_000);
        continue;
      }
      next = sealed;
      time = journal.get(journal.size() - 1).end().orElseThrow();
      positions.put(time, next);
      time = write(Integer.toString(shard), records.get(next - 1), next, time, mine, written);
      time += random.nextInt(3_000);
      Outage idle = within(mine, journal.get(journal.size() - 1).end().orElseThrow(), time);
      if (idle != null) {
        next = restore(idle, positions, written);
        time = idle.crash().over() + 1 + random.nextInt(2_000);
      }
    }
  }

  /** One envelope until it is acknowledged, or until a crash, which is returned. */
  private Outage attempts(
      int shard, int slot, List<Written> records, int from, int to, long begin, List<Outage> mine) {
    String body =
        Scene.event(
            records.subList(from, to).stream()
                .map(r -> new RecordId(Integer.toString(shard), r.sequence()))
                .toList());
    long start = begin;
    while (true) {
      String process = process(slot, start);
      int dice = random.nextInt(20);
      long end = start + 1 + random.nextInt(8_000);
      long next;
      Fate fate;
      OptionalLong journalled = OptionalLong.of(end);
      if (dice < 16) {
        fate = Fate.ACKNOWLEDGED;
        next = end;
      } else if (dice < 18) {
        fate = Fate.FAILED;
        next = end + 500;
      } else if (dice < 19) {
        fate = Fate.CUT;
        next = start + Scene.TIMEOUT;
      } else {
        fate = Fate.UNKNOWN;
        journalled = OptionalLong.of(start + Scene.TIMEOUT);
        next = start + Scene.TIMEOUT;
      }
      journal.add(new Invocation(id++, start, journalled, process, body, fate));
      Outage crash = within(mine, start, next);
      if (crash != null) {
        return crash;
      }
      if (fate == Fate.ACKNOWLEDGED) {
        return null;
      }
      start = next + random.nextInt(1_000);
      crash = within(mine, next, start);
      if (crash != null) {
        return crash;
      }
    }
  }

  private static Outage within(List<Outage> mine, long from, long to) {
    return mine.stream()
        .filter(o -> o.crash().at() >= from && o.crash().at() <= to)
        .findFirst()
        .orElse(null);
  }

  /** Writes a position down, one write at a time, and tells when the next call may be made. */
  private long write(
      String shard,
      Written last,
      int next,
      long time,
      List<Outage> mine,
      NavigableMap<Long, Integer> written) {
    if (mode == Ledger.Mode.NONE || time < written.lastKey()) {
      return time;
    }
    long accepted = time + random.nextInt(2_000);
    if (within(mine, time, accepted) == null) {
      written.put(accepted, next);
      writes.add(new Ledger.Write(accepted, shard, last.sequence()));
    }
    return mode == Ledger.Mode.STRICT ? accepted : time;
  }

  private int restore(
      Outage outage, NavigableMap<Long, Integer> positions, NavigableMap<Long, Integer> written) {
    int position =
        snapshots.stream()
            .filter(s -> s.checkpoint().complete() <= outage.crash().at())
            .max(Comparator.comparingLong(Snapshot::taken))
            .map(s -> positions.floorEntry(s.taken()).getValue())
            .orElse(0);
    position = Math.max(position, written.floorEntry(outage.crash().at()).getValue());
    positions.put(outage.crash().at(), position);
    return position;
  }
}
