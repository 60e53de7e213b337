// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.emulator.datahub.NewRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private Emulator emulator;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().start();
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void createsAndChangesTopics() throws Exception {
    call(
        "POST",
        "/topics",
        "{\"project\":\"shop\",\"topic\":\"orders\",\"type\":\"TUPLE\",\"fields\":"
            + "[{\"name\":\"id\",\"type\":\"bigint\",\"notnull\":true},{\"name\":\"text\"}],\"shards\":2}");
    assertThat(call("GET", "/topics", "").get("topics").get(0).asText()).isEqualTo("shop/orders");
    emulator.dataHub().put("shop", "orders", NewRecord.ofTuple("1", null).toShard("0"));
    assertThat(call("POST", "/topics/shop/orders/split", "{\"shard\":\"0\"}").toString())
        .isEqualTo("{\"shards\":[\"2\",\"3\"]}");
    assertThat(
            call("POST", "/topics/shop/orders/merge", "{\"shard\":3,\"adjacent\":1}")
                .get("shard")
                .asText())
        .isEqualTo("4");
    call("POST", "/topics/shop/orders/extend", "{\"shards\":3}");
    call("POST", "/topics/shop/orders/expire", "{\"shard\":\"0\",\"before\":1}");
    JsonNode topic = call("GET", "/topics/shop/orders", "");
    assertThat(topic.get("type").asText()).isEqualTo("TUPLE");
    JsonNode shards = topic.get("shards");
    assertThat(shards).hasSize(6);
    assertThat(shards.get(0).get("state").asText()).isEqualTo("CLOSED");
    assertThat(shards.get(0).get("count").asInt()).isZero();
    assertThat(shards.get(0).get("nextSequence").asInt()).isEqualTo(1);
    assertThat(shards.get(4).get("parents").toString()).isEqualTo("[\"3\",\"1\"]");
    assertThat(shards.get(4).get("state").asText()).isEqualTo("ACTIVE");
    call("DELETE", "/topics/shop/orders", "");
    assertThat(emulator.dataHub().topics()).isEmpty();
  }

  @Test
  void putsRecordsAppendsColumnsAndPutsTheClockForward() throws Exception {
    call(
        "POST",
        "/topics",
        "{\"project\":\"shop\",\"topic\":\"orders\",\"fields\":[{\"name\":\"a\"}]}");
    call(
        "POST",
        "/topics/shop/orders/append",
        "{\"fields\":[{\"name\":\"n\",\"type\":\"BIGINT\"}]}");
    call(
        "POST",
        "/topics/shop/orders/put",
        "{\"shard\":0,\"records\":[[\"x\",\"1\"],[\"y\",null]],\"together\":true}");
    JsonNode put =
        call("POST", "/topics/shop/orders/put", "{\"shard\":0,\"records\":[[\"z\",\"2\"]]}");
    assertThat(put.get("shards").get(0).get("count").asInt()).isEqualTo(3);
    assertThat(put.get("shards").get(0).get("nextSequence").asInt()).isEqualTo(2);
    assertThat(emulator.dataHub().topic("shop", "orders").records("0"))
        .extracting(record -> record.sequence() + " " + record.columns().get(1).orElse("-"))
        .containsExactly("0 1", "0 -", "1 2");
    call("POST", "/datahub/forward", "{\"millis\":259200001}");
    assertThat(call("GET", "/topics/shop/orders", "").get("shards").get(0).get("count").asInt())
        .isZero();
  }

  @Test
  void createsScalesAndFillsStreams() throws Exception {
    call("POST", "/streams", "{\"stream\":\"clicks\",\"partitions\":2}");
    assertThat(call("GET", "/streams", "").get("streams").get(0).asText()).isEqualTo("clicks");
    call(
        "POST",
        "/streams/clicks/put",
        "{\"partition\":1,\"records\":[\"YQ==\",\"Yg==\",\"Yw==\"]}");
    call("POST", "/streams/clicks/expire", "{\"partition\":1,\"before\":1}");
    JsonNode scaled = call("POST", "/streams/clicks/scale", "{\"partitions\":1}");
    assertThat(scaled.get("partitions").get(1).toString())
        .isEqualTo(
            "{\"partition\":\"shardId-0000000001\",\"state\":\"DELETED\",\"count\":2,"
                + "\"first\":1,\"next\":3,\"hashRange\":\"[-1 : -1]\"}");
    call("POST", "/dis/forward", "{\"millis\":90000000}");
    assertThat(call("GET", "/streams/clicks", "").get("partitions").get(1).get("state").asText())
        .isEqualTo("EXPIRED");
    emulator.dis().createApp("app1");
    emulator.dis().setCheckpoint("app1", "clicks", "0", 7);
    JsonNode checkpoint = call("GET", "/checkpoints", "").get("checkpoints").get(0);
    assertThat(checkpoint.get("partition").asText()).isEqualTo("shardId-0000000000");
    assertThat(checkpoint.get("sequence").asLong()).isEqualTo(7);
    assertThat(checkpoint.get("at").asLong()).isPositive();
    call("POST", "/dis/down", "");
    call("POST", "/dis/up", "");
    call("DELETE", "/streams/clicks", "");
    assertThat(emulator.dis().streams()).isEmpty();
  }

  @Test
  void createsFunctionsAndTakesThemDown() throws Exception {
    call(
        "POST",
        "/functions",
        "{\"service\":\"svc\",\"function\":\"fn\",\"timeoutMs\":600000,\"maxConcurrency\":5}");
    assertThat(emulator.functions().names()).containsExactly("svc/fn");
    SignedCaller caller = new SignedCaller(emulator);
    assertThat(caller.invoke("fn", "{}").statusCode()).isEqualTo(200);
    call("POST", "/functions/down", "");
    assertThatThrownBy(() -> caller.invoke("fn", "{}")).isInstanceOf(IOException.class);
    call("POST", "/functions/up", "");
    call("PUT", "/latency", "{\"delayMs\":50}");
    assertThat(caller.invoke("fn", "{}").statusCode()).isEqualTo(200);
    call(
        "PUT",
        "/keys",
        "{\"accessKeyId\":\"a\",\"accessKeySecret\":\"b\",\"securityToken\":\"c\"}");
    assertThat(caller.invoke("fn", "{}").statusCode()).isEqualTo(403);
    call("POST", "/functions", "{\"function\":\"fn3\"}");
    assertThat(emulator.functions().names()).containsExactly("fn3", "svc/fn");
    call("DELETE", "/functions/fn3", "");
    call("DELETE", "/functions/svc/fn", "");
    assertThat(emulator.functions().names()).isEmpty();
    call("POST", "/datahub/down", "");
    call("POST", "/datahub/up", "");

    List<String> lines = send("GET", "/journal?from=1", "").body().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(MAPPER.readTree(lines.get(1)).get("outcome").asText()).isEqualTo("ok");
    assertThat(MAPPER.readTree(lines.get(3)).get("status").asInt()).isEqualTo(403);
    assertThat(call("GET", "/clock", "").get("now").asLong())
        .isGreaterThanOrEqualTo(MAPPER.readTree(lines.get(3)).get("at").asLong());
  }

  @Test
  void addsListsAndRemovesFaults() throws Exception {
    long first =
        call(
                "POST",
                "/faults",
                "{\"service\":\"function\",\"kind\":\"status\",\"status\":429,\"shard\":3,\"times\":5}")
            .get("id")
            .asLong();
    call(
        "POST",
        "/faults",
        "{\"service\":\"datahub\",\"kind\":\"latency\",\"operation\":\"getRecords\",\"delayMs\":70,\"probability\":0.5}");
    JsonNode faults = call("GET", "/faults", "").get("faults");
    assertThat(faults).hasSize(2);
    assertThat(faults.get(0).toString())
        .isEqualTo(
            "{\"id\":2,\"service\":\"datahub\",\"kind\":\"latency\",\"operation\":\"getRecords\","
                + "\"probability\":0.5,\"delayMs\":70,\"strikes\":0}");
    assertThat(faults.get(1).toString())
        .isEqualTo(
            "{\"id\":1,\"service\":\"function\",\"kind\":\"status\",\"shard\":\"3\",\"times\":5,"
                + "\"probability\":1.0,\"delayMs\":0,\"status\":429,\"strikes\":0}");
    call("DELETE", "/faults/" + first, "");
    assertThat(call("GET", "/faults", "").get("faults")).hasSize(1);
    call("DELETE", "/faults", "");
    assertThat(call("GET", "/faults", "").get("faults")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /faults | {\"service\":\"fc\",\"kind\":\"status\"} | service: \"fc\" is not accepted; datahub or dis or function",
        "POST | /faults | {\"service\":\"function\"} | kind: missing; status, error, latency, hang, drop-before, drop-after, truncate, expired-cursor, bad-crc, malformed-record, shared-sequence, html",
        "POST | /faults | {\"service\":\"function\",\"kind\":\"expired-cursor\"} | kind: expired-cursor is not a fault of the service function, only of datahub or dis",
        "POST | /faults | {\"service\":\"function\",\"kind\":\"error\",\"time\":1} | time: no such key; delayMs, errorCode, errorType, kind, operation, probability, service, shard, status, times",
        "POST | /faults | {\"service\":\"function\",\"kind\":\"error\",\"times\":0} | times: 0 is not a number of requests; 1 or more, or leave it out",
        "POST | /faults | {\"service\":\"function\",\"kind\":\"status\",\"status\":200} | status: 200 is not an error; 400 to 599",
        "POST | /faults | {\"service\":\"function\",\"kind\":\"error\",\"probability\":2} | probability: 2.0 is not above 0 and at most 1",
        "POST | /faults | nonsense | the body is not JSON: Unrecognized token 'nonsense': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        "POST | /faults | [] | the body is not a JSON object",
        "POST | /functions | {\"service\":\"svc\"} | function: missing",
        "POST | /functions | {\"service\":\"svc\",\"function\":\"f\",\"timeoutMs\":0} | timeoutMs: 0 is not within 1 and 86400000",
        "POST | /topics | {\"project\":\"shop\",\"topic\":\"t\",\"type\":\"ROW\"} | type: ROW is not TUPLE or BLOB",
        "POST | /topics | {\"project\":\"shop\",\"topic\":\"t\"} | a TUPLE topic needs a column",
        "POST | /topics | {\"project\":\"s\",\"topic\":\"t\",\"type\":\"BLOB\"} | Invalid project name: s",
        "POST | /topics/shop/orders/split | {\"shard\":\"0\"} | The specified project name does not exist.",
        "POST | /streams | {\"stream\":\"a b\"} | Invalid request. [Invalid stream_name a b.]",
        "POST | /streams/clicks/scale | {\"partitions\":1} | Stream does not exist. [clicks]",
        "POST | /dis/forward | {\"millis\":\"x\"} | millis: x is not a whole number",
        "POST | /datahub/forward | {} | millis:  is not a whole number",
        "POST | /datahub/forward | {\"millis\":-1} | a clock is not put back",
        "GET | /journal?from=x | | from: x is not the number of an entry",
      })
  void refusesBadInputInOneLine(String method, String path, String body, String message)
      throws Exception {
    HttpResponse<String> answer = send(method, path, body == null ? "" : body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(answer.body()).get("error").asText()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nothing,no GET /nothing",
    "DELETE,/faults/7,no fault 7",
    "DELETE,/functions/a/b,no function b in service a",
    "POST,/functions/sideways,a service goes down or up",
  })
  void answersNotFound(String method, String path, String message) throws Exception {
    HttpResponse<String> answer = send(method, path, "");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(MAPPER.readTree(answer.body()).get("error").asText()).startsWith(message);
  }

  private JsonNode call(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = send(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return MAPPER.readTree(answer.body());
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(emulator.adminEndpoint() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
