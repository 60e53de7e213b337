// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Enters every order into a book, once: a function that de-duplicates by a record's shard and
 * sequence, the only things of it that stay the same when events are cut differently after a crash.
 *
 * <p>The book is a file for each shard in a directory, of which each line is one record. A line is
 * id and effect in one, so neither can be there without the other; it is on the disk before the
 * event is answered. So an event that is invoked again, in part or as a whole, also while its first
 * invocation still runs, adds what is missing and nothing else.
 *
 * <p>The directory is named by {@value #DIRECTORY} in the environment, or as a system property. All
 * instances of the function must see the same one.
 */
public final class OrderBook {

  /** Names the directory. */
  public static final String DIRECTORY = "ORDER_BOOK";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /** Keeps its book where the environment says. */
  OrderBook() {
    this(
        Path.of(
            Optional.ofNullable(System.getenv(DIRECTORY))
                .or(() -> Optional.ofNullable(System.getProperty(DIRECTORY)))
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            DIRECTORY + ": missing; accepted: a directory that is shared"))));
  }

  OrderBook(Path directory) {
    this.directory = directory;
  }

  /**
   * Enters the records of an event.
   *
   * @param event of DataHub, {@code {"records": [{"eventId": "shard:sequence", "data": …}, …]}}, or
   *     of DIS, {@code {"ShardID": …, "Message": {"records": [{"sequence_number": …, "data": …},
   *     …]}}}
   * @return how many records there were, and how many had not been entered, as JSON
   */
  String enter(byte[] event) throws IOException {
    JsonNode root = JSON.readTree(event);
    Map<String, Map<Long, String>> byShard = new LinkedHashMap<>();
    for (JsonNode record : root.path("records")) {
      String id = record.path("eventId").asText();
      int colon = id.lastIndexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException(
            "not an eventId of the form shard:sequence: '" + id + "'");
      }
      add(byShard, id.substring(0, colon), id.substring(colon + 1), record);
    }
    for (JsonNode record : root.path("Message").path("records")) {
      add(byShard, root.path("ShardID").asText(), record.path("sequence_number").asText(), record);
    }
    int count = 0;
    int entered = 0;
    for (Map.Entry<String, Map<Long, String>> shard : byShard.entrySet()) {
      count += shard.getValue().size();
      entered += ShardBook.of(directory, shard.getKey()).enter(shard.getValue());
    }
    return "{\"records\":%d,\"entered\":%d}".formatted(count, entered);
  }

  private static void add(
      Map<String, Map<Long, String>> byShard, String shard, String sequence, JsonNode record) {
    byShard
        .computeIfAbsent(shard, absent -> new LinkedHashMap<>())
        .put(Long.valueOf(sequence), record.path("data").asText());
  }
}
