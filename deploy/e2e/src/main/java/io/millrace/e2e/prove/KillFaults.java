// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Processes that die, or stand still so long that they are given up. */
final class KillFaults {

  /** Longer than the lease, so that calls that wait for it would be made. */
  private static final Duration LATE = Duration.ofSeconds(6);

  private final FaultSite site;
  private final ProvingGround ground;

  KillFaults(FaultSite site) {
    this.site = site;
    this.ground = site.ground;
  }

  /** SIGKILL to a TaskManager that has shards. */
  FaultLog.Entry taskManager(Fault fault, String why) throws IOException, InterruptedException {
    if (fault == Fault.TASKMANAGER_KILL) {
      ground.awaitWhole();
    }
    return taskManagerSince(0, fault, why);
  }

  /** The same to one that has shards which it has called for since a mark. */
  FaultLog.Entry taskManagerSince(long mark, Fault fault, String why)
      throws IOException, InterruptedException {
    Map<Integer, Set<String>> busy = site.busyTaskManagers(mark);
    int victim = site.pick(busy.keySet());
    List<FlinkRest.Subtask> others = elsewhere(victim);
    FaultLog.Entry made = site.seenThrough(fault, why, strikeTaskManager(victim, busy.get(victim)));
    if (fault == Fault.TASKMANAGER_KILL) {
      others.removeAll(ground.rest.subtasks(ground.jobId()));
      site.log.add(
          new FaultLog.Kill(
              fault,
              made.at(),
              made.recovered().orElseThrow(),
              busy.get(victim),
              OptionalInt.of(others.size())));
    }
    return made;
  }

  /** The same, and nobody has waited for anything yet. */
  Blow strikeTaskManager() throws IOException {
    Map<Integer, Set<String>> busy = site.busyTaskManagers();
    int victim = site.pick(busy.keySet());
    return strikeTaskManager(victim, busy.get(victim));
  }

  /** SIGKILL to the TaskManager that has a certain shard. */
  FaultLog.Entry taskManagerOf(String shard, Fault fault, String why)
      throws IOException, InterruptedException {
    Map<Integer, Set<String>> busy = site.busyTaskManagers();
    int victim =
        busy.keySet().stream()
            .filter(number -> busy.get(number).contains(shard))
            .findFirst()
            .orElseGet(() -> site.pick(busy.keySet()));
    return site.seenThrough(fault, why, strikeTaskManager(victim, busy.get(victim)));
  }

  /**
   * The same to a certain one.
   *
   * @param shards of it that are to be delivered again
   */
  Blow strikeTaskManager(int victim, Set<String> shards) {
    String process = pid(victim);
    long mark = ground.calls.mark();
    long at = site.now();
    ground.cluster.killTaskManager(victim);
    ground.cluster.startTaskManager();
    return new Blow(at, "taskmanager-%d, shards %s".formatted(victim, shards)) {
      @Override
      void pass() throws IOException, InterruptedException {
        ground.awaitRunningWithout(victim);
        restarted(at);
      }

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        long recovered = site.awaitDelivered(shards, mark, call -> !call.process().equals(process));
        if (ground.scheduler == Scheduler.DEFAULT) {
          site.log.add(Crash.ofProcess(at, recovered, process));
        }
        ground.awaitRunning();
        return OptionalLong.of(recovered);
      }
    };
  }

  /** SIGKILL to the JobManager. */
  FaultLog.Entry jobManager(Fault fault, String why) throws IOException, InterruptedException {
    if (fault == Fault.JOBMANAGER_KILL) {
      ground.awaitWhole();
    }
    Set<String> active = site.activeShards();
    FaultLog.Entry made = site.seenThrough(fault, why, strikeJobManager(active));
    if (fault == Fault.JOBMANAGER_KILL) {
      site.log.add(
          new FaultLog.Kill(
              fault, made.at(), made.recovered().orElseThrow(), active, OptionalInt.empty()));
    }
    return made;
  }

  /** The same, and nobody has waited for anything yet. */
  Blow strikeJobManager() {
    return strikeJobManager(site.activeShards());
  }

  /**
   * The same.
   *
   * @param shards that are to be delivered again
   */
  Blow strikeJobManager(Set<String> shards) {
    long pid = ground.cluster.jobManagerPid();
    long at = site.now();
    ground.cluster.killJobManager();
    ground.cluster.startJobManager();
    return new Blow(at, "jobmanager pid " + pid) {
      @Override
      void pass() throws IOException, InterruptedException {
        ground.awaitRunning();
        site.log.add(Crash.ofJob(at, site.now()));
      }

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        return OptionalLong.of(site.awaitDelivered(shards, ground.calls.mark()));
      }
    };
  }

  /**
   * SIGKILL to ZooKeeper, which comes back before its sessions end or after it. A JobManager that
   * has lost its session long enough is no leader any more, and begins the job anew.
   */
  FaultLog.Entry zooKeeper() throws IOException, InterruptedException {
    Set<String> active = site.activeShards();
    Duration away = site.pick(List.of(Duration.ofSeconds(2), Duration.ofSeconds(12)));
    long begun = ground.begun();
    long at = site.now();
    ground.cluster.killZooKeeper();
    Pause.atLeast(away);
    ground.cluster.startZooKeeper();
    ground.awaitRunning();
    // A leader learns of the end of its session only when it is connected again.
    Pause.atLeast(LATE);
    ground.awaitRunning();
    boolean anew = ground.begun() != begun;
    // A job that went on may have restarted some of its tasks, whose leader seemed lost to them.
    site.log.add(Crash.ofJob(at, site.now()));
    long recovered = site.awaitDelivered(active, ground.calls.mark());
    return site.recovered(
        Fault.ZOOKEEPER_KILL,
        at,
        recovered,
        "away for %d s, the job %s"
            .formatted(away.toSeconds(), anew ? "was begun anew" : "kept its leader"));
  }

  /**
   * SIGSTOP to a TaskManager, SIGCONT when others have its shards. It is killed in the end, so that
   * every call it has made since can only have been for shards that were taken from it.
   */
  Blow freeze() throws IOException {
    Map<Integer, Set<String>> busy = site.busyTaskManagers();
    int victim = site.pick(busy.keySet());
    Set<String> shards = busy.get(victim);
    String process = pid(victim);
    long mark = ground.calls.mark();
    long at = site.now();
    ground.cluster.freezeTaskManager(victim);
    ground.cluster.startTaskManager();
    return new Blow(at, "taskmanager-%d, shards %s".formatted(victim, shards)) {
      @Override
      void pass() throws IOException, InterruptedException {
        ground.awaitRunningWithout(victim);
        restarted(at);
      }

      @Override
      OptionalLong recover() throws IOException, InterruptedException {
        long recovered = site.awaitDelivered(shards, mark, call -> !call.process().equals(process));
        long thawed = site.now();
        site.log.add(Crash.ofFrozenProcess(at, recovered, process, thawed));
        ground.cluster.thawTaskManager(victim);
        Pause.atLeast(LATE);
        ground.cluster.killTaskManager(victim);
        ground.awaitRunning();
        return OptionalLong.of(recovered);
      }
    };
  }

  /** Where the loss of a TaskManager restarts the whole job: it runs again. */
  private void restarted(long at) {
    if (ground.scheduler == Scheduler.ADAPTIVE) {
      site.log.add(Crash.ofJob(at, site.now()));
    }
  }

  /** The subtasks that other TaskManagers have. */
  private List<FlinkRest.Subtask> elsewhere(int victim) {
    List<FlinkRest.Subtask> others = new ArrayList<>(ground.rest.subtasks(ground.jobId()));
    others.removeIf(subtask -> subtask.taskManager().equals("taskmanager-" + victim));
    return others;
  }

  private String pid(int taskManager) {
    return Long.toString(ground.cluster.taskManagerPids().get(taskManager));
  }
}
