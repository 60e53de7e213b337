// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.StreamStage;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
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
import java.util.List;
import java.util.Map;

/** DataHub, with a topic of one column. */
final class DataHubStage implements StreamStage {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "orders";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String type() {
    return "datahub";
  }

  @Override
  public FaultTarget service() {
    return FaultTarget.DATAHUB;
  }

  @Override
  public URI endpoint(Emulator emulator) {
    return emulator.dataHubEndpoint();
  }

  @Override
  public void create(Emulator emulator, int shards) {
    emulator.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("v"), shards, 3);
  }

  @Override
  public void recreate(Emulator emulator, int shards) {
    emulator.dataHub().deleteTopic(PROJECT, TOPIC);
    emulator.dataHub().forward(Duration.ofMinutes(1));
    create(emulator, shards);
  }

  @Override
  public void put(Emulator emulator, String shard, String... texts) {
    emulator
        .dataHub()
        .put(
            PROJECT,
            TOPIC,
            Arrays.stream(texts).map(text -> NewRecord.ofTuple(text).toShard(shard)).toList());
  }

  @Override
  public void putTogether(Emulator emulator, String shard, String... texts) {
    emulator
        .dataHub()
        .putTogether(PROJECT, TOPIC, shard, Arrays.stream(texts).map(NewRecord::ofTuple).toList());
  }

  @Override
  public void expire(Emulator emulator, String shard, long beforeSequence) {
    emulator.dataHub().expire(PROJECT, TOPIC, shard, beforeSequence);
  }

  @Override
  public void forward(Emulator emulator, Duration time) {
    emulator.dataHub().forward(time);
  }

  @Override
  public void endLast(Emulator emulator) {
    emulator.dataHub().splitShard(PROJECT, TOPIC, shard(1));
  }

  @Override
  public void goDown(Emulator emulator) {
    emulator.dataHub().goDown();
  }

  @Override
  public void comeUp(Emulator emulator) {
    emulator.dataHub().comeUp();
  }

  @Override
  public String createStore(Emulator emulator) {
    return emulator.dataHub().subscribe(PROJECT, TOPIC, "ours");
  }

  @Override
  public Map<String, String> options(URI endpoint) {
    return Map.of(
        "source.endpoint", endpoint.toString(), "source.project", PROJECT, "source.topic", TOPIC);
  }

  @Override
  public String streamKey() {
    return "source.topic";
  }

  @Override
  public String storeKey() {
    return "source.subscription";
  }

  @Override
  public String publicHost() {
    return "dh-cn-hangzhou.aliyuncs.com";
  }

  @Override
  public String shard(int number) {
    return String.valueOf(number);
  }

  @Override
  public String text(ShardRecord record) {
    return text(tree(record.body()));
  }

  @Override
  public List<String> texts(byte[] event) {
    List<String> texts = new ArrayList<>();
    tree(event).path("records").forEach(record -> texts.add(text(record)));
    return texts;
  }

  private static String text(JsonNode record) {
    return tree(record.path("data").asText().getBytes(UTF_8)).path(0).asText();
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(new String(json, UTF_8), e);
    }
  }

  @Override
  public String code(Kind kind) {
    return switch (kind) {
      case THROTTLED -> "LimitExceeded";
      case UNAVAILABLE -> "InternalServerError";
      case REFUSED -> "NoPermission";
      case FATAL -> "MalformedRecord";
      case DATA_LOSS -> throw new IllegalArgumentException("told in no code");
    };
  }

  @Override
  public String storeGone() {
    return "NoSuchSubscription";
  }

  @Override
  public boolean isFetch(HttpCall call) {
    return call.headers().contains(Map.entry("x-datahub-request-action", "sub"));
  }

  @Override
  public HttpAnswer refused(int status, String code, String message) {
    String body =
        JSON.createObjectNode().put("ErrorCode", code).put("ErrorMessage", message).toString();
    return new HttpAnswer(status, Map.of("x-datahub-request-id", "r-1"), body.getBytes(UTF_8));
  }
}
