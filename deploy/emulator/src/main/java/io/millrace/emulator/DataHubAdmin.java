// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static io.millrace.emulator.AdminCall.done;
import static io.millrace.emulator.AdminCall.integer;
import static io.millrace.emulator.AdminCall.names;
import static io.millrace.emulator.AdminCall.ok;
import static io.millrace.emulator.AdminCall.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.AdminCall.NoSuchThing;
import io.millrace.emulator.AdminCall.Operation;
import io.millrace.emulator.datahub.DataHubEmulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.datahub.TopicView.ShardView;
import io.millrace.emulator.http.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** DataHub's part of the admin API. */
final class DataHubAdmin {

  private final DataHubEmulator dataHub;

  DataHubAdmin(DataHubEmulator dataHub) {
    this.dataHub = dataHub;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "GET /topics",
            call -> call.parts() == 1 ? ok(names("topics", dataHub.topics())) : topic(call),
        "POST /topics", call -> call.parts() == 1 ? createTopic(call.body()) : changeTopic(call),
        "DELETE /topics", this::deleteTopic,
        "POST /datahub",
            call ->
                call.part(1).equals("forward")
                    ? forward(call.body())
                    : call.reach(dataHub::goDown, dataHub::comeUp));
  }

  private Answer topic(AdminCall call) {
    TopicView topic = dataHub.topic(call.part(1), call.part(2));
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("project", topic.project())
            .put("topic", topic.name())
            .put("type", topic.schema().blob() ? "BLOB" : "TUPLE");
    ArrayNode shards = answer.putArray("shards");
    for (ShardView shard : topic.shards()) {
      ObjectNode entry =
          shards
              .addObject()
              .put("shard", shard.id())
              .put("state", shard.closed() ? "CLOSED" : "ACTIVE")
              .put("count", shard.count())
              .put("firstSequence", shard.firstSequence())
              .put("nextSequence", shard.nextSequence())
              .put("beginHashKey", shard.beginHashKey())
              .put("endHashKey", shard.endHashKey());
      if (shard.closed()) {
        entry.put("closedAt", shard.closedAt());
      }
      shard.parents().forEach(entry.putArray("parents")::add);
    }
    return ok(answer);
  }

  private Answer createTopic(JsonNode body) {
    String type = body.path("type").asText("TUPLE");
    List<Column> columns = columns(body);
    TopicSchema schema =
        switch (type) {
          case "BLOB" -> new TopicSchema(true, columns);
          case "TUPLE" -> new TopicSchema(false, columns);
          default -> throw new IllegalArgumentException("type: " + type + " is not TUPLE or BLOB");
        };
    dataHub.createTopic(
        text(body, "project"),
        text(body, "topic"),
        schema,
        integer(body, "shards", 1),
        integer(body, "lifecycle", 3));
    return done();
  }

  private Answer changeTopic(AdminCall call) {
    JsonNode body = call.body();
    String project = call.part(1);
    String topic = call.part(2);
    switch (call.part(3)) {
      case "split" -> {
        return ok(names("shards", dataHub.splitShard(project, topic, text(body, "shard"))));
      }
      case "merge" -> {
        String child =
            dataHub.mergeShards(project, topic, text(body, "shard"), text(body, "adjacent"));
        return ok(JsonNodeFactory.instance.objectNode().put("shard", child));
      }
      case "extend" -> dataHub.extendShards(project, topic, integer(body, "shards", 0));
      case "expire" ->
          dataHub.expire(project, topic, text(body, "shard"), integer(body, "before", 0));
      case "append" -> dataHub.appendColumns(project, topic, columns(body).toArray(Column[]::new));
      case "put" -> put(project, topic, body);
      default ->
          throw new NoSuchThing(
              "a topic has split, merge, extend, expire, append and put, not " + call.part(3));
    }
    return topic(call);
  }

  private static List<Column> columns(JsonNode body) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode field : body.path("fields")) {
      columns.add(
          new Column(
              field.path("name").asText(),
              field.path("type").asText("STRING"),
              field.path("notnull").asBoolean(),
              field.path("comment").asText()));
    }
    return columns;
  }

  private void put(String project, String topic, JsonNode body) {
    String shard = text(body, "shard");
    List<NewRecord> records = new ArrayList<>();
    for (JsonNode record : body.path("records")) {
      records.add(record(record).toShard(shard));
    }
    if (body.path("together").asBoolean()) {
      dataHub.putTogether(project, topic, shard, records);
    } else {
      dataHub.put(project, topic, records);
    }
  }

  private static NewRecord record(JsonNode record) {
    if (record.isTextual()) {
      return NewRecord.ofBlob(Base64.getDecoder().decode(record.asText()));
    }
    String[] columns = new String[record.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = record.get(i).isNull() ? null : record.get(i).asText();
    }
    return NewRecord.ofTuple(columns);
  }

  private Answer forward(JsonNode body) {
    dataHub.forward(Duration.ofMillis(AdminCall.millis(body)));
    return done();
  }

  private Answer deleteTopic(AdminCall call) {
    dataHub.deleteTopic(call.part(1), call.part(2));
    return done();
  }
}
