// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static io.millrace.emulator.AdminCall.done;
import static io.millrace.emulator.AdminCall.integer;
import static io.millrace.emulator.AdminCall.ok;
import static io.millrace.emulator.AdminCall.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.AdminCall.NoSuchThing;
import io.millrace.emulator.AdminCall.Operation;
import io.millrace.emulator.datahub.DataHubException;
import io.millrace.emulator.dis.DisException;
import io.millrace.emulator.fault.FaultJson;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.fault.Faults.Listed;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import io.millrace.emulator.http.LoopbackServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The emulator's own API: JSON over plain HTTP on loopback, without a key. What cannot be done is
 * answered with 400 or 404 and one line, {@code {"error": "…"}}.
 *
 * <ul>
 *   <li>{@code GET /journal?from=<id>}: starts and ends of invocations as lines; {@code GET
 *       /offsets?from=<number>}: what was done to the offsets of subscriptions, as lines; {@code
 *       GET /clock}: the time of both
 *   <li>{@code GET /topics}, {@code POST /topics {project, topic, type, fields: [{name, type,
 *       notnull}], shards, lifecycle}}, {@code GET|DELETE /topics/<project>/<topic>}
 *   <li>{@code POST /topics/<project>/<topic>/split {shard}}, {@code …/merge {shard, adjacent}},
 *       {@code …/extend {shards}}, {@code …/expire {shard, before}}, {@code …/append {fields}},
 *       {@code …/put {shard, records: [[column, …] or base64], together}}
 *   <li>{@code GET /streams}, {@code POST /streams {stream, partitions, retentionHours}}, {@code
 *       GET|DELETE /streams/<stream>}, {@code POST /streams/<stream>/scale {partitions}}, {@code
 *       …/expire {partition, before}}, {@code …/put {partition, records: [base64, …]}}
 *   <li>{@code GET /checkpoints}: every checkpoint that an app has stored, with the journal's time
 *   <li>{@code GET /functions}, {@code POST /functions {service, function, timeoutMs,
 *       maxConcurrency}}, {@code DELETE /functions/<service>/<function>}; without a service it is a
 *       function of 3.0
 *   <li>{@code GET /functiongraph}, {@code POST /functiongraph {project, package, function,
 *       timeoutMs, maxConcurrency, qualifiers}}, {@code DELETE
 *       /functiongraph/<project>/<package>/<function>}
 *   <li>{@code POST /functions|functiongraph|datahub|dis/down|up}: stop listening and cut all
 *       connections; listen again
 *   <li>{@code POST /datahub|dis/forward {millis}}: puts the service's clock forward
 *   <li>{@code GET|POST|DELETE /faults}, {@code DELETE /faults/<id>}: see {@link FaultJson}
 *   <li>{@code PUT /latency {delayMs}} of every invocation; {@code PUT /keys {accessKeyId,
 *       accessKeySecret, securityToken, authToken}} that are accepted from now on
 * </ul>
 */
final class AdminServer implements AutoCloseable {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Emulator emulator;
  private final Faults faults;
  private final Map<String, Operation> operations = new TreeMap<>();
  private final LoopbackServer server;

  private AdminServer(int port, Emulator emulator, Faults faults) {
    this.emulator = emulator;
    this.faults = faults;
    operations.putAll(byName());
    operations.putAll(new DataHubAdmin(emulator.dataHub()).byName());
    operations.putAll(new DisAdmin(emulator.dis()).byName());
    operations.putAll(new FunctionComputeAdmin(emulator.functions()).byName());
    operations.putAll(new FunctionGraphAdmin(emulator.functionGraph()).byName());
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
    exchange.answer(answer(new AdminCall(exchange)));
  }

  private Answer answer(AdminCall call) {
    try {
      Operation operation = operations.get(call.name());
      if (operation == null) {
        throw unknown(call);
      }
      return operation.run(call);
    } catch (NoSuchThing e) {
      return error(404, e.getMessage());
    } catch (DataHubException | DisException | IllegalArgumentException e) {
      return error(400, e.getMessage());
    }
  }

  /** What concerns all services. */
  private Map<String, Operation> byName() {
    return Map.of(
        "GET /journal",
        call -> lines(call, emulator.journal()::write),
        "GET /offsets",
        call -> lines(call, emulator.dataHub().offsets()::write),
        "GET /clock",
        call -> ok(JSON.objectNode().put("now", emulator.journal().now())),
        "PUT /keys",
        this::setKeys,
        "PUT /latency",
        this::setLatency,
        "GET /faults",
        call -> listFaults(),
        "POST /faults",
        call -> ok(JSON.objectNode().put("id", faults.add(FaultJson.read(call.body())))),
        "DELETE /faults",
        this::deleteFaults);
  }

  private interface Lines {
    void write(long from, Writer out) throws IOException;
  }

  private static Answer lines(AdminCall call, Lines entries) {
    String from = call.parameter("from").orElse("0");
    if (!from.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("from: " + from + " is not the number of an entry");
    }
    StringWriter lines = new StringWriter();
    try {
      entries.write(Long.parseLong(from), lines);
    } catch (IOException e) {
      throw new IllegalStateException("a string that cannot be written", e);
    }
    return Answer.text(200, "application/x-ndjson", lines.toString());
  }

  private Answer setKeys(AdminCall call) {
    JsonNode body = call.body();
    emulator.setKeys(
        new ServiceKeys(
            text(body, "accessKeyId"),
            text(body, "accessKeySecret"),
            token(body, "securityToken"),
            token(body, "authToken")));
    return done();
  }

  private Answer setLatency(AdminCall call) {
    int millis = integer(call.body(), "delayMs", 0);
    if (millis < 0) {
      throw new IllegalArgumentException("delayMs: " + millis + " is not 0 or more");
    }
    emulator.functions().setLatency(Duration.ofMillis(millis));
    emulator.functionGraph().setLatency(Duration.ofMillis(millis));
    return done();
  }

  private static Optional<String> token(JsonNode body, String key) {
    return body.hasNonNull(key) ? Optional.of(text(body, key)) : Optional.empty();
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

  private Answer deleteFaults(AdminCall call) {
    if (call.parts() == 1) {
      for (FaultTarget target : FaultTarget.values()) {
        faults.clear(target);
      }
    } else if (!call.part(1).matches("[0-9]{1,18}")
        || !faults.remove(Long.parseLong(call.part(1)))) {
      throw new NoSuchThing("no fault " + call.part(1));
    }
    return done();
  }

  private NoSuchThing unknown(AdminCall call) {
    return new NoSuchThing("no " + call + "; there are " + String.join(", ", operations.keySet()));
  }

  private static Answer error(int status, String message) {
    return Answer.json(status, JSON.objectNode().put("error", message));
  }
}
