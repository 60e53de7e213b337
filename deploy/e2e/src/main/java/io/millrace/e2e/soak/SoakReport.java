// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What a soak found, for people and for programs. */
public final class SoakReport {

  private static final String BARS = "▁▂▃▄▅▆▇█";

  private SoakReport() {}

  /** A table in Markdown, with the course of each value as a line of bars. */
  public static String markdown(Growth growth) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Medians of the %.1f minutes from minute %.1f on, and of the last %.1f, of %.1f in all.%n%n"
            .formatted(growth.width(), growth.settled(), growth.width(), growth.minutes()));
    text.append("| of | what | samples | settled | in the end | growth | course |\n");
    text.append("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (Growth.Row row : growth.rows()) {
      text.append(
          "| %s | %s | %d | %s | %s | %s | %s |%n"
              .formatted(
                  row.of(),
                  row.quantity().title(),
                  row.samples(),
                  text(row, row.first()),
                  text(row, row.last()),
                  verdict(row),
                  bars(row.course())));
    }
    return text.toString();
  }

  private static String text(Growth.Row row, OptionalDouble value) {
    return value.isPresent() ? row.quantity().text(value.getAsDouble()) : "–";
  }

  private static String verdict(Growth.Row row) {
    if (!row.judged()) {
      return "too few samples";
    }
    String verdict = row.quantity().isLimited() ? "" : ", not limited";
    return "%+.1f %%%s".formatted(100 * row.share(), row.grown() ? ", **grown**" : verdict);
  }

  /** Heights between nothing and the highest value. */
  static String bars(List<Double> course) {
    double most = course.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    StringBuilder bars = new StringBuilder();
    for (double value : course) {
      int height = most == 0 ? 0 : (int) Math.round(value / most * (BARS.length() - 1));
      bars.append(BARS.charAt(height));
    }
    return bars.toString();
  }

  /** The same for programs. */
  public static void write(Growth growth, ObjectNode json) {
    json.put("minutes", tenths(growth.minutes()))
        .put("settledMinutes", tenths(growth.settled()))
        .put("comparedMinutes", tenths(growth.width()))
        .put("toleratedPercent", 100 * Growth.TOLERATED)
        .put("grown", growth.grown());
    ArrayNode unjudged = json.putArray("unjudged");
    growth.unjudged().forEach(unjudged::add);
    ArrayNode rows = json.putArray("quantities");
    for (Growth.Row row : growth.rows()) {
      ObjectNode each = rows.addObject();
      each.put("of", row.of())
          .put("quantity", row.quantity().name().toLowerCase(Locale.ROOT))
          .put("samples", row.samples());
      if (row.judged()) {
        each.put("settled", row.first().orElseThrow())
            .put("end", row.last().orElseThrow())
            .put("growthPercent", tenths(100 * row.share()));
      }
      each.put("limited", row.quantity().isLimited()).put("grown", row.grown());
    }
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
