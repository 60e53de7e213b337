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
    JsonFactory json = new JsonFactory();
    return event -> {
      List<RecordId> ids = new ArrayList<>();
      try (JsonParser parser = json.createParser(event)) {
        int depth = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (token.isStructStart()) {
            depth++;
          } else if (token.isStructEnd()) {
            depth--;
          } else if (depth == 3
              && token == JsonToken.VALUE_STRING
              && "eventId".equals(parser.currentName())) {
            ids.add(id(parser.getText()));
          }
        }
      } catch (IOException e) {
        throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
      }
      return ids;
    };
  }

  private static RecordId id(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not an eventId of the form shard:sequence: " + text);
    }
    return new RecordId(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
  }
}
