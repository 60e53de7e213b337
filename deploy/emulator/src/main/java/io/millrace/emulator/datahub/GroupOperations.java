// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.ok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.ConsumerGroup.Plan;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How consumers share a subscription. */
final class GroupOperations {

  /** The version of a consumer never changes: one that was dropped joins as another. */
  private static final int CONSUMER_VERSION = 1;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  GroupOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.of(
        "joinGroup", this::joinGroup,
        "heartbeat", this::heartbeat,
        "syncGroup", this::syncGroup,
        "leaveGroup", this::leaveGroup);
  }

  private Answer joinGroup(DataHubCall call) {
    long timeout = call.number("SessionTimeout");
    String consumer = group(call).join(timeout, now());
    return ok(
        JSON.objectNode()
            .put("ConsumerId", consumer)
            .put("VersionId", CONSUMER_VERSION)
            .put("SessionTimeout", timeout));
  }

  private Answer heartbeat(DataHubCall call) {
    Plan plan =
        group(call)
            .heartbeat(
                consumer(call),
                list(call, "HoldShardList"),
                list(call, "ReadEndShardList"),
                store.topic(call.project(), call.topic()).listed(),
                now());
    ObjectNode answer = JSON.objectNode().put("PlanVersion", plan.version());
    plan.shards().forEach(answer.putArray("ShardList")::add);
    ObjectNode ofAll = JSON.objectNode();
    plan.ofAll()
        .forEach(
            (consumer, shards) -> {
              ArrayNode part = ofAll.putArray(consumer);
              shards.forEach(part::add);
            });
    return ok(answer.put("TotalPlan", ofAll.toString()));
  }

  private Answer syncGroup(DataHubCall call) {
    group(call)
        .sync(
            consumer(call), list(call, "ReleaseShardList"), list(call, "ReadEndShardList"), now());
    return ok(JSON.objectNode());
  }

  private Answer leaveGroup(DataHubCall call) {
    group(call).leave(consumer(call), now());
    return ok(JSON.objectNode());
  }

  /** The consumer that calls, in the version that it joined as. */
  private static String consumer(DataHubCall call) {
    String consumer = call.text("ConsumerId");
    if (call.number("VersionId") != CONSUMER_VERSION) {
      throw new DataHubException("NoSuchConsumer", "The consumer has another version: " + consumer);
    }
    return consumer;
  }

  private static List<String> list(DataHubCall call, String field) {
    List<String> list = new ArrayList<>();
    for (JsonNode each : call.json().path(field)) {
      list.add(each.asText());
    }
    return list;
  }

  private ConsumerGroup group(DataHubCall call) {
    Subscription subscription =
        store.topic(call.project(), call.topic()).subscription(call.subscription());
    if (!subscription.online()) {
      throw new DataHubException("SubscriptionOffline", "The subscription is offline.");
    }
    return subscription.group();
  }

  private long now() {
    return store.clock().millis();
  }
}
