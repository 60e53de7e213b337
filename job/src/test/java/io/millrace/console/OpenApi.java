// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the API, to which answers and requests are held. */
final class OpenApi {

  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final JsonNode document;

  OpenApi(String yaml) {
    document =
        new ObjectMapper()
            .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
  }

  JsonNode document() {
    return document;
  }

  /** Every operation: {@code GET /api/jobs}. */
  List<String> operations() {
    List<String> operations = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          if (!method.equals("parameters")) {
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    return operations;
  }

  /** Holds an answer to what is said of it. */
  void check(String method, String path, RunningConsole.Got got) throws Exception {
    JsonNode operation = operation(method, path);
    JsonNode response = operation.path("responses").path(String.valueOf(got.status()));
    assertThat(response.isMissingNode())
        .as("%s %s: status %s is documented: %s", method, path, got.status(), got.text())
        .isFalse();
    if (response.has("$ref")) {
      response = at(response.get("$ref").asText());
    }
    JsonNode content = response.path("content");
    String type = got.header("Content-Type");
    assertThat(content.has(type)).as("%s %s: %s", method, path, type).isTrue();
    if (type.equals("application/json")) {
      assertThat(violations(content.path(type).path("schema"), got.json()))
          .as("%s %s: %s", method, path, got.text())
          .isEmpty();
    }
  }

  /** What is wrong with a request's body, by what is said of it. */
  List<String> violations(String method, String path, String body) throws Exception {
    JsonNode schema =
        operation(method, path)
            .path("requestBody")
            .path("content")
            .path("application/json")
            .path("schema");
    return violations(schema, RunningConsole.JSON.readTree(body));
  }

  private JsonNode operation(String method, String path) {
    JsonNode operation = document.path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
    assertThat(operation.isObject()).as("%s %s is documented", method, path).isTrue();
    return operation;
  }

  private JsonNode at(String reference) {
    return document.at(reference.substring(1));
  }

  private List<String> violations(JsonNode schema, JsonNode value) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("components", document.path("components"));
    whole.putArray("allOf").add(schema);
    JsonSchema compiled = SCHEMAS.getSchema(whole);
    return compiled.validate(value).stream().map(Object::toString).toList();
  }
}
