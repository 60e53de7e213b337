// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.StreamStage;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.model.ShardRecord;
import io.millrace.source.StreamException.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** DIS. */
final class DisStage implements StreamStage {

  private static final String STREAM = "orders";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String type() {
    return "dis";
  }

  @Override
  public FaultTarget service() {
    return FaultTarget.DIS;
  }

  @Override
  public URI endpoint(Emulator emulator) {
    return emulator.disEndpoint();
  }

  @Override
  public void create(Emulator emulator, int shards) {
    emulator.dis().createStream(STREAM, shards);
  }

  @Override
  public void recreate(Emulator emulator, int shards) {
    emulator.dis().deleteStream(STREAM);
    emulator.dis().forward(Duration.ofMinutes(1));
    create(emulator, shards);
  }

  @Override
  public void put(Emulator emulator, String shard, String... texts) {
    emulator
        .dis()
        .put(
            STREAM,
            Arrays.stream(texts).map(text -> NewRecord.of(text).toPartition(shard)).toList());
  }

  /** Every record has a sequence of its own. */
  @Override
  public void putTogether(Emulator emulator, String shard, String... texts) {
    put(emulator, shard, texts);
  }

  @Override
  public void expire(Emulator emulator, String shard, long beforeSequence) {
    emulator.dis().expire(STREAM, shard, beforeSequence);
  }

  @Override
  public void forward(Emulator emulator, Duration time) {
    emulator.dis().forward(time);
  }

  @Override
  public void endLast(Emulator emulator) {
    emulator.dis().scale(STREAM, 1);
  }

  @Override
  public void goDown(Emulator emulator) {
    emulator.dis().goDown();
  }

  @Override
  public void comeUp(Emulator emulator) {
    emulator.dis().comeUp();
  }

  @Override
  public String createStore(Emulator emulator) {
    emulator.dis().createApp("app1");
    return "app1";
  }

  @Override
  public Map<String, String> options(URI endpoint) {
    return Map.of(
        "source.endpoint", endpoint.toString(), "source.project-id", "p1", "source.stream", STREAM);
  }

  @Override
  public String streamKey() {
    return "source.stream";
  }

  @Override
  public String storeKey() {
    return "source.app";
  }

  @Override
  public String publicHost() {
    return "dis.eu-de.otc.t-systems.com";
  }

  @Override
  public String shard(int number) {
    return PartitionId.of(number);
  }

  @Override
  public String text(ShardRecord record) {
    return text(tree(record.body(), RecordEncoder.objectLength(record.body())));
  }

  @Override
  public List<String> texts(byte[] event) {
    List<String> texts = new ArrayList<>();
    tree(event, event.length)
        .path("Message")
        .path("records")
        .forEach(record -> texts.add(text(record)));
    return texts;
  }

  private static String text(JsonNode record) {
    return new String(Base64.getDecoder().decode(record.path("data").asText()), UTF_8);
  }

  private static JsonNode tree(byte[] json, int length) {
    try {
      return JSON.readTree(json, 0, length);
    } catch (IOException e) {
      throw new AssertionError(new String(json, UTF_8), e);
    }
  }

  @Override
  public String code(Kind kind) {
    return switch (kind) {
      case THROTTLED -> "DIS.4303";
      case UNAVAILABLE -> "DIS.5000";
      case REFUSED -> "DIS.4116";
      case FATAL -> "DIS.4200";
      case DATA_LOSS -> throw new IllegalArgumentException("told in no code");
    };
  }

  @Override
  public String storeGone() {
    return DisErrors.NO_SUCH_APP;
  }

  @Override
  public boolean isFetch(HttpCall call) {
    return call.uri().getPath().endsWith("/records");
  }

  @Override
  public HttpAnswer refused(int status, String code, String message) {
    String body = JSON.createObjectNode().put("errorCode", code).put("message", message).toString();
    return new HttpAnswer(status, Map.of("X-Request-Id", "r-1"), body.getBytes(UTF_8));
  }
}
