// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the records' ids out of an event. */
@FunctionalInterface
public interface EventReader {

  /**
   * The ids in the order of the event.
   *
   * @throws IllegalArgumentException where the text is no event
   */
  List<RecordId> records(String event);

  /** Reads DataHub's events: {@code records[].eventId} is {@code shard:sequence}. */
  static EventReader dataHub() {
    return event -> texts(event, 3, "eventId").stream().map(EventReader::id).toList();
  }

  /** Reads DIS's events: {@code ShardID}, and {@code Message.records[].sequence_number}. */
  static EventReader dis() {
    return event -> {
      List<String> sequences = texts(event, 4, "sequence_number");
      List<String> shards = texts(event, 1, "ShardID");
      if (shards.size() != 1 && !sequences.isEmpty()) {
        throw new IllegalArgumentException("not an event with one ShardID: " + shards);
      }
      return sequences.stream()
          .map(sequence -> new RecordId(shards.get(0), Long.parseLong(sequence)))
          .toList();
    };
  }

  /** The texts of this name that stand so deep in a JSON document. */
  private static List<String> texts(String document, int wanted, String name) {
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = Json.FACTORY.createParser(document)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == wanted
            && token == JsonToken.VALUE_STRING
            && name.equals(parser.currentName())) {
          texts.add(parser.getText());
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
    return texts;
  }

  private static RecordId id(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not an eventId of the form shard:sequence: " + text);
    }
    return new RecordId(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
  }

  /** One factory for all readers. */
  final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}
  }
}
