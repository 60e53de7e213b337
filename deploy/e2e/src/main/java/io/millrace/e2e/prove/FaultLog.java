// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.oracle.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The faults that were made, on the journal's clock. Used by one thread. */
final class FaultLog {

  /**
   * One fault.
   *
   * @param at when it was made
   * @param over when things went on as before
   * @param recovered from when on records were delivered again to where the fault had cut them off;
   *     absent for faults that cut nothing off
   * @param what in words
   */
  record Entry(Fault fault, long at, long over, OptionalLong recovered, String what) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Crash> crashes = new ArrayList<>();
  private final List<Move> moves = new ArrayList<>();

  void add(Entry entry) {
    entries.add(entry);
  }

  void add(Crash crash) {
    crashes.add(crash);
  }

  void add(Move move) {
    moves.add(move);
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
    return entries.stream()
        .filter(entry -> entry.recovered().isPresent())
        .mapToLong(entry -> entry.recovered().getAsLong() - entry.at())
        .mapToDouble(micros -> micros / 1e6)
        .sorted()
        .toArray();
  }

  /** The table for people. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append("%-24s %9s %9s %9s  %s%n".formatted("fault", "at s", "for s", "back in", "what"));
    for (Entry entry : entries) {
      table.append(
          "%-24s %9.1f %9.1f %9s  %s%n"
              .formatted(
                  entry.fault().title(),
                  entry.at() / 1e6,
                  (entry.over() - entry.at()) / 1e6,
                  entry.recovered().isPresent()
                      ? "%.1f s".formatted((entry.recovered().getAsLong() - entry.at()) / 1e6)
                      : "-",
                  entry.what()));
    }
    return table.toString();
  }

  /** The log as it is kept after a failure. */
  String json(ObjectMapper json) {
    ObjectNode root = json.createObjectNode();
    ArrayNode faults = root.putArray("faults");
    for (Entry entry : entries) {
      faults
          .addObject()
          .put("fault", entry.fault().title())
          .put("at", entry.at())
          .put("over", entry.over())
          .put("recovered", entry.recovered().isPresent() ? entry.recovered().getAsLong() : null)
          .put("what", entry.what());
    }
    ArrayNode kills = root.putArray("crashes");
    for (Crash crash : crashes) {
      ObjectNode kill = kills.addObject().put("at", crash.at()).put("over", crash.over());
      crash.thawed().ifPresent(at -> kill.put("thawed", at));
      crash
          .state()
          .ifPresent(
              state ->
                  kill.put("stateTriggered", state.triggered()).put("rewinds", state.rewinds()));
      ArrayNode processes = kill.putArray("processes");
      crash.processes().forEach(processes::add);
    }
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

  /** The value below which a share of sorted values lies; 0 for none. */
  static double percentile(double[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
