// SPDX-License-Identifier: Apache-2.0
package io.millrace.samples.dedup;

import com.aliyun.fc.runtime.Context;
import com.aliyun.fc.runtime.StreamRequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Enters every order into a book, once: a function that de-duplicates by {@code eventId}, the only
 * thing of a record that stays the same when events are cut differently after a crash.
 *
 * <p>The book is a file for each shard in a directory, of which each line is one record. A line is
 * id and effect in one, so neither can be there without the other; it is on the disk before the
 * event is answered. So an event that is invoked again, in part or as a whole, also while its first
 * invocation still runs, adds what is missing and nothing else.
 *
 * <p>The directory is named by {@value #DIRECTORY} in the environment, or as a system property. All
 * instances of the function must see the same one.
 */
public final class OrderBook implements StreamRequestHandler {

  /** Names the directory. */
  public static final String DIRECTORY = "ORDER_BOOK";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /** Keeps its book where the environment says. */
  public OrderBook() {
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

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    Map<String, Map<Long, String>> byShard = new LinkedHashMap<>();
    int count = 0;
    for (JsonNode record : JSON.readTree(event).path("records")) {
      String id = record.path("eventId").asText();
      int colon = id.lastIndexOf(':');
      if (colon < 1) {
        throw new IllegalArgumentException(
            "not an eventId of the form shard:sequence: '" + id + "'");
      }
      byShard
          .computeIfAbsent(id.substring(0, colon), shard -> new LinkedHashMap<>())
          .put(Long.valueOf(id.substring(colon + 1)), record.path("data").asText());
      count++;
    }
    int entered = 0;
    for (Map.Entry<String, Map<Long, String>> shard : byShard.entrySet()) {
      entered += ShardBook.of(directory, shard.getKey()).enter(shard.getValue());
    }
    String told = "{\"records\":%d,\"entered\":%d}".formatted(count, entered);
    answer.write(told.getBytes(StandardCharsets.UTF_8));
  }
}
