// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.http.Answer;
import java.util.List;

/** The forms in which an operation that went well is answered. */
final class Answers {

  private Answers() {}

  static Answer ok(ObjectNode body) {
    return Answer.json(200, body);
  }

  static Answer empty(int status) {
    return Answer.of(status, Answer.JSON, new byte[0]);
  }

  static Answer names(String field, List<String> names) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray(field);
    names.forEach(list::add);
    return ok(answer);
  }
}
