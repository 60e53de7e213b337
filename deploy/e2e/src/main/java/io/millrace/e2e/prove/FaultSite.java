// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Move;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.Faults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The ground as a fault sees it: what it meets, what must come about after it, what is chosen. */
final class FaultSite {

  /** So many records must have been delivered since the last fault. */
  private static final long PROGRESS = 100;

  final ProvingGround ground;
  final FaultLog log;
  private final Random random;

  FaultSite(ProvingGround ground, FaultLog log, Random random) {
    this.ground = ground;
    this.log = log;
    this.random = random;
  }

  long now() {
    return ground.journal().now();
  }

  /** Every subtask runs, records flow, and there is a checkpoint of it. */
  void awaitSteady() throws IOException, InterruptedException {
    ground.awaitRunning();
    long now = now();
    awaitProgress();
    awaitCheckpoint(now);
  }

  /** Returns when some more records are delivered. */
  void awaitProgress() throws IOException, InterruptedException {
    long delivered = ground.gauge.delivered();
    ground.await("progress", () -> ground.gauge.delivered() >= delivered + PROGRESS);
  }

  /** Returns when a checkpoint is complete that was triggered after a moment. */
  void awaitCheckpoint(long moment) throws IOException, InterruptedException {
    ground.await("a checkpoint", () -> ground.watch.triggeredSince(moment) > 0);
  }

  /** The shards that take records now, a copy. */
  Set<String> activeShards() {
    return new TreeSet<>(ground.activeShards());
  }

  /** Returns when every one of some shards has been acknowledged again, with the moment it was. */
  long awaitDelivered(Set<String> shards, long mark) throws IOException, InterruptedException {
    return awaitDelivered(shards, mark, call -> true);
  }

  /** The same, by calls that satisfy a condition. */
  long awaitDelivered(Set<String> shards, long mark, Predicate<Calls.Call> which)
      throws IOException, InterruptedException {
    ground.await(
        "shards %s are delivered again".formatted(shards),
        () -> ground.calls.acknowledged(shards, mark, which).keySet().containsAll(shards));
    return Collections.max(ground.calls.acknowledged(shards, mark, which).values());
  }

  /** The TaskManagers that call for shards, by number. */
  Map<Integer, Set<String>> busyTaskManagers() throws IOException {
    return busyTaskManagers(0);
  }

  /** Those that have called since a mark, when shards may have been with others before. */
  Map<Integer, Set<String>> busyTaskManagers(long mark) throws IOException {
    Map<Integer, Set<String>> busy = new TreeMap<>();
    ground
        .cluster
        .taskManagerPids()
        .forEach(
            (number, pid) -> {
              Set<String> shards = ground.calls.shardsOf(pid, ground.activeShards(), mark);
              if (!shards.isEmpty() && !ground.spares(number)) {
                busy.put(number, shards);
              }
            });
    if (busy.isEmpty()) {
      throw new IOException("no TaskManager has called the function; " + ground.diagnosis());
    }
    return busy;
  }

  /** Another parallelism than the job has, which the cluster has slots for. */
  int otherParallelism() {
    List<Integer> others = new ArrayList<>();
    for (int i = 2; i <= ground.slots; i++) {
      if (i != ground.parallelism()) {
        others.add(i);
      }
    }
    return pick(others);
  }

  <T> T pick(Collection<T> choice) {
    return List.copyOf(choice).get(random.nextInt(choice.size()));
  }

  /** Less than a number. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** An operator has moved a shard. */
  void moved(String shard, long sequence, long asked, long durable) {
    log.add(new Move(shard, sequence, asked, durable));
    ground.gauge.goesOnAt(shard, sequence);
  }

  // ---- rules of the emulators ----

  /** How many calls a rule in force has struck. */
  int strikes(FaultRule rule, long id) {
    return ground.faults().list(rule.target()).stream()
        .filter(listed -> listed.id() == id)
        .mapToInt(Faults.Listed::strikes)
        .sum();
  }

  /** Waits until a blow is over and records flow again. */
  FaultLog.Entry seenThrough(Fault fault, String why, Blow blow)
      throws IOException, InterruptedException {
    blow.pass();
    OptionalLong recovered = blow.recover();
    return new FaultLog.Entry(fault, blow.at(), now(), recovered, why + blow.what());
  }

  /** A fault that is over now, and cut nothing off. */
  FaultLog.Entry done(Fault fault, long at, String what) {
    return new FaultLog.Entry(fault, at, now(), OptionalLong.empty(), what);
  }

  /** A fault that is over now, after which records were delivered again from a moment on. */
  FaultLog.Entry recovered(Fault fault, long at, long recovered, String what) {
    return new FaultLog.Entry(fault, at, now(), OptionalLong.of(recovered), what);
  }
}
