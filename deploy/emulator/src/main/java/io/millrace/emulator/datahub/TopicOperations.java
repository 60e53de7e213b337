// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.empty;
import static io.millrace.emulator.datahub.Answers.names;
import static io.millrace.emulator.datahub.Answers.ok;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.datahub.Topic.ExpandMode;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What can be asked about projects and topics. */
final class TopicOperations {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  TopicOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        entry("listProject", call -> names("ProjectNames", store.projects())),
        entry("getProject", this::getProject),
        entry("createProject", this::createProject),
        entry("deleteProject", this::deleteProject),
        entry("listTopic", this::listTopic),
        entry("getTopic", this::getTopic),
        entry("createTopic", this::createTopic),
        entry("updateTopic", this::updateTopic),
        entry("deleteTopic", this::deleteTopic),
        entry("appendField", this::appendField));
  }

  private Answer getProject(DataHubCall call) {
    DataHubStore.Project project = store.project(call.project());
    return ok(
        JSON.objectNode()
            .put("Comment", project.comment())
            .put("Creator", "emulator")
            .put("CreateTime", project.createdAt() / 1000)
            .put("LastModifyTime", project.createdAt() / 1000));
  }

  private Answer createProject(DataHubCall call) {
    store.createProject(call.project(), call.json().path("Comment").asText());
    return empty(201);
  }

  private Answer deleteProject(DataHubCall call) {
    store.deleteProject(call.project());
    return empty(200);
  }

  private Answer getTopic(DataHubCall call) {
    Topic topic = topic(call);
    ObjectNode answer =
        JSON.objectNode()
            .put("Comment", topic.comment())
            .put("Creator", "emulator")
            .put("CreateTime", topic.createdAt() / 1000)
            .put("LastModifyTime", topic.createdAt() / 1000)
            .put("Lifecycle", topic.lifecycleDays())
            .put("RecordType", topic.schema().blob() ? "BLOB" : "TUPLE")
            .put("ShardCount", topic.active().size())
            .put("ExpandMode", topic.expandMode().wireName)
            .put("Status", "on");
    if (!topic.schema().blob()) {
      answer.put("RecordSchema", topic.schema().toJson());
    }
    return ok(answer);
  }

  private Answer createTopic(DataHubCall call) {
    TopicSchema schema =
        switch (call.text("RecordType")) {
          case "BLOB" -> TopicSchema.ofBlob();
          case "TUPLE" -> TopicSchema.parse(call.text("RecordSchema"));
          default ->
              throw DataHubException.invalidParameter(
                  "Invalid record type: " + call.text("RecordType"));
        };
    store.createTopic(
        call.project(),
        call.topic(),
        schema,
        Math.toIntExact(call.number("ShardCount")),
        Math.toIntExact(call.number("Lifecycle")),
        call.json().path("Comment").asText(),
        ExpandMode.named(call.json().path("ExpandMode").asText("")));
    return empty(201);
  }

  private Answer updateTopic(DataHubCall call) {
    Topic topic = topic(call);
    if (call.json().hasNonNull("Lifecycle")) {
      topic.setLifecycleDays(call.json().get("Lifecycle").asInt());
    }
    if (call.json().hasNonNull("Comment")) {
      topic.setComment(call.json().get("Comment").asText());
    }
    return empty(200);
  }

  private Answer deleteTopic(DataHubCall call) {
    store.deleteTopic(call.project(), call.topic());
    return empty(200);
  }

  private Answer listTopic(DataHubCall call) {
    return names("TopicNames", List.copyOf(store.project(call.project()).topics().keySet()));
  }

  /** One column, or a list of them. */
  private Answer appendField(DataHubCall call) {
    List<Column> added = new ArrayList<>();
    if (call.json().has("Fields")) {
      for (JsonNode field : call.json().path("Fields")) {
        added.add(
            column(
                field.path("Name").asText(),
                field.path("Type").asText(),
                field.path("Comment").asText("")));
      }
    } else {
      added.add(column(call.text("FieldName"), call.text("FieldType"), ""));
    }
    topic(call).append(added);
    return empty(200);
  }

  private static Column column(String name, String type, String comment) {
    try {
      return new Column(name, type, false, comment);
    } catch (IllegalArgumentException e) {
      throw DataHubException.invalidParameter("Invalid field: " + e.getMessage());
    }
  }

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }
}
