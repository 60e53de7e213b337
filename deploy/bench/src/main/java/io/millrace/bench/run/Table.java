// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.journal.Verdict;
import io.millrace.bench.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The rows in Markdown: a table for each scenario. */
public final class Table {

  private static final List<String> HEAD =
      List.of(
          "contender",
          "records/s",
          "spread",
          "calls/s",
          "CPU us/record",
          "CPU us/call",
          "delay p50 ms",
          "p99 ms",
          "lost",
          "repeats",
          "out of order",
          "overlapping");

  private Table() {}

  public static String of(List<Row> rows) {
    Map<Scenario, List<Row>> byScenario = new LinkedHashMap<>();
    rows.forEach(
        row -> byScenario.computeIfAbsent(row.scenario(), first -> new ArrayList<>()).add(row));
    StringBuilder text = new StringBuilder();
    byScenario.forEach(
        (scenario, of) -> {
          text.append("### ").append(scenario.label()).append("\n\n");
          line(text, HEAD);
          line(
              text, HEAD.stream().map(title -> title.equals("contender") ? "---" : "--:").toList());
          of.forEach(row -> line(text, cells(row)));
          text.append('\n');
          of.forEach(
              row ->
                  row.failure()
                      .ifPresent(
                          reason ->
                              text.append(row.contender().wireName())
                                  .append(" failed: ")
                                  .append(reason)
                                  .append("\n\n")));
        });
    return text.toString();
  }

  private static List<String> cells(Row row) {
    List<String> cells = new ArrayList<>();
    cells.add(row.contender().wireName());
    cells.add(row.recordsPerSecond().map(spread -> whole(spread.median())).orElse(absent(row)));
    cells.add(
        row.recordsPerSecond()
            .map(spread -> whole(spread.min()) + " to " + whole(spread.max()))
            .orElse(""));
    cells.add(row.callsPerSecond().map(spread -> whole(spread.median())).orElse(""));
    cells.add(decimals(row.microsPerRecord()));
    cells.add(decimals(row.microsPerCall()));
    cells.add(decimals(row.delayP50()));
    cells.add(decimals(row.delayP99()));
    cells.add(count(row, Verdict::lost));
    cells.add(count(row, Verdict::repeats));
    cells.add(count(row, Verdict::outOfOrder));
    cells.add(count(row, Verdict::overlapping));
    return cells;
  }

  private static String absent(Row row) {
    return row.isWhole() ? "" : "failed";
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,d", Math.round(value));
  }

  private static String decimals(Optional<Spread> spread) {
    return spread.map(value -> String.format(Locale.ROOT, "%,.1f", value.median())).orElse("");
  }

  private static String count(Row row, Function<Verdict, Long> of) {
    return row.verdict().map(verdict -> whole(of.apply(verdict))).orElse("");
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
