// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The texts, numbers and truth values at the top of a JSON object, of one that was cut those before
 * the cut; none where there is no JSON object.
 *
 * @param values as text; the first where a name comes twice
 * @param complete whether the object was read to its end
 */
public record JsonFields(Map<String, String> values, boolean complete) {

  private static final JsonFactory JSON = new JsonFactory();

  public JsonFields {
    values = Map.copyOf(values);
  }

  /** Reads a body. */
  public static JsonFields of(byte[] body) {
    Map<String, String> values = new HashMap<>();
    boolean complete = false;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          JsonToken value = parser.nextToken();
          if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
            values.putIfAbsent(name, parser.getText());
          } else {
            parser.skipChildren();
          }
        }
        complete = parser.currentToken() == JsonToken.END_OBJECT;
      }
    } catch (IOException notJson) {
      // What was read before it stands.
    }
    return new JsonFields(values, complete);
  }

  /** The first of these fields that is there; else empty. */
  public String text(List<String> names) {
    return names.stream().filter(values::containsKey).findFirst().map(values::get).orElse("");
  }
}
