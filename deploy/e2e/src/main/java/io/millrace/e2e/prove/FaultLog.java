// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.oracle.Move;
import io.millrace.e2e.oracle.Toll;
import io.millrace.e2e.stage.Failover;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The faults that were made, on the journal's clock. Used by one thread. */
final class FaultLog {

  /**
   * One fault, or a pair.
   *
   * @param at when it was made
   * @param over when things went on as before
   * @param recovered from when on records were delivered again to where the fault had cut them off;
   *     absent for faults that cut nothing off
   * @param what in words
   */
  record Entry(Trial trial, long at, long over, OptionalLong recovered, String what) {

    /** One that was made alone. */
    Entry(Fault fault, long at, long over, OptionalLong recovered, String what) {
      this(Trial.of(fault), at, over, recovered, what);
    }
  }

  /** The first column of the table, in characters. */
  private static final int NARROWEST = 24;

  /**
   * A process that died, while nothing else was wrong.
   *
   * @param recovered from when on all that it cut off was delivered again
   * @param lost the shards that it cut off
   * @param restartedElsewhere how many subtasks of other TaskManagers began anew; absent where all
   *     have to
   */
  record Kill(
      Fault fault, long at, long recovered, Set<String> lost, OptionalInt restartedElsewhere) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Crash> crashes = new ArrayList<>();
  private final List<Move> moves = new ArrayList<>();
  private final List<Kill> kills = new ArrayList<>();
  private final List<Failover> unplanned = new ArrayList<>();

  void add(Entry entry) {
    entries.add(entry);
  }

  void add(Crash crash) {
    crashes.add(crash);
  }

  void add(Move move) {
    moves.add(move);
  }

  void add(Kill kill) {
    kills.add(kill);
  }

  /**
   * Enters what Flink did of itself: of its failovers those that no fault explains. Each is a crash
   * like one that was made.
   */
  void addUnplanned(List<Failover> failovers) {
    unplanned.addAll(unexplained(failovers));
    unplanned.stream().map(Failover::crash).forEach(crashes::add);
  }

  /** Those of some failovers that no crash of the log explains. */
  List<Failover> unexplained(List<Failover> failovers) {
    return failovers.stream()
        .filter(failover -> crashes.stream().noneMatch(failover::isExplainedBy))
        .toList();
  }

  /** The failovers that no fault explains. */
  List<Failover> unplanned() {
    return List.copyOf(unplanned);
  }

  List<Kill> kills() {
    return List.copyOf(kills);
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Crash> crashes() {
    return List.copyOf(crashes);
  }

  List<Move> moves() {
    return List.copyOf(moves);
  }

  /** How long recoveries took, in seconds, the shortest first. */
  double[] recoverySeconds() {
    return recoverySeconds(entries);
  }

  private static double[] recoverySeconds(List<Entry> made) {
    return made.stream()
        .filter(entry -> entry.recovered().isPresent())
        .mapToLong(entry -> entry.recovered().getAsLong() - entry.at())
        .mapToDouble(micros -> micros / 1e6)
        .sorted()
        .toArray();
  }

  /**
   * The table for people: of each kind of fault how often it was made, how long it took until
   * records were delivered again to where it had cut them off, and what was repeated for it.
   */
  String table(List<Toll> tolls) {
    StringBuilder table = new StringBuilder();
    SortedMap<Trial, List<Entry>> byTrial = new TreeMap<>();
    entries.forEach(
        entry -> byTrial.computeIfAbsent(entry.trial(), each -> new ArrayList<>()).add(entry));
    int width = byTrial.keySet().stream().mapToInt(each -> each.title().length()).max().orElse(0);
    String name = "%-" + Math.max(NARROWEST, width) + "s";
    table.append(
        (name + " %6s %10s %10s %8s %8s%n")
            .formatted("fault", "times", "back in s", "at most s", "repeats", "bound"));
    byTrial.forEach(
        (trial, made) -> {
          double[] recoveries = recoverySeconds(made);
          table.append(
              (name + " %6d %10s %10s %8d %8d%n")
                  .formatted(
                      trial.title(),
                      made.size(),
                      seconds(recoveries, 0.5),
                      seconds(recoveries, 1),
                      sum(tolls, trial, Toll::repeats),
                      sum(tolls, trial, Toll::bound)));
        });
    return table.toString();
  }

  private static String seconds(double[] sorted, double share) {
    return sorted.length == 0 ? "-" : "%.1f".formatted(percentile(sorted, share));
  }

  /** What is put down to a fault: whatever happened from then on until the next one. */
  private long sum(List<Toll> tolls, Trial trial, ToLongFunction<Toll> what) {
    return tolls.stream()
        .filter(toll -> cause(toll.at()).equals(Optional.of(trial)))
        .mapToLong(what)
        .sum();
  }

  private Optional<Trial> cause(long time) {
    Optional<Trial> cause = Optional.empty();
    for (Entry entry : entries) {
      if (entry.at() <= time) {
        cause = Optional.of(entry.trial());
      }
    }
    return cause;
  }

  /** The log as it is kept after a failure. */
  String json(ObjectMapper json) {
    ObjectNode root = json.createObjectNode();
    ArrayNode faults = root.putArray("faults");
    for (Entry entry : entries) {
      faults
          .addObject()
          .put("fault", entry.trial().title())
          .put("at", entry.at())
          .put("over", entry.over())
          .put("recovered", entry.recovered().isPresent() ? entry.recovered().getAsLong() : null)
          .put("what", entry.what());
    }
    ArrayNode crashed = root.putArray("crashes");
    for (Crash crash : crashes) {
      ObjectNode kill = crashed.addObject().put("at", crash.at()).put("over", crash.over());
      crash.thawed().ifPresent(at -> kill.put("thawed", at));
      crash
          .state()
          .ifPresent(
              state ->
                  kill.put("stateTriggered", state.triggered()).put("rewinds", state.rewinds()));
      ArrayNode processes = kill.putArray("processes");
      crash.processes().forEach(processes::add);
    }
    writeUnplanned(root.putArray("unplanned"));
    ArrayNode seeks = root.putArray("moves");
    for (Move move : moves) {
      seeks
          .addObject()
          .put("shard", move.shard())
          .put("sequence", move.sequence())
          .put("asked", move.asked())
          .put("durable", move.durable());
    }
    return root.toPrettyString();
  }

  /** The failovers that no fault explains, for machines. */
  void writeUnplanned(ArrayNode json) {
    for (Failover failover : unplanned) {
      ObjectNode entry =
          json.addObject()
              .put("at", failover.at())
              .put("over", failover.over())
              .put("cause", failover.cause().lines().limit(2).collect(joining(" ")));
      failover.process().ifPresent(process -> entry.put("process", process));
    }
  }

  /** The value below which a share of sorted values lies; 0 for none. */
  static double percentile(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
