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
import io.millrace.emulator.dis.CheckpointCommit;
import io.millrace.emulator.dis.DisEmulator;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.emulator.dis.StreamView.PartitionView;
import io.millrace.emulator.http.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** DIS's part of the admin API. */
final class DisAdmin {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DisEmulator dis;

  DisAdmin(DisEmulator dis) {
    this.dis = dis;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "GET /streams",
            call -> call.parts() == 1 ? ok(names("streams", dis.streams())) : stream(call.part(1)),
        "POST /streams", call -> call.parts() == 1 ? createStream(call.body()) : changeStream(call),
        "DELETE /streams", this::deleteStream,
        "GET /checkpoints", call -> checkpoints(),
        "POST /dis", this::changeService);
  }

  private Answer stream(String name) {
    ObjectNode answer = JSON.objectNode().put("stream", name);
    ArrayNode partitions = answer.putArray("partitions");
    for (PartitionView partition : dis.stream(name).partitions()) {
      partitions
          .addObject()
          .put("partition", partition.id())
          .put("state", partition.state())
          .put("count", partition.count())
          .put("first", partition.first())
          .put("next", partition.next())
          .put("hashRange", partition.hashRange());
    }
    return ok(answer);
  }

  private Answer createStream(JsonNode body) {
    dis.createStream(
        text(body, "stream"), integer(body, "partitions", 1), integer(body, "retentionHours", 24));
    return done();
  }

  private Answer changeStream(AdminCall call) {
    JsonNode body = call.body();
    String stream = call.part(1);
    switch (call.part(2)) {
      case "scale" -> dis.scale(stream, integer(body, "partitions", 0));
      case "expire" -> dis.expire(stream, text(body, "partition"), integer(body, "before", 0));
      case "put" -> put(stream, body);
      default -> throw new NoSuchThing("a stream has scale, expire and put, not " + call.part(2));
    }
    return stream(stream);
  }

  private void put(String stream, JsonNode body) {
    String partition = text(body, "partition");
    List<NewRecord> records = new ArrayList<>();
    for (JsonNode record : body.path("records")) {
      records.add(NewRecord.of(Base64.getDecoder().decode(record.asText())).toPartition(partition));
    }
    dis.put(stream, records);
  }

  private Answer deleteStream(AdminCall call) {
    dis.deleteStream(call.part(1));
    return done();
  }

  private Answer checkpoints() {
    ObjectNode answer = JSON.objectNode();
    ArrayNode list = answer.putArray("checkpoints");
    for (CheckpointCommit commit : dis.commits()) {
      list.addObject()
          .put("at", commit.at())
          .put("app", commit.app())
          .put("stream", commit.stream())
          .put("partition", commit.partition())
          .put("sequence", commit.sequence());
    }
    return ok(answer);
  }

  private Answer changeService(AdminCall call) {
    if (!call.part(1).equals("forward")) {
      return call.reach(dis::goDown, dis::comeUp);
    }
    dis.forward(Duration.ofMillis(AdminCall.millis(call.body())));
    return done();
  }
}
