// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.dispatch.lane.Blockade;
import io.millrace.dispatch.lane.CallSummary;
import io.millrace.dispatch.lane.LastError;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The JSON documents that clients receive. The client adds the job's id and state. */
final class StatusJson {

  private static final JsonFactory JSON = new JsonFactory();

  /** A shard's status with where it runs. */
  record Shard(LaneStatus status, int subtask, String host) {}

  /** What became of a command at one shard. */
  record Target(String shard, String stage, Optional<String> reason) {}

  /** Writes the fields of one document. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private StatusJson() {}

  static String status(
      String trigger,
      String function,
      Blockade blockade,
      Collection<Shard> shards,
      List<Command> skips)
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
          Map<String, List<String>> children = children(shards);
          for (Shard shard : shards) {
            write(json, shard, children.getOrDefault(shard.status().shard(), List.of()));
          }
          json.writeEndArray();
          json.writeArrayFieldStart("skipped");
          for (Command skip : skips) {
            write(json, skip);
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, Command skip) throws IOException {
    SkipTarget target = skip.skip();
    json.writeStartObject();
    json.writeStringField("id", skip.id());
    json.writeStringField("shard", skip.shard());
    position(json, "first", target.first());
    position(json, "last", target.last());
    number(json, "sequence", target.sequence());
    number(json, "index", target.index() == null ? null : Long.valueOf(target.index()));
    json.writeStringField("reason", target.reason());
    json.writeEndObject();
  }

  private static Map<String, List<String>> children(Collection<Shard> shards) {
    Map<String, List<String>> children = new HashMap<>();
    for (Shard shard : shards) {
      for (String parent : shard.status().parents()) {
        children.computeIfAbsent(parent, id -> new ArrayList<>()).add(shard.status().shard());
      }
    }
    return children;
  }

  private static void write(JsonGenerator json, Shard shard, List<String> children)
      throws IOException {
    LaneStatus status = shard.status();
    json.writeStartObject();
    json.writeStringField("shard", status.shard());
    json.writeStringField("state", status.state());
    json.writeStringField("waitingFor", status.waitingFor());
    position(json, "position", status.position());
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
    envelope(json, status.envelope());
    calls(json, status.calls());
    json.writeNumberField("envelopes", status.envelopes());
    json.writeNumberField("records", status.records());
    json.writeNumberField("discarded", status.discarded());
    json.writeNumberField("repeated", status.repeated());
    json.writeNumberField("subtask", shard.subtask());
    json.writeStringField("host", shard.host());
    array(json, "parents", status.parents());
    array(json, "children", children);
    json.writeEndObject();
  }

  private static void envelope(JsonGenerator json, LaneStatus.Sealed sealed) throws IOException {
    json.writeFieldName("envelope");
    if (sealed == null) {
      json.writeNull();
    } else {
      json.writeStartObject();
      position(json, "first", sealed.first());
      position(json, "last", sealed.last());
      json.writeNumberField("records", sealed.records());
      json.writeEndObject();
    }
  }

  private static void calls(JsonGenerator json, CallSummary calls) throws IOException {
    json.writeFieldName("latencyMs");
    if (calls == null) {
      json.writeNull();
      json.writeNullField("recordsPerEnvelope");
    } else {
      json.writeStartObject();
      json.writeNumberField("p50", calls.p50Millis());
      json.writeNumberField("p99", calls.p99Millis());
      json.writeNumberField("calls", calls.calls());
      json.writeEndObject();
      json.writeNumberField(
          "recordsPerEnvelope", Math.round(calls.recordsPerEnvelope() * 10) / 10.0);
    }
  }

  private static void position(JsonGenerator json, String name, Position position)
      throws IOException {
    json.writeFieldName(name);
    if (position == null) {
      json.writeNull();
    } else {
      json.writeStartObject();
      json.writeNumberField("sequence", position.sequence());
      json.writeNumberField("index", position.index());
      json.writeNumberField("time", position.time());
      json.writeEndObject();
    }
  }

  private static void array(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static void number(JsonGenerator json, String name, Long value) throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
  }

  /** What became of a command, shard by shard: REQUESTED, APPLIED, DURABLE or MISSED. */
  static String command(CommandRequest request, List<Target> targets) throws IOException {
    return document(
        json -> {
          head(json, request.id(), request.verb());
          json.writeNullField("refused");
          json.writeArrayFieldStart("shards");
          for (Target target : targets) {
            json.writeStartObject();
            json.writeStringField("shard", target.shard());
            json.writeStringField("stage", target.stage());
            json.writeStringField("reason", target.reason().orElse(null));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /**
   * Why a command was not taken.
   *
   * @param later whether it may be, as soon as the tasks have told their shards
   */
  static String refused(String id, Verb verb, String reason, boolean later) throws IOException {
    return document(
        json -> {
          head(json, id, verb);
          json.writeStringField("refused", reason);
          json.writeBooleanField("later", later);
          json.writeArrayFieldStart("shards");
          json.writeEndArray();
        });
  }

  /**
   * Where shards would go on. Of each shard {@code stage} is ASKED, FOUND or REFUSED; {@code from}
   * is the sequence behind the last record delivered, {@code to} the one at which it would go on,
   * or null where only a time or nothing is known.
   */
  static String survey(
      String id,
      Map<PlaceQuestion, PlaceAnswer> survey,
      Function<String, Optional<LaneStatus>> status)
      throws IOException {
    return document(
        json -> {
          head(json, id, Verb.SEEK);
          json.writeNullField("refused");
          json.writeArrayFieldStart("shards");
          for (Map.Entry<PlaceQuestion, PlaceAnswer> each : survey.entrySet()) {
            String shard = each.getKey().shard();
            write(json, shard, each.getValue(), status.apply(shard));
          }
          json.writeEndArray();
        });
  }

  private static void write(
      JsonGenerator json, String shard, PlaceAnswer answer, Optional<LaneStatus> status)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("shard", shard);
    json.writeStringField(
        "stage", answer == null ? "ASKED" : answer.found() == null ? "REFUSED" : "FOUND");
    json.writeStringField("refusal", answer == null ? null : answer.refusal());
    json.writeStringField("state", status.map(LaneStatus::state).orElse(null));
    number(
        json,
        "from",
        status.map(LaneStatus::position).map(position -> position.sequence() + 1).orElse(null));
    StartPosition found = answer == null ? null : answer.now();
    number(
        json,
        "to",
        found instanceof StartPosition.After after ? after.position().sequence() + 1 : null);
    number(json, "time", found instanceof StartPosition.At at ? at.time() : null);
    json.writeEndObject();
  }

  private static void head(JsonGenerator json, String id, Verb verb) throws IOException {
    json.writeStringField("id", id);
    json.writeStringField("command", verb.name().toLowerCase(Locale.ROOT));
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
