// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Makes faults, one at a time, each once the one before it is over and records flow again. */
final class FaultMaker {

  /** So many records must have been delivered since the last fault. */
  private static final long PROGRESS = 100;

  /** Longer than the function's timeout, so that the calls are given up. */
  private static final Duration HANG = ProvingGround.FUNCTION_TIMEOUT.plusSeconds(2);

  private static final Duration FAILING = Duration.ofSeconds(4);

  /** How often a kill may come too late before the proof gives up. */
  private static final int TRIES = 3;

  /** How long after a rescale the first checkpoint is put off, at the first try. */
  private static final int FIRST_CHECKPOINT_SECONDS = 10;

  private static final int RESETS = 8;
  private static final Duration RESETTING = Duration.ofSeconds(8);

  private final ProvingGround ground;
  private final FaultLog log;
  private final Random random;

  FaultMaker(ProvingGround ground, FaultLog log, Random random) {
    this.ground = ground;
    this.log = log;
    this.random = random;
  }

  /** Makes one fault and returns when it is over. */
  FaultLog.Entry make(Fault fault) throws Exception {
    awaitSteady();
    FaultLog.Entry made =
        switch (fault) {
          case TASKMANAGER_KILL -> killTaskManager(fault, "");
          case JOBMANAGER_KILL -> killJobManager();
          case PLANNED_RESCALE -> rescale();
          case KILL_AFTER_RESCALE -> killAfterRescale();
          case SPLIT -> split();
          case MERGE -> merge();
          case FUNCTION_FAILS -> fail();
          case FUNCTION_HANGS -> hang();
          case RESET_AFTER_PROCESSING -> reset();
        };
    log.add(made);
    return made;
  }

  /** Every subtask runs, records flow, and there is a checkpoint of it. */
  private void awaitSteady() throws IOException, InterruptedException {
    ground.awaitRunning();
    long now = ground.journal().now();
    long delivered = ground.gauge.delivered();
    ground.await(
        "progress before the next fault", () -> ground.gauge.delivered() >= delivered + PROGRESS);
    ground.await("a checkpoint before the next fault", () -> ground.watch.triggeredSince(now) > 0);
  }

  // ---- processes ----

  private FaultLog.Entry killTaskManager(Fault fault, String why)
      throws IOException, InterruptedException {
    SortedMap<Integer, Set<String>> busy = new TreeMap<>();
    SortedMap<Integer, Long> pids = ground.cluster.taskManagerPids();
    pids.forEach(
        (number, pid) -> {
          Set<String> shards = ground.shardsOf(pid);
          if (!shards.isEmpty()) {
            busy.put(number, shards);
          }
        });
    if (busy.isEmpty()) {
      throw new IOException("no TaskManager has called the function; " + ground.diagnosis());
    }
    int victim = pick(new ArrayList<>(busy.keySet()));
    String process = Long.toString(pids.get(victim));
    long mark = ground.mark();
    long at = ground.journal().now();
    ground.cluster.killTaskManager(victim);
    ground.cluster.startTaskManager();
    long recovered =
        awaitDelivered(busy.get(victim), mark, call -> !call.process().equals(process));
    log.add(Crash.ofProcess(at, recovered, process));
    ground.awaitRunning();
    return new FaultLog.Entry(
        fault,
        at,
        ground.journal().now(),
        OptionalLong.of(recovered),
        why + "taskmanager-%d, shards %s".formatted(victim, busy.get(victim)));
  }

  private FaultLog.Entry killJobManager() throws IOException, InterruptedException {
    long pid = ground.cluster.jobManagerPid();
    Set<String> active = new TreeSet<>(ground.activeShards());
    long at = ground.journal().now();
    ground.cluster.killJobManager();
    ground.cluster.startJobManager();
    ground.awaitRunning();
    long running = ground.journal().now();
    log.add(Crash.ofJob(at, running));
    long recovered = awaitDelivered(active, ground.mark(), call -> true);
    return new FaultLog.Entry(
        Fault.JOBMANAGER_KILL,
        at,
        ground.journal().now(),
        OptionalLong.of(recovered),
        "pid " + pid);
  }

  // ---- planned ----

  private FaultLog.Entry rescale() throws Exception {
    int before = ground.parallelism();
    int after = otherParallelism();
    Set<String> active = new TreeSet<>(ground.activeShards());
    long at = ground.journal().now();
    String savepoint = ground.stop();
    long stopped = ground.journal().now();
    long mark = ground.mark();
    ground.submit(after, Optional.of(savepoint), Map.of());
    long recovered = awaitDelivered(active, mark, call -> true);
    return new FaultLog.Entry(
        Fault.PLANNED_RESCALE,
        at,
        ground.journal().now(),
        OptionalLong.of(recovered),
        "parallelism %d to %d, stopped in %.1f s".formatted(before, after, (stopped - at) / 1e6));
  }

  private FaultLog.Entry killAfterRescale() throws Exception {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) {
        awaitSteady();
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
    int after = otherParallelism();
    String savepoint = ground.stop();
    long stopped = ground.journal().now();
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
        killTaskManager(
            Fault.KILL_AFTER_RESCALE,
            "parallelism %d to %d, before the first checkpoint%s: "
                .formatted(before, after, attempt == 1 ? "" : " at try " + attempt));
    // What was triggered before the kill and completed needed the victim's answer.
    return ground.watch.triggeredBetween(stopped, made.at()) == 0
        ? Optional.of(made)
        : Optional.empty();
  }

  private int otherParallelism() {
    List<Integer> others = new ArrayList<>();
    for (int i = 2; i <= ground.slots; i++) {
      if (i != ground.parallelism()) {
        others.add(i);
      }
    }
    return pick(others);
  }

  // ---- the stream ----

  private FaultLog.Entry split() throws IOException, InterruptedException {
    String shard = pick(ground.producer.activeShards());
    long at = ground.journal().now();
    List<String> children = ground.producer.split(shard);
    return handedOver(Fault.SPLIT, at, "%s into %s".formatted(shard, children), children);
  }

  private FaultLog.Entry merge() throws IOException, InterruptedException {
    List<String> active = ground.producer.activeShards();
    if (active.size() < 2) {
      throw new IOException("merge: there is only one active shard");
    }
    int left = random.nextInt(active.size() - 1);
    long at = ground.journal().now();
    String child = ground.producer.merge(active.get(left), active.get(left + 1));
    return handedOver(
        Fault.MERGE,
        at,
        "%s and %s into %s".formatted(active.get(left), active.get(left + 1), child),
        List.of(child));
  }

  private FaultLog.Entry handedOver(Fault fault, long at, String what, List<String> children)
      throws IOException, InterruptedException {
    for (String child : children) {
      ground.await(
          "shard %s, child of a %s, is delivered".formatted(child, fault.title()),
          () -> ground.gauge.delivered(child) > 0);
    }
    return new FaultLog.Entry(fault, at, ground.journal().now(), OptionalLong.empty(), what);
  }

  // ---- the function ----

  private FaultLog.Entry fail() throws IOException, InterruptedException {
    String shard = pick(ground.activeShards());
    long others = ground.gauge.delivered() - ground.gauge.delivered(shard);
    Struck struck =
        during(FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR).onShard(shard), FAILING);
    long mark = ground.mark();
    long went = ground.gauge.delivered() - ground.gauge.delivered(shard) - others;
    awaitDelivered(Set.of(shard), mark, call -> true);
    return new FaultLog.Entry(
        Fault.FUNCTION_FAILS,
        struck.at(),
        ground.journal().now(),
        OptionalLong.empty(),
        "shard %s, %d calls, meanwhile %d records of the others"
            .formatted(shard, struck.calls(), went));
  }

  private FaultLog.Entry hang() throws IOException, InterruptedException {
    Set<String> active = new TreeSet<>(ground.activeShards());
    Struck struck = during(FaultRule.of(FaultTarget.FUNCTION, FaultKind.HANG), HANG);
    awaitDelivered(active, ground.mark(), call -> true);
    return new FaultLog.Entry(
        Fault.FUNCTION_HANGS,
        struck.at(),
        ground.journal().now(),
        OptionalLong.empty(),
        "all shards, %d calls".formatted(struck.calls()));
  }

  private FaultLog.Entry reset() throws IOException, InterruptedException {
    Faults faults = ground.emulator.functions().faults();
    long at = ground.journal().now();
    long rule =
        faults.add(
            FaultRule.of(FaultTarget.FUNCTION, FaultKind.DROP_AFTER)
                .withProbability(0.2)
                .times(RESETS));
    long deadline = System.nanoTime() + RESETTING.toNanos();
    while (strikes(faults, rule) < RESETS && System.nanoTime() < deadline) {
      Pause.briefly();
    }
    int struck = strikes(faults, rule);
    faults.remove(rule);
    if (struck == 0) {
      throw new IOException("no call came to be reset; " + ground.diagnosis());
    }
    awaitDelivered(new TreeSet<>(ground.activeShards()), ground.mark(), call -> true);
    return new FaultLog.Entry(
        Fault.RESET_AFTER_PROCESSING,
        at,
        ground.journal().now(),
        OptionalLong.empty(),
        struck + " calls");
  }

  private static int strikes(Faults faults, long rule) {
    return faults.list(FaultTarget.FUNCTION).stream()
        .filter(listed -> listed.id() == rule)
        .mapToInt(Faults.Listed::strikes)
        .sum();
  }

  /**
   * What a rule did.
   *
   * @param at when the first call could meet it
   * @param calls how many did
   */
  private record Struck(long at, int calls) {}

  /** Leaves a rule in force for some time from the first call that it strikes. */
  private Struck during(FaultRule rule, Duration time) throws IOException, InterruptedException {
    Faults faults = ground.emulator.functions().faults();
    long at = ground.journal().now();
    long id = faults.add(rule);
    try {
      ground.await(
          "a call that meets " + rule.kind().name().toLowerCase(Locale.ROOT),
          () -> strikes(faults, id) > 0);
      long deadline = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < deadline) {
        Pause.briefly();
      }
      return new Struck(at, strikes(faults, id));
    } finally {
      faults.remove(id);
    }
  }

  /** Returns when every one of some shards has been acknowledged again, with the moment it was. */
  private long awaitDelivered(Set<String> shards, long mark, Predicate<ProvingGround.Call> which)
      throws IOException, InterruptedException {
    ground.await(
        "shards %s are delivered again".formatted(shards),
        () -> ground.acknowledged(shards, mark, which).keySet().containsAll(shards));
    return Collections.max(ground.acknowledged(shards, mark, which).values());
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
