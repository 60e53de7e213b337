// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells what became of a command at each shard. */
final class CommandOutcome {

  private CommandOutcome() {}

  /**
   * Prints it.
   *
   * @return the exit code: 1 when it came too late for a shard
   */
  static int print(String word, JsonNode answer, boolean json, PrintWriter out) {
    JsonNode shards = answer.get("shards");
    int code = 0;
    for (JsonNode target : shards) {
      code = isMissed(target) ? CommandFailure.FAILED : code;
    }
    if (json) {
      out.println(answer);
    } else {
      if (shards.isEmpty()) {
        out.println(word + ": there is no shard that it fits");
      }
      for (JsonNode target : shards) {
        out.println(word + ": shard " + target.get("shard").asText() + " " + described(target));
      }
    }
    out.flush();
    return code;
  }

  private static String described(JsonNode target) {
    return isMissed(target)
        ? "missed: " + target.path("reason").asText()
        : target.get("stage").asText().toLowerCase(Locale.ROOT);
  }

  private static boolean isMissed(JsonNode target) {
    return target.get("stage").asText().equals("MISSED");
  }
}
