// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.DataHubException;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.datahub.TopicView.ShardView;
import io.millrace.emulator.fault.FaultJson;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Listed;
import io.millrace.emulator.function.FunctionLimits;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import io.millrace.emulator.http.LoopbackServer;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The emulator's own API: JSON over plain HTTP on loopback, without a key. What cannot be done is
 * answered with 400 or 404 and one line, {@code {"error": "…"}}.
 *
 * <ul>
 *   <li>{@code GET /journal?from=<id>}: starts and ends of invocations as lines; {@code GET
 *       /clock}: the journal's time
 *   <li>{@code GET /topics}, {@code POST /topics {project, topic, type, fields: [{name, type,
 *       notnull}], shards, lifecycle}}, {@code GET|DELETE /topics/<project>/<topic>}
 *   <li>{@code POST /topics/<project>/<topic>/split {shard}}, {@code …/merge {shard, adjacent}},
 *       {@code …/extend {shards}}, {@code …/expire {shard, before}}, {@code …/append {fields}},
 *       {@code …/put {shard, records: [[column, …] or base64], together}}
 *   <li>{@code GET /functions}, {@code POST /functions {service, function, timeoutMs,
 *       maxConcurrency}}, {@code DELETE /functions/<service>/<function>}; without a service it is a
 *       function of 3.0
 *   <li>{@code POST /functions/down|up}, {@code POST /datahub/down|up}: stop listening and cut all
 *       connections; listen again
 *   <li>{@code POST /datahub/forward {millis}}: puts DataHub's clock forward
 *   <li>{@code GET|POST|DELETE /faults}, {@code DELETE /faults/<id>}: see {@link FaultJson}
 *   <li>{@code PUT /latency {delayMs}} of every invocation; {@code PUT /keys {accessKeyId,
 *       accessKeySecret, securityToken}} that are accepted from now on
 * </ul>
 */
final class AdminServer implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Emulator emulator;
  private final Faults faults;
  private final LoopbackServer server;

  private AdminServer(int port, Emulator emulator, Faults faults) {
    this.emulator = emulator;
    this.faults = faults;
    this.server = LoopbackServer.start("admin", port, Optional.empty(), this::accept);
  }

  static AdminServer start(int port, Emulator emulator, Faults faults) {
    return new AdminServer(port, emulator, faults);
  }

  URI endpoint() {
    return server.uri();
  }

  @Override
  public void close() {
    server.close();
  }

  private void accept(Exchange exchange) {
    exchange.answer(answer(exchange));
  }

  private Answer answer(Exchange exchange) {
    String[] path = exchange.path().split("/");
    String request = exchange.method() + " /" + (path.length > 1 ? path[1] : "");
    try {
      return switch (request) {
        case "GET /journal" -> journal(exchange);
        case "GET /clock" -> ok(JSON.objectNode().put("now", emulator.journal().now()));
        case "GET /topics" -> path.length == 2 ? topics() : topic(path);
        case "POST /topics" ->
            path.length == 2 ? createTopic(body(exchange)) : changeTopic(path, body(exchange));
        case "DELETE /topics" -> deleteTopic(path);
        case "POST /datahub" ->
            part(path, 2).equals("forward")
                ? forward(body(exchange))
                : reach(path, emulator.dataHub()::goDown, emulator.dataHub()::comeUp);
        case "GET /functions" -> ok(names("functions", emulator.functions().names()));
        case "POST /functions" ->
            path.length == 2
                ? createFunction(body(exchange))
                : reach(path, emulator.functions()::goDown, emulator.functions()::comeUp);
        case "DELETE /functions" -> deleteFunction(path);
        case "PUT /latency" -> setLatency(body(exchange));
        case "PUT /keys" -> setKeys(body(exchange));
        case "GET /faults" -> listFaults();
        case "POST /faults" ->
            ok(JSON.objectNode().put("id", faults.add(FaultJson.read(body(exchange)))));
        case "DELETE /faults" -> deleteFaults(path);
        default -> throw unknown(exchange);
      };
    } catch (NoSuchThing e) {
      return error(404, e.getMessage());
    } catch (DataHubException | IllegalArgumentException e) {
      return error(400, e.getMessage());
    }
  }

  private Answer journal(Exchange exchange) {
    String from = exchange.parameter("from").orElse("0");
    if (!from.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("from: " + from + " is not the id of an invocation");
    }
    StringWriter lines = new StringWriter();
    try {
      emulator.journal().write(Long.parseLong(from), lines);
    } catch (IOException e) {
      throw new IllegalStateException("a string that cannot be written", e);
    }
    return Answer.text(200, "application/x-ndjson", lines.toString());
  }

  private Answer topics() {
    return ok(names("topics", emulator.dataHub().topics()));
  }

  private Answer topic(String[] path) {
    TopicView topic = emulator.dataHub().topic(part(path, 2), part(path, 3));
    ObjectNode answer =
        JSON.objectNode()
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
    emulator
        .dataHub()
        .createTopic(
            text(body, "project"),
            text(body, "topic"),
            schema,
            integer(body, "shards", 1),
            integer(body, "lifecycle", 3));
    return ok(JSON.objectNode());
  }

  private Answer changeTopic(String[] path, JsonNode body) {
    String project = part(path, 2);
    String topic = part(path, 3);
    return switch (part(path, 4)) {
      case "split" ->
          ok(names("shards", emulator.dataHub().splitShard(project, topic, text(body, "shard"))));
      case "merge" ->
          ok(
              JSON.objectNode()
                  .put(
                      "shard",
                      emulator
                          .dataHub()
                          .mergeShards(
                              project, topic, text(body, "shard"), text(body, "adjacent"))));
      case "extend" -> {
        emulator.dataHub().extendShards(project, topic, integer(body, "shards", 0));
        yield topic(path);
      }
      case "expire" -> {
        emulator.dataHub().expire(project, topic, text(body, "shard"), integer(body, "before", 0));
        yield topic(path);
      }
      case "append" -> {
        emulator.dataHub().appendColumns(project, topic, columns(body).toArray(Column[]::new));
        yield topic(path);
      }
      case "put" -> {
        put(project, topic, body);
        yield topic(path);
      }
      default ->
          throw new NoSuchThing(
              "a topic has split, merge, extend, expire, append and put, not " + part(path, 4));
    };
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
      emulator.dataHub().putTogether(project, topic, shard, records);
    } else {
      emulator.dataHub().put(project, topic, records);
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
    JsonNode millis = body.path("millis");
    if (!millis.canConvertToLong()) {
      throw new IllegalArgumentException("millis: " + millis.asText() + " is not a whole number");
    }
    emulator.dataHub().forward(Duration.ofMillis(millis.asLong()));
    return ok(JSON.objectNode());
  }

  private Answer deleteTopic(String[] path) {
    emulator.dataHub().deleteTopic(part(path, 2), part(path, 3));
    return ok(JSON.objectNode());
  }

  private Answer createFunction(JsonNode body) {
    FunctionLimits limits = FunctionLimits.DEFAULT;
    if (body.has("timeoutMs")) {
      limits = limits.withTimeout(Duration.ofMillis(integer(body, "timeoutMs", 0)));
    }
    if (body.has("maxConcurrency")) {
      limits = limits.withMaxConcurrency(integer(body, "maxConcurrency", 0));
    }
    String function = text(body, "function");
    if (body.has("service")) {
      String service = text(body, "service");
      emulator.functions().create(service, function, limits);
      body.path("qualifiers")
          .forEach(each -> emulator.functions().publishService(service, each.asText()));
    } else {
      emulator.functions().create(function, limits);
      body.path("qualifiers")
          .forEach(each -> emulator.functions().publishFunction(function, each.asText()));
    }
    return ok(JSON.objectNode());
  }

  private Answer deleteFunction(String[] path) {
    if (path.length == 3) {
      if (!emulator.functions().delete(part(path, 2))) {
        throw new NoSuchThing("no function " + part(path, 2));
      }
    } else if (!emulator.functions().delete(part(path, 2), part(path, 3))) {
      throw new NoSuchThing("no function " + part(path, 3) + " in service " + part(path, 2));
    }
    return ok(JSON.objectNode());
  }

  private static Answer reach(String[] path, Runnable down, Runnable up) {
    switch (part(path, 2)) {
      case "down" -> down.run();
      case "up" -> up.run();
      default -> throw new NoSuchThing("a service goes down or up, not " + part(path, 2));
    }
    return ok(JSON.objectNode());
  }

  private Answer setLatency(JsonNode body) {
    int millis = integer(body, "delayMs", 0);
    if (millis < 0) {
      throw new IllegalArgumentException("delayMs: " + millis + " is not 0 or more");
    }
    emulator.functions().setLatency(Duration.ofMillis(millis));
    return ok(JSON.objectNode());
  }

  private Answer setKeys(JsonNode body) {
    Optional<String> token =
        body.hasNonNull("securityToken")
            ? Optional.of(text(body, "securityToken"))
            : Optional.empty();
    emulator.setKeys(
        new ServiceKeys(text(body, "accessKeyId"), text(body, "accessKeySecret"), token));
    return ok(JSON.objectNode());
  }

  private Answer listFaults() {
    ObjectNode answer = JSON.objectNode();
    ArrayNode list = answer.putArray("faults");
    for (FaultTarget target : FaultTarget.values()) {
      for (Listed listed : faults.list(target)) {
        list.add(FaultJson.write(listed));
      }
    }
    return ok(answer);
  }

  private Answer deleteFaults(String[] path) {
    if (path.length == 2) {
      for (FaultTarget target : FaultTarget.values()) {
        faults.clear(target);
      }
    } else if (!part(path, 2).matches("[0-9]{1,18}")
        || !faults.remove(Long.parseLong(part(path, 2)))) {
      throw new NoSuchThing("no fault " + part(path, 2));
    }
    return ok(JSON.objectNode());
  }

  private static JsonNode body(Exchange exchange) {
    if (exchange.body().length == 0) {
      return JSON.objectNode();
    }
    try {
      JsonNode body = MAPPER.readTree(exchange.body());
      if (body.isObject()) {
        return body;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("bytes that cannot be read", e);
    }
    throw new IllegalArgumentException("the body is not a JSON object");
  }

  private static String text(JsonNode body, String key) {
    JsonNode value = body.path(key);
    // A shard is named by a number, which may well be written as one.
    if ((!value.isTextual() && !value.isIntegralNumber()) || value.asText().isEmpty()) {
      throw new IllegalArgumentException(
          key + ": " + (value.isMissingNode() ? "missing" : value + " is not a name"));
    }
    return value.asText();
  }

  private static int integer(JsonNode body, String key, int absent) {
    JsonNode value = body.path(key);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.canConvertToInt()) {
      throw new IllegalArgumentException(key + ": " + value + " is not a whole number");
    }
    return value.asInt();
  }

  private static String part(String[] path, int index) {
    if (path.length <= index) {
      throw new NoSuchThing("the path is too short");
    }
    return path[index];
  }

  private static ObjectNode names(String key, List<String> names) {
    ObjectNode answer = JSON.objectNode();
    names.forEach(answer.putArray(key)::add);
    return answer;
  }

  private static NoSuchThing unknown(Exchange exchange) {
    return new NoSuchThing(
        "no "
            + exchange.method()
            + " "
            + exchange.path()
            + "; there are /journal, /clock, /topics, /datahub, /functions, /latency, /keys and"
            + " /faults");
  }

  private static Answer ok(ObjectNode body) {
    return Answer.json(200, body);
  }

  private static Answer error(int status, String message) {
    return Answer.json(status, JSON.objectNode().put("error", message));
  }

  /** A path that leads nowhere. */
  private static final class NoSuchThing extends RuntimeException {

    private static final long serialVersionUID = 1;

    NoSuchThing(String message) {
      super(message, null, false, false);
    }
  }
}
