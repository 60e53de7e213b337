// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.empty;
import static io.millrace.emulator.datahub.Answers.ok;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.datahub.Subscription.Commit;
import io.millrace.emulator.datahub.Subscription.Offset;
import io.millrace.emulator.http.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Subscriptions and the offsets in them. */
final class SubscriptionOperations {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  SubscriptionOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        entry("createSubscription", this::createSubscription),
        entry("listSubscription", this::listSubscription),
        entry("getSubscription", call -> ok(describe(call, subscription(call)))),
        entry("updateSubscription", this::updateSubscription),
        entry("deleteSubscription", this::deleteSubscription),
        entry("openSubscriptionSession", this::openSubscriptionSession),
        entry("getSubscriptionOffset", this::getSubscriptionOffset),
        entry("commitSubscriptionOffset", this::commitSubscriptionOffset),
        entry("resetSubscriptionOffset", this::resetSubscriptionOffset));
  }

  private Answer createSubscription(DataHubCall call) {
    Subscription created =
        topic(call).subscribe(call.json().path("Comment").asText(), false, store.offsets());
    return ok(JSON.objectNode().put("SubId", created.id()));
  }

  private Answer listSubscription(DataHubCall call) {
    List<Subscription> all = List.copyOf(topic(call).subscriptions().values());
    int size = Math.max(1, call.json().path("PageSize").asInt(10));
    int page = Math.max(1, call.json().path("PageIndex").asInt(1));
    ObjectNode answer = JSON.objectNode().put("TotalCount", all.size());
    ArrayNode list = answer.putArray("Subscriptions");
    all.stream()
        .skip((long) (page - 1) * size)
        .limit(size)
        .forEach(each -> list.add(describe(call, each)));
    return ok(answer);
  }

  private static ObjectNode describe(DataHubCall call, Subscription subscription) {
    return JSON.objectNode()
        .put("TopicName", call.topic())
        .put("SubId", subscription.id())
        .put("Creator", "emulator")
        .put("Comment", subscription.comment())
        .put("Type", subscription.system() ? 1 : 0)
        .put("State", subscription.online() ? 1 : 0)
        .put("CreateTime", subscription.createdAt() / 1000)
        .put("LastModifyTime", subscription.createdAt() / 1000);
  }

  private Answer updateSubscription(DataHubCall call) {
    Subscription subscription = subscription(call);
    if (call.json().hasNonNull("State")) {
      subscription.setOnline(call.json().get("State").asInt() == 1);
    }
    if (call.json().hasNonNull("Comment")) {
      subscription.setComment(call.json().get("Comment").asText());
    }
    return empty(200);
  }

  private Answer deleteSubscription(DataHubCall call) {
    topic(call).subscriptions().remove(subscription(call).id());
    return empty(200);
  }

  private Answer openSubscriptionSession(DataHubCall call) {
    return offsets(subscription(call).open(shards(call)), true);
  }

  private Answer getSubscriptionOffset(DataHubCall call) {
    Subscription subscription = subscription(call);
    Map<String, Offset> offsets = new LinkedHashMap<>();
    shards(call).forEach(shard -> offsets.put(shard, subscription.get(shard)));
    return offsets(offsets, false);
  }

  private Answer commitSubscriptionOffset(DataHubCall call) {
    subscription(call).commit(commits(call));
    return empty(200);
  }

  private Answer resetSubscriptionOffset(DataHubCall call) {
    subscription(call).reset(commits(call));
    return empty(200);
  }

  private static Answer offsets(Map<String, Offset> offsets, boolean withSession) {
    ObjectNode answer = JSON.objectNode();
    ObjectNode byShard = answer.putObject("Offsets");
    offsets.forEach(
        (shard, offset) -> {
          ObjectNode entry =
              byShard
                  .putObject(shard)
                  .put("Timestamp", offset.timestamp())
                  .put("Sequence", offset.sequence())
                  .put("BatchIndex", offset.batchIndex())
                  .put("Version", offset.version());
          if (withSession) {
            entry.put("SessionId", offset.session());
          }
        });
    return ok(answer);
  }

  /** The shards that a call names, which exist; all of them if it names none. */
  private List<String> shards(DataHubCall call) {
    Topic topic = topic(call);
    List<String> named = new ArrayList<>();
    call.json().path("ShardIds").forEach(id -> named.add(topic.shard(id.asText()).id()));
    return named.isEmpty() ? topic.listed().stream().map(ShardLog::id).toList() : named;
  }

  private Map<String, Commit> commits(DataHubCall call) {
    Topic topic = topic(call);
    Map<String, Commit> commits = new LinkedHashMap<>();
    call.json()
        .path("Offsets")
        .properties()
        .forEach(
            each -> {
              JsonNode offset = each.getValue();
              commits.put(
                  topic.shard(each.getKey()).id(),
                  new Commit(
                      offset.path("Timestamp").asLong(-1),
                      offset.path("Sequence").asLong(-1),
                      offset.path("BatchIndex").asLong(),
                      optional(offset.path("Version")),
                      optional(offset.path("SessionId"))));
            });
    return commits;
  }

  private static OptionalLong optional(JsonNode number) {
    return number.isMissingNode() || number.isNull()
        ? OptionalLong.empty()
        : OptionalLong.of(number.asLong());
  }

  private Subscription subscription(DataHubCall call) {
    return topic(call).subscription(call.subscription());
  }

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }
}
