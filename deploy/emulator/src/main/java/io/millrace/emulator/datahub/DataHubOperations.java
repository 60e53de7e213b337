// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FailedRecord;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.PutRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import io.millrace.emulator.datahub.ShardLog.Place;
import io.millrace.emulator.datahub.ShardLog.Slice;
import io.millrace.emulator.datahub.Subscription.Commit;
import io.millrace.emulator.datahub.Subscription.Offset;
import io.millrace.emulator.datahub.Topic.ExpandMode;
import io.millrace.emulator.http.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/** Carries out calls against the store and words the answers. */
final class DataHubOperations {

  static final String PROTOBUF = "application/x-protobuf";
  private static final int MAX_RECORDS = 1000;
  private static final long MAX_ANSWER_BYTES = 4 << 20;
  private static final String NO_NEIGHBOUR = "4294967295";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  DataHubOperations(DataHubStore store) {
    this.store = store;
  }

  /**
   * Carries out a call.
   *
   * @throws DataHubException if the service refuses it
   */
  Answer run(DataHubCall call) throws IOException {
    return switch (call.operation()) {
      case "listProject" -> names("ProjectNames", store.projects());
      case "getProject" -> getProject(call);
      case "createProject" -> createProject(call);
      case "deleteProject" -> deleteProject(call);
      case "listTopic" ->
          names("TopicNames", List.copyOf(store.project(call.project()).topics().keySet()));
      case "getTopic" -> getTopic(call);
      case "createTopic" -> createTopic(call);
      case "updateTopic" -> updateTopic(call);
      case "deleteTopic" -> deleteTopic(call);
      case "listShard" -> listShard(call);
      case "splitShard" -> splitShard(call);
      case "mergeShard" -> mergeShard(call);
      case "extendShard" -> extendShard(call);
      case "getCursor" -> getCursor(call);
      case "getRecords" -> getRecords(call);
      case "putRecords" -> putRecords(call);
      case "putRecordsByShard" -> putRecordsByShard(call);
      case "createSubscription" -> createSubscription(call);
      case "listSubscription" -> listSubscription(call);
      case "getSubscription" -> ok(describe(call, subscription(call)));
      case "updateSubscription" -> updateSubscription(call);
      case "deleteSubscription" -> deleteSubscription(call);
      case "openSubscriptionSession" -> openSubscriptionSession(call);
      case "getSubscriptionOffset" -> getSubscriptionOffset(call);
      case "commitSubscriptionOffset" -> commitSubscriptionOffset(call);
      case "resetSubscriptionOffset" -> resetSubscriptionOffset(call);
      default -> throw new IllegalStateException("no operation " + call.operation());
    };
  }

  private Answer getProject(DataHubCall call) {
    DataHubStore.Project project = store.project(call.project());
    return ok(
        JSON.objectNode()
            .put("Comment", project.comment())
            .put("Creator", "emulator")
            .put("CreateTime", project.createdAt() / 1000)
            .put("LastModifyTime", project.createdAt() / 1000));
  }

  private Answer createProject(DataHubCall call) {
    store.createProject(call.project(), call.json().path("Comment").asText());
    return empty(201);
  }

  private Answer deleteProject(DataHubCall call) {
    store.deleteProject(call.project());
    return empty(200);
  }

  private Answer getTopic(DataHubCall call) {
    Topic topic = topic(call);
    ObjectNode answer =
        JSON.objectNode()
            .put("Comment", topic.comment())
            .put("Creator", "emulator")
            .put("CreateTime", topic.createdAt() / 1000)
            .put("LastModifyTime", topic.createdAt() / 1000)
            .put("Lifecycle", topic.lifecycleDays())
            .put("RecordType", topic.schema().blob() ? "BLOB" : "TUPLE")
            .put("ShardCount", topic.active().size())
            .put("ExpandMode", topic.expandMode().wireName)
            .put("Status", "on");
    if (!topic.schema().blob()) {
      answer.put("RecordSchema", topic.schema().toJson());
    }
    return ok(answer);
  }

  private Answer createTopic(DataHubCall call) {
    TopicSchema schema =
        switch (call.text("RecordType")) {
          case "BLOB" -> TopicSchema.ofBlob();
          case "TUPLE" -> TopicSchema.parse(call.text("RecordSchema"));
          default ->
              throw DataHubException.invalidParameter(
                  "Invalid record type: " + call.text("RecordType"));
        };
    store.createTopic(
        call.project(),
        call.topic(),
        schema,
        Math.toIntExact(call.number("ShardCount")),
        Math.toIntExact(call.number("Lifecycle")),
        call.json().path("Comment").asText(),
        ExpandMode.named(call.json().path("ExpandMode").asText("")));
    return empty(201);
  }

  private Answer updateTopic(DataHubCall call) {
    Topic topic = topic(call);
    if (call.json().hasNonNull("Lifecycle")) {
      topic.setLifecycleDays(call.json().get("Lifecycle").asInt());
    }
    if (call.json().hasNonNull("Comment")) {
      topic.setComment(call.json().get("Comment").asText());
    }
    return empty(200);
  }

  private Answer deleteTopic(DataHubCall call) {
    store.deleteTopic(call.project(), call.topic());
    return empty(200);
  }

  private Answer listShard(DataHubCall call) {
    Topic topic = topic(call);
    ObjectNode answer = JSON.objectNode().put("Protocol", "http1.1").put("Interval", 300_000);
    ArrayNode shards = answer.putArray("Shards");
    topic.consistently(
        () -> {
          for (ShardLog shard : topic.shards()) {
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

  private Answer getCursor(DataHubCall call) {
    Topic topic = topic(call);
    ShardLog shard = topic.shard(call.shard());
    topic.expireOld();
    Place place =
        switch (call.text("Type")) {
          case "OLDEST" -> shard.oldest();
          case "LATEST" -> shard.latest();
          case "SEQUENCE" -> shard.at(call.number("Sequence"));
          case "SYSTEM_TIME" -> shard.since(call.number("SystemTime"), store.clock().millis());
          default ->
              throw DataHubException.invalidParameter("Invalid cursor type: " + call.text("Type"));
        };
    return ok(
        JSON.objectNode()
            .put("Cursor", Cursor.text(shard.number(), place.sequence(), place.time()))
            .put("RecordTime", place.time())
            .put("Sequence", place.sequence()));
  }

  private Answer getRecords(DataHubCall call) throws IOException {
    Topic topic = topic(call);
    ShardLog shard = topic.shard(call.shard());
    if (!call.protobuf()) {
      Slice slice = read(shard, call.text("Cursor"), Math.toIntExact(call.number("Limit")));
      return ok(RecordCodec.json(shard.number(), slice, topic.schema()));
    }
    GetRecordsRequest request = GetRecordsRequest.parseFrom(coded(call));
    Slice slice = read(shard, request.getCursor(), request.getLimit());
    return Answer.of(200, PROTOBUF, RecordCodec.protobuf(shard.number(), slice));
  }

  private static Slice read(ShardLog shard, String cursor, int limit) {
    if (limit < 1) {
      throw DataHubException.invalidParameter("Invalid limit: " + limit);
    }
    return shard.read(
        Cursor.sequence(shard.number(), cursor), Math.min(limit, MAX_RECORDS), MAX_ANSWER_BYTES);
  }

  private Answer putRecords(DataHubCall call) throws IOException {
    Topic topic = topic(call);
    List<RecordEntry> entries = new ArrayList<>();
    if (call.protobuf()) {
      entries.addAll(PutRecordsRequest.parseFrom(coded(call)).getRecordsList());
    } else {
      for (JsonNode record : call.json().path("Records")) {
        entries.add(RecordCodec.entry(record, topic.schema()));
      }
    }
    List<FailedRecord> failed = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      try {
        store.put(topic, entries.get(i));
      } catch (DataHubException e) {
        failed.add(
            FailedRecord.newBuilder()
                .setIndex(i)
                .setErrorCode(e.code())
                .setErrorMessage(e.getMessage())
                .build());
      }
    }
    if (call.protobuf()) {
      return Answer.of(200, PROTOBUF, RecordCodec.protobuf(failed));
    }
    ObjectNode answer = JSON.objectNode().put("FailedRecordCount", failed.size());
    ArrayNode list = answer.putArray("FailedRecords");
    for (FailedRecord each : failed) {
      list.addObject()
          .put("Index", each.getIndex())
          .put("ErrorCode", each.getErrorCode())
          .put("ErrorMessage", each.getErrorMessage());
    }
    return ok(answer);
  }

  private Answer putRecordsByShard(DataHubCall call) throws IOException {
    store.put(topic(call), call.shard(), PutRecordsRequest.parseFrom(coded(call)).getRecordsList());
    return Answer.of(200, PROTOBUF, new byte[0]);
  }

  private Answer createSubscription(DataHubCall call) {
    Topic topic = topic(call);
    long now = store.clock().millis();
    String suffix =
        ThreadLocalRandom.current()
            .ints(5, 0, 52)
            .collect(
                StringBuilder::new,
                (text, i) -> text.append((char) (i < 26 ? 'a' + i : 'A' + i - 26)),
                StringBuilder::append)
            .toString();
    Subscription created =
        new Subscription(now + suffix, call.json().path("Comment").asText(), now);
    topic.subscriptions().put(created.id(), created);
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
        .put("Type", 0)
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
    return named.isEmpty() ? topic.shards().stream().map(ShardLog::id).toList() : named;
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

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }

  private Subscription subscription(DataHubCall call) {
    Subscription subscription = topic(call).subscriptions().get(call.subscription());
    if (subscription == null) {
      throw new DataHubException(
          "NoSuchSubscription", "Subscription id invalid:" + call.subscription());
    }
    return subscription;
  }

  private static CodedInputStream coded(DataHubCall call) {
    ByteBuffer message = Frame.open(call.body());
    return CodedInputStream.newInstance(
        message.array(), message.arrayOffset() + message.position(), message.remaining());
  }

  private static Answer names(String field, List<String> names) {
    ObjectNode answer = JSON.objectNode();
    ArrayNode list = answer.putArray(field);
    names.forEach(list::add);
    return ok(answer);
  }

  private static Answer ok(ObjectNode body) {
    return Answer.json(200, body);
  }

  private static Answer empty(int status) {
    return Answer.of(status, Answer.JSON, new byte[0]);
  }
}
