// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.control.Verb;
import io.millrace.e2e.oracle.Crash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Operators who suspend, resume, retry and skip, each at a shard of its own, while a process is
 * killed. Who dies and when takes turns, so six of these faults have shown every case.
 */
final class CommandFaults {

  /** When a process is killed. */
  private enum Moment {
    BEFORE("right before"),
    APPLIED("once done:"),
    DURABLE("once durable:");

    private final String words;

    Moment(String words) {
      this.words = words;
    }
  }

  /** What one fault shows. */
  private record Case(boolean jobManager, Moment moment) {}

  private final FaultSite site;
  private final ProvingGround ground;
  private final List<Case> toCome = new ArrayList<>();

  CommandFaults(FaultSite site) {
    this.site = site;
    this.ground = site.ground;
  }

  FaultLog.Entry withKill() throws IOException, InterruptedException {
    Case shown = next();
    Map<Integer, Set<String>> busy = site.busyTaskManagers();
    int victim =
        busy.keySet().stream()
            .max(Comparator.comparingInt(number -> busy.get(number).size()))
            .orElseThrow();
    // All of them lose their process.
    Set<String> others =
        new TreeSet<>(shown.jobManager() ? ground.activeShards() : busy.get(victim));
    Map<Verb, String> chosen = choose(others);
    others.removeAll(chosen.values());
    try (Operator operator = new Operator(ground);
        CommandedShards shards = new CommandedShards(site, operator, chosen)) {
      shards.prepare();
      Death death;
      switch (shown.moment()) {
        case BEFORE -> {
          death = kill(shown, victim);
          shards.command();
          shards.awaitDurable();
        }
        case APPLIED -> {
          shards.command();
          shards.awaitApplied();
          death = kill(shown, victim);
          shards.awaitDurable();
        }
        default -> {
          shards.command();
          shards.awaitDurable();
          death = kill(shown, victim);
        }
      }
      long recovered = death.awaitRecovered(others);
      shards.judge(
          death.at,
          shown.moment() != Moment.BEFORE,
          shown.moment() != Moment.DURABLE,
          everyTaskRestarts(shown.jobManager()));
      return site.recovered(
          Fault.KILL_DURING_COMMAND,
          death.at,
          recovered,
          "%s was killed %s %s".formatted(death.what, shown.moment().words, chosen));
    }
  }

  private Case next() {
    if (toCome.isEmpty()) {
      for (Moment moment : Moment.values()) {
        toCome.add(new Case(true, moment));
        toCome.add(new Case(false, moment));
      }
    }
    Case next = site.pick(toCome);
    toCome.remove(next);
    return next;
  }

  /** A shard for each command, as far as there are shards; one is left, to see when it recovers. */
  private Map<Verb, String> choose(Set<String> shards) throws IOException {
    List<String> free = new ArrayList<>(shards);
    if (free.size() < 2) {
      throw new IOException(
          "%s: a process with two shards is needed; %s"
              .formatted(Fault.KILL_DURING_COMMAND.title(), ground.diagnosis()));
    }
    List<Verb> verbs = new ArrayList<>(CommandedShards.VERBS);
    Map<Verb, String> chosen = new EnumMap<>(Verb.class);
    while (free.size() > 1 && !verbs.isEmpty()) {
      Verb verb = site.pick(verbs);
      String shard = site.pick(free);
      verbs.remove(verb);
      free.remove(shard);
      chosen.put(verb, shard);
    }
    return chosen;
  }

  /** A process that was killed and started again. */
  private abstract static class Death {

    private final long at;
    private final String what;

    Death(long at, String what) {
      this.at = at;
      this.what = what;
    }

    /** Returns when some of its shards are delivered again, with the moment from which on. */
    abstract long awaitRecovered(Set<String> shards) throws IOException, InterruptedException;
  }

  private Death kill(Case shown, int victim) {
    return shown.jobManager() ? killJobManager() : killTaskManager(victim);
  }

  private Death killJobManager() {
    String what = "jobmanager pid " + ground.cluster.jobManagerPid();
    long at = site.now();
    ground.cluster.killJobManager();
    ground.cluster.startJobManager();
    return new Death(at, what) {
      @Override
      long awaitRecovered(Set<String> shards) throws IOException, InterruptedException {
        ground.awaitRunning();
        site.log.add(Crash.ofJob(at, site.now()));
        return site.awaitDelivered(shards, ground.calls.mark());
      }
    };
  }

  private Death killTaskManager(int victim) {
    String process = Long.toString(ground.cluster.taskManagerPids().get(victim));
    long mark = ground.calls.mark();
    long at = site.now();
    ground.cluster.killTaskManager(victim);
    ground.cluster.startTaskManager();
    return new Death(at, "taskmanager-" + victim) {
      @Override
      long awaitRecovered(Set<String> shards) throws IOException, InterruptedException {
        ground.awaitRunningWithout(victim);
        long running = site.now();
        long recovered = site.awaitDelivered(shards, mark, call -> !call.process().equals(process));
        site.log.add(
            everyTaskRestarts(false)
                ? Crash.ofJob(at, running)
                : Crash.ofProcess(at, recovered, process));
        return recovered;
      }
    };
  }

  /** Whether a death begins every task anew, and not only those that were lost. */
  private boolean everyTaskRestarts(boolean jobManager) {
    return jobManager || ground.scheduler == Scheduler.ADAPTIVE;
  }
}
