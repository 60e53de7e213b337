// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.journal.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rows in Markdown: a table for each scenario, or one for the only contender. */
public final class Table {

  private Table() {}

  /** A column of the table. */
  private record Column(String title, Function<Row, String> cell) {}

  public static String of(List<Row> rows) {
    return Section.of(rows).stream()
        .map(section -> "### " + section.heading() + "\n\n" + of(section))
        .collect(Collectors.joining());
  }

  static String of(Section section) {
    StringBuilder text = new StringBuilder();
    List<Column> columns = columns(section);
    line(text, columns.stream().map(Column::title).toList());
    List<String> alignment = new ArrayList<>(Collections.nCopies(columns.size(), "--:"));
    alignment.set(0, "---");
    line(text, alignment);
    section.rows().stream()
        .filter(row -> row.absence().isEmpty())
        .forEach(row -> line(text, columns.stream().map(each -> each.cell().apply(row)).toList()));
    text.append('\n');
    for (Row row : section.rows()) {
      String name = row.contender().wireName();
      row.absence().ifPresent(reason -> note(text, name + " " + reason));
      row.failure().ifPresent(reason -> note(text, name + " failed: " + reason));
    }
    return text.toString();
  }

  private static void note(StringBuilder text, String note) {
    text.append(note).append("\n\n");
  }

  /** A measure that was taken of none of the rows has no column. */
  private static List<Column> columns(Section section) {
    List<Row> rows = section.rows();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(section.alone() ? "scenario" : "contender", section::label));
    columns.add(
        new Column(
            "records/s",
            row ->
                row.recordsPerSecond().map(spread -> whole(spread.median())).orElse(absent(row))));
    columns.add(
        new Column(
            "spread",
            row ->
                row.recordsPerSecond()
                    .map(spread -> whole(spread.min()) + " to " + whole(spread.max()))
                    .orElse("")));
    columns.add(
        new Column(
            "calls/s",
            row -> row.callsPerSecond().map(spread -> whole(spread.median())).orElse("")));
    for (Measure measure : section.alone() ? List.of(Measure.values()) : Measure.COMPARED) {
      if (rows.stream().anyMatch(row -> row.measure(measure).isPresent())) {
        columns.add(new Column(measure.title(), row -> decimals(row.measure(measure))));
      }
    }
    columns.add(new Column("lost", row -> count(row, Verdict::lost)));
    columns.add(new Column("repeats", row -> count(row, Verdict::repeats)));
    columns.add(new Column("out of order", row -> count(row, Verdict::outOfOrder)));
    columns.add(new Column("overlapping", row -> count(row, Verdict::overlapping)));
    return columns;
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
