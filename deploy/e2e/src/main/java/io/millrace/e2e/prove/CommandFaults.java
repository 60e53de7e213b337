// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.control.Verb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
  private final KillFaults kills;
  private final List<Case> toCome = new ArrayList<>();

  CommandFaults(FaultSite site, KillFaults kills) {
    this.site = site;
    this.ground = site.ground;
    this.kills = kills;
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
      Blow kill;
      switch (shown.moment()) {
        case BEFORE -> {
          kill = strike(shown, victim, others);
          shards.command();
          shards.awaitDurable();
        }
        case APPLIED -> {
          shards.command();
          shards.awaitApplied();
          kill = strike(shown, victim, others);
          shards.awaitDurable();
        }
        default -> {
          shards.command();
          shards.awaitDurable();
          kill = strike(shown, victim, others);
        }
      }
      kill.pass();
      OptionalLong recovered = kill.recover();
      shards.judge(
          kill.at(),
          shown.moment() != Moment.BEFORE,
          shown.moment() != Moment.DURABLE,
          everyTaskRestarts(shown.jobManager()));
      return site.recovered(
          Fault.KILL_DURING_COMMAND,
          kill.at(),
          recovered.orElseThrow(),
          "%s was killed %s %s".formatted(kill.what(), shown.moment().words, chosen));
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

  private Blow strike(Case shown, int victim, Set<String> others) {
    return shown.jobManager()
        ? kills.strikeJobManager(others)
        : kills.strikeTaskManager(victim, others);
  }

  /** Whether a death begins every task anew, and not only those that were lost. */
  private boolean everyTaskRestarts(boolean jobManager) {
    return jobManager || ground.scheduler == Scheduler.ADAPTIVE;
  }
}
