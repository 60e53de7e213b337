// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What a load comes to, calculated and simulated beside each other. */
public final class Capacity {

  private static final double LEAST_SECONDS = 20;

  /** Fetches and calls of a shard one after another: what is steady shows after a few. */
  private static final int LEAST_ROUNDS = 10;

  private static final long SEED = 1;

  private final Load load;
  private final Estimate estimate;
  private final Simulation.Outcome simulated;

  private Capacity(Load load, Estimate estimate, Simulation.Outcome simulated) {
    this.load = load;
    this.estimate = estimate;
    this.simulated = simulated;
  }

  /** One line of the table; what only one of the two tells has no value of the other. */
  private record Line(
      String title, String wireName, OptionalDouble calculated, OptionalDouble simulated) {}

  /**
   * Calculates and simulates a load.
   *
   * @param conditions in the form {@code key=value,key=value}; without {@code slots} as many as it
   *     needs
   * @throws IllegalArgumentException with one line for whoever wrote it
   */
  public static Capacity of(String conditions) {
    Load load = Load.parse(conditions);
    if (load.slots() == 0) {
      load = load.withSlots(Estimate.slotsFor(load, Costs.MEASURED));
    }
    double round = load.fetchSeconds() + load.functionMillis() / 1e3;
    double seconds = Math.max(LEAST_SECONDS, LEAST_ROUNDS * round);
    return new Capacity(
        load,
        Estimate.of(load, Costs.MEASURED),
        Simulation.run(load, Costs.MEASURED, seconds, SEED));
  }

  /** Whether the slots keep up, by either reckoning. */
  public boolean isSustained() {
    return estimate.isSustained() && simulated.isSustained();
  }

  /** For people, in Markdown. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append("### ").append(load.label()).append("\n\n");
    text.append("| | calculated | simulated |\n| --- | --: | --: |\n");
    for (Line line : lines()) {
      text.append(
          "| %s | %s | %s |\n".formatted(line.title, cell(line.calculated), cell(line.simulated)));
    }
    return text.append('\n').toString();
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("load", load.label()).put("slots", load.slots()).put("sustained", isSustained());
    ObjectNode calculated = json.putObject("calculated");
    ObjectNode found = json.putObject("simulated");
    for (Line line : lines()) {
      line.calculated.ifPresent(value -> calculated.put(line.wireName, tenths(value)));
      line.simulated.ifPresent(value -> found.put(line.wireName, tenths(value)));
    }
    return json;
  }

  private List<Line> lines() {
    // As many slots as there would be if each had as many shards as the fullest.
    double slots = (double) load.shards() / load.shardsOfSlot();
    double busy = simulated.taskShare() + simulated.otherShare() * (load.cores() - 1);
    return List.of(
        line("processors busy", "processors", estimate.processors(), slots * busy),
        line(
            "calls/s",
            "callsPerSecond",
            estimate.callsPerSecond(),
            slots * simulated.callsPerSecond()),
        line(
            "records of a call",
            "recordsPerCall",
            load.rate() / estimate.callsPerSecond(),
            simulated.recordsPerSecond() / simulated.callsPerSecond()),
        line(
            "task thread busy %",
            "taskPercent", 100 * estimate.taskShare(), 100 * simulated.taskShare()),
        line(
            "other cores of a slot busy %",
            "otherPercent", 100 * estimate.otherShare(), 100 * simulated.otherShare()),
        new Line(
            "shard with a call under way %",
            "shardPercent", OptionalDouble.of(100 * estimate.shardShare()), OptionalDouble.empty()),
        new Line(
            "delay p50 ms", "p50", OptionalDouble.empty(), OptionalDouble.of(simulated.delayP50())),
        new Line(
            "delay p99 ms",
            "p99",
            OptionalDouble.empty(),
            OptionalDouble.of(simulated.delayP99())));
  }

  private static Line line(String title, String wireName, double calculated, double simulated) {
    return new Line(title, wireName, OptionalDouble.of(calculated), OptionalDouble.of(simulated));
  }

  private static String cell(OptionalDouble value) {
    return value.isEmpty() ? "" : String.format(Locale.ROOT, "%,.1f", value.getAsDouble());
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
