// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The shard that is meant by {@code --shard}. */
final class ShardChoice {

  private ShardChoice() {}

  /** Its status; complains when the document has no such shard. */
  static JsonNode one(String wanted, ObjectNode status) {
    JsonNode shards = status.get("shards");
    for (JsonNode candidate : shards) {
      if (candidate.get("shard").asText().equals(wanted)) {
        return candidate;
      }
    }
    throw CommandFailure.badInput(
        "--shard: '"
            + wanted
            + "' is not accepted; accepted: "
            + StreamSupport.stream(shards.spliterator(), false)
                .map(known -> known.get("shard").asText())
                .collect(Collectors.joining(", ")));
  }
}
