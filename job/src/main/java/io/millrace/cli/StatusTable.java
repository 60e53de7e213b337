// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** A job's status for people: one line for a shard, and every last error in full below. */
final class StatusTable {

  private record Column(String title, Function<JsonNode, String> value) {}

  private final Clock clock;

  private final List<Column> columns =
      List.of(
          new Column("SHARD", shard -> text(shard.get("shard"))),
          new Column("STATE", shard -> text(shard.get("state"))),
          new Column("WAITS FOR", shard -> words(shard.get("waitingFor"))),
          new Column("DELIVERED", shard -> text(shard.path("position").get("sequence"))),
          new Column("READ", shard -> text(shard.get("readPosition"))),
          new Column("LAG", shard -> text(shard.get("lagRecords"))),
          new Column("BEHIND", shard -> length(shard.get("lagMs"))),
          new Column("ATTEMPTS", shard -> text(shard.get("attempts"))),
          new Column("NEXT", shard -> until(shard.get("nextAttemptAt"))),
          new Column("CALL FOR", shard -> since(shard.get("inFlightSince"))),
          new Column("P50", shard -> length(shard.path("latencyMs").get("p50"))),
          new Column("P99", shard -> length(shard.path("latencyMs").get("p99"))),
          new Column("EVENTS", shard -> text(shard.get("envelopes"))),
          new Column("RECORDS", shard -> text(shard.get("records"))),
          new Column("PER EVENT", shard -> text(shard.get("recordsPerEnvelope"))),
          new Column("SKIPPED", shard -> text(shard.get("discarded"))),
          new Column(
              "SUBTASK", shard -> text(shard.get("subtask")) + "@" + text(shard.get("host"))));

  private StatusTable(Clock clock) {
    this.clock = clock;
  }

  static void print(JsonNode status, Clock clock, PrintWriter out) {
    new StatusTable(clock).print(status, out);
  }

  private void print(JsonNode status, PrintWriter out) {
    out.println(
        text(status.get("name"))
            + "  "
            + text(status.get("state"))
            + "  job "
            + text(status.get("job")));
    if (status.hasNonNull("failure")) {
      out.println("last failure: " + text(status.get("failure")));
    }
    JsonNode blocked = status.path("blocked");
    if (blocked.isObject()) {
      out.println(
          "BLOCKED since "
              + Instant.ofEpochMilli(blocked.path("since").asLong())
              + ": "
              + text(status.get("function"))
              + ": "
              + text(blocked.get("message")));
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::title).toList());
    for (JsonNode shard : status.path("shards")) {
      lines.add(columns.stream().map(column -> column.value().apply(shard)).toList());
    }
    if (lines.size() == 1) {
      out.println("no shards reported yet");
      return;
    }
    print(lines, out);
    for (JsonNode shard : status.path("shards")) {
      printError(shard, out);
    }
  }

  private void print(List<List<String>> lines, PrintWriter out) {
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        padded.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
      }
      out.println(padded.toString().stripTrailing());
    }
  }

  private static void printError(JsonNode shard, PrintWriter out) {
    JsonNode error = shard.path("lastError");
    if (!error.isObject()) {
      return;
    }
    out.println();
    out.println(
        "shard "
            + text(shard.get("shard"))
            + ", last error, "
            + Instant.ofEpochMilli(error.path("at").asLong())
            + ", request "
            + text(error.get("requestId"))
            + ":");
    out.println("  " + text(error.get("message")));
  }

  private String until(JsonNode at) {
    return isNull(at) ? "-" : "in " + length(Math.max(0, at.asLong() - clock.millis()));
  }

  private String since(JsonNode at) {
    return isNull(at) ? "-" : length(Math.max(0, clock.millis() - at.asLong()));
  }

  private static String length(JsonNode millis) {
    return isNull(millis) ? "-" : length(millis.asLong());
  }

  private static String length(long millis) {
    Duration length = Duration.ofMillis(millis);
    if (length.toDays() > 0) {
      return length.toDays() + "d" + length.toHoursPart() + "h";
    }
    if (length.toHours() > 0) {
      return length.toHours() + "h" + length.toMinutesPart() + "m";
    }
    if (length.toMinutes() > 0) {
      return length.toMinutes() + "m" + length.toSecondsPart() + "s";
    }
    if (millis < 1_000 && millis > 0) {
      return millis + "ms";
    }
    return millis < 10_000
        ? millis / 1000 + "." + millis % 1000 / 100 + "s"
        : length.toSeconds() + "s";
  }

  private static String words(JsonNode constant) {
    return isNull(constant) ? "-" : constant.asText().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static boolean isNull(JsonNode node) {
    return node == null || node.isNull() || node.isMissingNode();
  }

  private static String text(JsonNode node) {
    return isNull(node) ? "-" : node.asText();
  }
}
