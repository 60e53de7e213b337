// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.console.ConsoleProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The console's page, with an API behind it that tells of one job with many shards in every state.
 * Of each look to the next nearly every shard is another.
 */
final class StubConsole implements AutoCloseable {

  static final List<String> STATES =
      List.of(
          "SUSPENDED", "RETRYING", "BLOCKED", "OPENING", "DELIVERING", "READY", "IDLE", "ENDED");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JOB = "00000000000000000000000000000001";
  private static final String ADDRESS = "cluster:8081";
  private static final int LOOKS = 450;

  private final int shards;
  private final Random random = new Random(1);
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;
  private int looks;

  StubConsole(int shards) throws IOException {
    this.shards = shards;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::page);
    server.createContext("/api/session", exchange -> json(exchange, session()));
    server.createContext("/api/jobs", exchange -> json(exchange, jobs(exchange)));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** How often the page has asked for the shards. */
  synchronized int looks() {
    return looks;
  }

  private void page(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String name = path.equals("/") ? "index.html" : path.substring(1);
    try (InputStream file = ConsoleProvider.class.getResourceAsStream("page/" + name)) {
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
        exchange.close();
        return;
      }
      String type =
          name.endsWith(".js")
              ? "text/javascript"
              : name.endsWith(".css")
                  ? "text/css"
                  : name.endsWith(".svg") ? "image/svg+xml" : "text/html";
      answer(exchange, type + "; charset=utf-8", file.readAllBytes());
    }
  }

  private static void json(HttpExchange exchange, ObjectNode document) throws IOException {
    answer(exchange, "application/json", JSON.writeValueAsBytes(document));
  }

  private static void answer(HttpExchange exchange, String type, byte[] content)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content);
    exchange.close();
  }

  private static ObjectNode session() {
    return JSON.createObjectNode().put("locked", true).put("open", true);
  }

  private ObjectNode jobs(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/history")) {
      return history();
    }
    ObjectNode answer = cluster();
    if (path.equals("/api/jobs")) {
      answer.putArray("jobs").add(job());
      return answer;
    }
    ObjectNode job = job();
    job.set("shards", shards());
    answer.set("job", job);
    ArrayNode commands = answer.putArray("commands");
    for (String stage : List.of("REQUESTED", "DURABLE", "MISSED", "REFUSED")) {
      ObjectNode command = commands.addObject();
      command.put("id", stage).put("job", JOB).put("command", "retry").put("shard", "7");
      command.put("at", now()).put("stage", stage).putNull("problem");
      command.put("refused", stage.equals("REFUSED") ? "there is no shard 7" : null);
      command.put("reason", stage.equals("MISSED") ? "the shard has ended" : null);
      ObjectNode counts = command.putObject("counts");
      List.of("requested", "applied", "durable", "missed").forEach(each -> counts.put(each, 1));
    }
    return answer;
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  private static ObjectNode cluster() {
    ObjectNode answer = JSON.createObjectNode().put("now", now());
    ObjectNode cluster = answer.putObject("cluster");
    cluster.put("address", ADDRESS).put("reachable", true).putNull("problem");
    cluster.put("since", now() - 60_000).put("at", now());
    ArrayNode verbs = answer.putArray("verbs");
    List.of("suspend", "resume", "retry", "skip", "seek").forEach(verbs::add);
    return answer;
  }

  private ObjectNode job() {
    ObjectNode job = JSON.createObjectNode();
    job.put("id", JOB).put("name", "orders").put("health", "RUNNING").put("state", "RUNNING");
    job.putNull("problem").put("function", "shop/handle").put("seenAt", now());
    job.putObject("blocked").put("since", now() - 90_000).put("message", "403: the key is revoked");
    job.putObject("tasks").put("running", 8).put("all", 8);
    ObjectNode totals = job.putObject("totals");
    totals.put("shards", shards).put("recordsPerSecond", 1234.5).put("lagRecords", 56_789);
    totals.put("lagMs", 65_000).put("latencyP50", 12.0).put("latencyP99", 345.0);
    totals.put("envelopes", 1_000_000).put("records", 20_000_000);
    totals.put("discarded", 12).put("repeated", 345);
    ObjectNode states = totals.putObject("states");
    STATES.forEach(state -> states.put(state, shards / STATES.size()));
    return job;
  }

  private synchronized ArrayNode shards() {
    looks++;
    ArrayNode all = JSON.createArrayNode();
    for (int i = 0; i < shards; i++) {
      String state = STATES.get((i + looks) % STATES.size());
      boolean failing = state.equals("RETRYING") || state.equals("SUSPENDED");
      long sequence = 1_000_000L * i + 500L * looks + random.nextInt(400);
      ObjectNode shard = all.addObject();
      shard.put("shard", String.valueOf(i)).put("state", state).put("waitingFor", "RECORDS");
      position(shard.putObject("position"), sequence);
      shard.put("readPosition", sequence + 100).put("lagRecords", random.nextInt(100_000));
      shard.put("lagMs", random.nextInt(600_000)).put("attempts", failing ? looks : 0);
      shard.put("nextAttemptAt", state.equals("RETRYING") ? (Long) (now() + 5_000) : null);
      shard.put("inFlightSince", state.equals("DELIVERING") ? (Long) (now() - 700) : null);
      if (failing) {
        shard
            .putObject("lastError")
            .put("message", "no stock in warehouse " + random.nextInt(1_000))
            .put("requestId", "request-" + sequence)
            .put("at", now());
        ObjectNode envelope = shard.putObject("envelope").put("records", 100);
        position(envelope.putObject("first"), sequence + 1);
        position(envelope.putObject("last"), sequence + 100);
      } else {
        shard.putNull("lastError").putNull("envelope");
      }
      shard.putObject("latencyMs").put("p50", 12).put("p99", random.nextInt(900)).put("calls", 128);
      shard.put("recordsPerEnvelope", 20.5).put("envelopes", 100L * looks);
      shard.put("records", 2_000L * looks).put("discarded", 0).put("repeated", 0);
      shard.put("subtask", i % 8).put("host", "worker-" + i % 8);
      shard.put("recordsPerSecond", random.nextDouble() * 100);
      shard.putArray("parents");
      shard.putArray("children");
    }
    return all;
  }

  private static void position(ObjectNode node, long sequence) {
    node.put("sequence", sequence).put("index", 0).put("time", 1_600_000_000_000L + sequence);
  }

  private ObjectNode history() {
    ObjectNode history = JSON.createObjectNode();
    for (String series :
        List.of(
            "at",
            "recordsPerSecond",
            "lagRecords",
            "lagMs",
            "latencyP50",
            "latencyP99",
            "troubled")) {
      ArrayNode values = history.putArray(series);
      for (int i = LOOKS; i > 0; i--) {
        values.add(series.equals("at") ? now() - 2_000L * i : 1_000 + i % 7 * 100);
      }
    }
    return history;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
