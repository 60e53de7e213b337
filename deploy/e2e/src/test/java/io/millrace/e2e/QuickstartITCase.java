// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.millrace.cli.Millrace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code millrace quickstart} as a user runs it: the arguments, the last line, the exit code. */
class QuickstartITCase {

  private static final List<String> KEYS =
      List.of(
          "pair",
          "records",
          "shards",
          "parallelism",
          "jobId",
          "checkpoints",
          "restores",
          "delivered",
          "invocations",
          "lost",
          "repeats",
          "outOfOrder",
          "overlapping",
          "seconds",
          "firstEvent");

  private static final List<String> COUNTS =
      List.of("lost", "repeats", "outOfOrder", "overlapping");

  private record Run(int exitCode, String out, String err) {

    JsonNode json() throws Exception {
      return new ObjectMapper().readTree(out.lines().reduce((a, b) -> b).orElseThrow());
    }
  }

  private static Run millrace(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream caughtOut = new ByteArrayOutputStream();
    ByteArrayOutputStream caughtErr = new ByteArrayOutputStream();
    try (PrintStream toOut = new PrintStream(caughtOut, true, StandardCharsets.UTF_8);
        PrintStream toErr = new PrintStream(caughtErr, true, StandardCharsets.UTF_8)) {
      System.setOut(toOut);
      System.setErr(toErr);
      int exitCode = Millrace.execute(arguments);
      return new Run(
          exitCode,
          caughtOut.toString(StandardCharsets.UTF_8),
          caughtErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static void expectAllWell(Run run, int records) throws Exception {
    assertThat(run.exitCode()).as("%s%n%s", run.out(), run.err()).isZero();
    List<String> keys = new ArrayList<>();
    run.json().fieldNames().forEachRemaining(keys::add);
    assertThat(keys).containsExactlyElementsOf(KEYS);
    assertThat(run.json().path("delivered").asInt()).isEqualTo(records);
    assertThat(run.json().path("checkpoints").asInt()).isPositive();
    for (String count : COUNTS) {
      assertThat(run.json().path(count).isInt()).as(count).isTrue();
      assertThat(run.json().path(count).asInt()).as(count).isZero();
    }
  }

  @Test
  void deliversAcrossARescale() throws Exception {
    Run run =
        millrace("quickstart", "--records", "5000", "--shards", "8", "--rescale", "2", "--json");
    expectAllWell(run, 5000);
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.json().path("restores").asInt()).isEqualTo(1);
    assertThat(run.json().path("parallelism").asInt()).isEqualTo(2);
    assertThat(run.json().path("invocations").asInt()).isBetween(50, 5000);
  }

  /** Each side with its own cloud's keys, and the event in the stream's form. */
  @ParameterizedTest
  @ValueSource(strings = {"dis-functiongraph", "datahub-functiongraph", "dis-fc"})
  void deliversWithinAndAcrossTheClouds(String pair) throws Exception {
    Run run =
        millrace(
            "quickstart", "--pair", pair, "--records", "1000", "--shards", "4", "--rescale", "2");
    expectAllWell(run, 1000);
    assertThat(run.json().path("pair").asText()).isEqualTo(pair);
    JsonNode event = run.json().path("firstEvent");
    if (pair.startsWith("dis")) {
      assertThat(names(event)).containsExactly("ShardID", "Message", "Tag", "StreamName");
      JsonNode message = event.path("Message");
      assertThat(names(message))
          .containsExactly("next_partition_cursor", "records", "millis_behind_latest");
      assertThat(names(message.path("records").path(0)))
          .containsExactly("partition_key", "data", "sequence_number");
      assertThat(message.path("records").path(0)).allMatch(JsonNode::isTextual).hasSize(3);
      assertThat(message.path("millis_behind_latest").isTextual()).isTrue();
      assertThat(event.path("ShardID").asText()).matches("shardId-\\d{10}");
      assertThat(event.path("StreamName").asText()).isEqualTo("orders");
    } else {
      assertThat(event.path("eventSource").asText()).isEqualTo("acs:datahub");
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void deliversASingleRecord() throws Exception {
    Run run = millrace("quickstart", "--records", "1", "--shards", "1");
    expectAllWell(run, 1);
    assertThat(run.out()).contains("The first event:");
    JsonNode event = run.json().path("firstEvent");
    List<String> keys = new ArrayList<>();
    event.fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly("eventSource", "eventName", "eventSourceARN", "region", "records");
    assertThat(event.path("eventSource").asText()).isEqualTo("acs:datahub");
    assertThat(event.path("eventSourceARN").asText()).isEqualTo("/projects/millrace/topics/orders");
    assertThat(event.path("records").path(0).path("eventId").asText()).isEqualTo("0:0");
    assertThat(event.path("records").path(0).path("data").asText())
        .isEqualTo("[\"customer-0\",\"0\"]");
  }

  @Test
  void anyServerThatAnswersCanBeTheFunction() throws Exception {
    Queue<String> paths = new ConcurrentLinkedQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          paths.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      Run run =
          millrace(
              "quickstart",
              "--records",
              "500",
              "--shards",
              "2",
              "--function-endpoint",
              "http://127.0.0.1:" + server.getAddress().getPort(),
              "--json");
      assertThat(run.exitCode()).as("%s%n%s", run.out(), run.err()).isZero();
      assertThat(run.json().path("delivered").asInt()).isEqualTo(500);
      for (String count : COUNTS) {
        assertThat(run.json().path(count).isNull()).as(count).isTrue();
      }
      assertThat(paths)
          .isNotEmpty()
          .allMatch("POST /2016-08-15/services/shop/functions/handle/invocations"::equals);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aFunctionThatCannotBeReachedIsNamedBeforeAnythingIsStarted() throws Exception {
    // Bound, so that nobody else can listen there meanwhile, and it does not listen itself.
    try (Socket deaf = new Socket()) {
      deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String endpoint = "http://127.0.0.1:" + deaf.getLocalPort();
      Run run = millrace("quickstart", "--function-endpoint", endpoint);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .contains("--function-endpoint: " + endpoint, "refused");
    }
  }

  @Test
  void refusesWhatItCannotDoInOneLine() {
    for (String[] arguments :
        new String[][] {
          {"quickstart", "--pair", "kafka"},
          {"quickstart", "--records", "0"},
          {"quickstart", "--shards", "-1"},
          {"quickstart", "--rescale", "0"},
          {"quickstart", "--records", "1", "--rescale", "2"},
          {"quickstart", "--function-endpoint", "ftp://x"},
          {"emulator", "--dis-port", "-1"},
          {"emulator", "--functiongraph-port", "70000"},
          {"emulator", "--function-service", "lambda"},
          {"emulator", "--datahub-port", "70000"},
          {"prove", "--faults", "earthquake"},
          {"prove", "--taskmanagers", "1"},
          {"prove", "--records", "1000"},
          {"prove", "--records", "10000001"},
          {"prove", "--rounds", "101"}
        }) {
      Run run = millrace(arguments);
      String option = arguments[arguments.length - 2];
      assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines().findFirst().orElse("")).contains(option);
      assertThat(run.err()).doesNotContain("\tat ");
    }
  }

  @Test
  @Tag("ci")
  void deliversFiftyThousandThroughARescaling() throws Exception {
    Run run =
        millrace("quickstart", "--records", "50000", "--shards", "16", "--rescale", "4", "--json");
    expectAllWell(run, 50_000);
    assertThat(run.json().path("restores").asInt()).isEqualTo(1);
  }
}
