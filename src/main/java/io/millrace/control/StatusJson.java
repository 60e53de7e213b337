// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.dispatch.lane.Blockade;
import io.millrace.dispatch.lane.LastError;
import io.millrace.model.Position;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** The JSON documents that clients receive. The client adds the job's id and state. */
final class StatusJson {

  private static final JsonFactory JSON = new JsonFactory();

  /** A shard's status with where it runs. */
  record Shard(LaneStatus status, int subtask, String host) {}

  /** Writes the fields of one document. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private StatusJson() {}

  static String status(String trigger, String function, Blockade blockade, Collection<Shard> shards)
      throws IOException {
    return document(
        json -> {
          json.writeStringField("name", trigger);
          json.writeStringField("function", function);
          json.writeFieldName("blocked");
          if (blockade.isRaised()) {
            json.writeStartObject();
            json.writeNumberField("since", blockade.since());
            json.writeStringField("message", blockade.message());
            json.writeEndObject();
          } else {
            json.writeNull();
          }
          json.writeArrayFieldStart("shards");
          for (Shard shard : shards) {
            write(json, shard);
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, Shard shard) throws IOException {
    LaneStatus status = shard.status();
    json.writeStartObject();
    json.writeStringField("shard", status.shard());
    json.writeStringField("state", status.state());
    json.writeFieldName("position");
    Position position = status.position();
    if (position == null) {
      json.writeNull();
    } else {
      json.writeStartObject();
      json.writeNumberField("sequence", position.sequence());
      json.writeNumberField("index", position.index());
      json.writeNumberField("time", position.time());
      json.writeEndObject();
    }
    number(json, "readPosition", status.readPosition());
    number(json, "lagRecords", status.lagRecords());
    number(json, "lagMs", status.lagMs());
    json.writeNumberField("attempts", status.attempts());
    number(json, "nextAttemptAt", status.nextAttemptAt());
    number(json, "inFlightSince", status.inFlightSince());
    json.writeFieldName("lastError");
    LastError error = status.lastError();
    if (error == null) {
      json.writeNull();
    } else {
      json.writeStartObject();
      json.writeStringField("message", error.message());
      json.writeStringField("requestId", error.requestId());
      json.writeNumberField("at", error.at());
      json.writeEndObject();
    }
    json.writeNumberField("envelopes", status.envelopes());
    json.writeNumberField("records", status.records());
    // No policy of this version gives a record up.
    json.writeNumberField("discarded", 0);
    json.writeNumberField("repeated", status.repeated());
    json.writeNumberField("subtask", shard.subtask());
    json.writeStringField("host", shard.host());
    json.writeArrayFieldStart("parents");
    for (String parent : status.parents()) {
      json.writeString(parent);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, Long value) throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
  }

  /** What became of a command, shard by shard: REQUESTED, APPLIED or DURABLE. */
  static String command(CommandRequest request, Map<String, String> stages) throws IOException {
    return document(
        json -> {
          head(json, request);
          json.writeNullField("refused");
          json.writeArrayFieldStart("shards");
          for (Map.Entry<String, String> stage : stages.entrySet()) {
            json.writeStartObject();
            json.writeStringField("shard", stage.getKey());
            json.writeStringField("stage", stage.getValue());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  static String refused(CommandRequest request, String reason) throws IOException {
    return document(
        json -> {
          head(json, request);
          json.writeStringField("refused", reason);
          json.writeArrayFieldStart("shards");
          json.writeEndArray();
        });
  }

  private static void head(JsonGenerator json, CommandRequest request) throws IOException {
    json.writeStringField("id", request.id());
    json.writeStringField("command", request.verb().name().toLowerCase(Locale.ROOT));
  }

  private static String document(Fields fields) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    }
    return text.toString();
  }
}
