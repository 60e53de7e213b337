// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.StartPosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a stream, as an operator names it and is told of it. */
final class Place {

  private static final String ACCEPTED =
      "earliest, latest, a sequence, or a time with its zone, such as 2021-10-12T00:00:00Z";

  /** A number may be said to be a sequence, and a time to be one. */
  private static final Pattern NAMED =
      Pattern.compile("(?:(sequence|timestamp)[:=])?(.+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{1,18}");

  private Place() {}

  /**
   * The place that is meant.
   *
   * @param shard the one shard to be moved, if it is one
   */
  static StartPosition of(String text, Optional<String> shard) {
    Matcher named = NAMED.matcher(text.strip());
    if (!named.matches()) {
      throw refused(text);
    }
    String kind = named.group(1) == null ? "" : named.group(1).toLowerCase(Locale.ROOT);
    String value = named.group(2).strip();
    if (kind.isEmpty() && value.equalsIgnoreCase("earliest")) {
      return new StartPosition.Earliest();
    }
    if (kind.isEmpty() && value.equalsIgnoreCase("latest")) {
      return new StartPosition.Latest();
    }
    if (!kind.equals("timestamp") && SEQUENCE.matcher(value).matches()) {
      String only =
          shard.orElseThrow(
              () ->
                  CommandFailure.badInput(
                      "--to: '"
                          + text
                          + "' is not accepted with --all: each shard has sequences of its own;"
                          + " accepted: earliest, latest or a time"));
      return new StartPosition.Sequences(Map.of(only, Long.parseLong(value)));
    }
    if (!kind.equals("sequence")) {
      return at(text, value);
    }
    throw refused(text);
  }

  private static StartPosition at(String text, String value) {
    try {
      long millis = OffsetDateTime.parse(value).toInstant().toEpochMilli();
      if (millis >= 0) {
        return new StartPosition.At(millis);
      }
    } catch (DateTimeException e) {
      throw refused(text);
    }
    throw refused(text);
  }

  private static CommandFailure refused(String text) {
    return CommandFailure.badInput("--to: '" + text + "' is not accepted; accepted: " + ACCEPTED);
  }

  /** What moving one shard of a survey does, in a line. */
  static String effect(JsonNode target) {
    String line = "shard " + target.get("shard").asText() + ": ";
    JsonNode from = target.get("from");
    JsonNode to = target.get("to");
    if (to.isNull()) {
      line +=
          target.get("time").isNull()
              ? "goes on at its oldest record"
              : "goes on at the first record of "
                  + Instant.ofEpochMilli(target.get("time").asLong());
    } else if (from.isNull()) {
      line += "nothing of it is known to be delivered; goes on at sequence " + to.asLong();
    } else if (to.asLong() < from.asLong()) {
      line +=
          "goes back to sequence "
              + to.asLong()
              + "; "
              + to.asLong()
              + " to "
              + (from.asLong() - 1)
              + " will be delivered again";
    } else if (to.asLong() > from.asLong()) {
      line +=
          "goes forward to sequence "
              + to.asLong()
              + "; "
              + from.asLong()
              + " to "
              + (to.asLong() - 1)
              + " will not be delivered";
    } else {
      line += "stays at sequence " + to.asLong();
    }
    return target.path("state").asText().equals("SUSPENDED") ? line + "; it stays suspended" : line;
  }
}
