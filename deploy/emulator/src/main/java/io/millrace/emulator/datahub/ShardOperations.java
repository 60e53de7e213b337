// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.ok;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.http.Answer;
import java.util.List;
import java.util.Map;

/** What can be asked about the shards of a topic. */
final class ShardOperations {

  private static final String NO_NEIGHBOUR = "4294967295";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  ShardOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "listShard", this::listShard,
        "splitShard", this::splitShard,
        "mergeShard", this::mergeShard,
        "extendShard", this::extendShard,
        "getMeterInfo", this::getMeterInfo);
  }

  private Answer listShard(DataHubCall call) {
    Topic topic = topic(call);
    ObjectNode answer = JSON.objectNode().put("Protocol", "http1.1").put("Interval", 300_000);
    ArrayNode shards = answer.putArray("Shards");
    topic.consistently(
        () -> {
          for (ShardLog shard : topic.listed()) {
            ObjectNode entry = shards.addObject().put("ShardId", shard.id());
            entry.put("State", shard.active() ? "ACTIVE" : "CLOSED");
            if (!shard.active()) {
              entry.put("ClosedTime", shard.closedAt());
            }
            entry.put("BeginHashKey", shard.range().beginText());
            entry.put("EndHashKey", shard.range().endText());
            ArrayNode parents = entry.putArray("ParentShardIds");
            shard.parents().forEach(parents::add);
            entry.put("LeftShardId", neighbour(topic, shard, false));
            entry.put("RightShardId", neighbour(topic, shard, true));
          }
          return shards;
        });
    return ok(answer);
  }

  private static String neighbour(Topic topic, ShardLog shard, boolean right) {
    if (!shard.active()) {
      return NO_NEIGHBOUR;
    }
    return topic.active().stream()
        .filter(other -> other != shard)
        .filter(
            other ->
                right ? shard.range().endsAt(other.range()) : other.range().endsAt(shard.range()))
        .map(ShardLog::id)
        .findFirst()
        .orElse(NO_NEIGHBOUR);
  }

  private Answer splitShard(DataHubCall call) {
    Topic topic = topic(call);
    String shard = call.text("ShardId");
    List<ShardLog> children =
        call.json().hasNonNull("SplitKey")
            ? topic.split(shard, KeyRange.parse(call.text("SplitKey")))
            : topic.split(shard);
    ObjectNode answer = JSON.objectNode();
    ArrayNode added = answer.putArray("NewShards");
    children.forEach(child -> added.add(range(child)));
    return ok(answer);
  }

  private Answer mergeShard(DataHubCall call) {
    return ok(range(topic(call).merge(call.text("ShardId"), call.text("AdjacentShardId"))));
  }

  private static ObjectNode range(ShardLog shard) {
    return JSON.objectNode()
        .put("ShardId", shard.id())
        .put("BeginHashKey", shard.range().beginText())
        .put("EndHashKey", shard.range().endText());
  }

  private Answer extendShard(DataHubCall call) {
    Topic topic = topic(call);
    int number = Math.toIntExact(call.number("ShardNumber"));
    boolean increase = call.json().path("ExtendMode").asText("TO").equalsIgnoreCase("INC");
    topic.extendTo(increase ? topic.active().size() + number : number);
    return ok(JSON.objectNode());
  }

  private Answer getMeterInfo(DataHubCall call) {
    ShardLog shard = topic(call).shard(call.shard());
    return ok(
        JSON.objectNode()
            .put("ActiveTime", (store.clock().millis() - shard.createdAt()) / 1000)
            .put("Storage", shard.bytes()));
  }

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }
}
