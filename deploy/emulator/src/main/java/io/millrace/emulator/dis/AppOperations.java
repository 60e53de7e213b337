// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import static io.millrace.emulator.dis.DisOperations.empty;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.dis.ConsumerApp.Checkpoint;
import io.millrace.emulator.dis.DisOperations.Operation;
import io.millrace.emulator.http.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be asked about apps and their checkpoints. */
final class AppOperations {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String LAST_READ = "LAST_READ";
  private static final int MAX_METADATA = 1000;

  /** Of a partition of which nothing was stored. */
  private static final Checkpoint NEVER = new Checkpoint(-1, "");

  private final DisStore store;

  AppOperations(DisStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        entry("createApp", this::createApp),
        entry("listApps", this::listApps),
        entry("describeApp", call -> Answer.json(200, describe(store.app(call.name())))),
        entry("deleteApp", this::deleteApp),
        entry("listStreamConsumingState", this::consumingState),
        entry("commitCheckpoint", this::commitCheckpoint),
        entry("getCheckpoint", this::getCheckpoint),
        entry("deleteCheckpoint", this::deleteCheckpoint));
  }

  private Answer createApp(DisCall call) {
    store.createApp(call.text("app_name"));
    return empty(201);
  }

  private Answer listApps(DisCall call) {
    int limit = call.number("limit", 1, 100, 10);
    String after = call.parameter("start_app_name").orElse("");
    Optional<String> stream = call.parameter("stream_name");
    List<ConsumerApp> all =
        store.apps().stream()
            .filter(app -> stream.isEmpty() || app.streams().contains(stream.get()))
            .toList();
    List<ConsumerApp> rest = all.stream().filter(app -> app.name().compareTo(after) > 0).toList();
    ObjectNode answer =
        JSON.objectNode().put("total_number", all.size()).put("has_more_app", rest.size() > limit);
    ArrayNode apps = answer.putArray("apps");
    rest.stream().limit(limit).forEach(app -> apps.add(describe(app)));
    return Answer.json(200, answer);
  }

  private static ObjectNode describe(ConsumerApp app) {
    ObjectNode answer =
        JSON.objectNode()
            .put("app_id", app.id())
            .put("app_name", app.name())
            .put("create_time", app.createdAt());
    app.streams().forEach(answer.putArray("commit_checkpoint_stream_names")::add);
    return answer;
  }

  private Answer deleteApp(DisCall call) {
    if (!store.app(call.name()).streams().isEmpty()) {
      throw DisException.appInUse(call.name());
    }
    store.deleteApp(call.name());
    return empty(204);
  }

  private Answer consumingState(DisCall call) {
    requireLastRead(call.required("checkpoint_type"));
    ConsumerApp app = store.app(call.name());
    DisStream stream = store.stream(call.below());
    if (!app.streams().contains(stream.name())) {
      throw DisException.noCheckpoint(app.name(), stream.name());
    }
    int limit = call.number("limit", 1, 1000, 100);
    int after = call.parameter("start_partition_id").map(PartitionId::number).orElse(-1);
    List<Partition> rest =
        stream.partitions().stream().filter(each -> each.number() > after).toList();
    ObjectNode answer =
        JSON.objectNode()
            .put("has_more", rest.size() > limit)
            .put("stream_name", stream.name())
            .put("app_name", app.name());
    ArrayNode states = answer.putArray("partition_consuming_states");
    rest.stream()
        .limit(limit)
        .forEach(
            each ->
                states
                    .addObject()
                    .put("partition_id", Integer.toString(each.number()))
                    .put("sequence_number", sequence(app.checkpoint(stream.name(), each.id())))
                    .put("latest_offset", each.next())
                    .put("earliest_offset", each.first())
                    .put("checkpoint_type", LAST_READ)
                    .put("status", each.state().name()));
    return Answer.json(200, answer);
  }

  private static String sequence(Optional<Checkpoint> checkpoint) {
    return Long.toString(checkpoint.orElse(NEVER).sequence());
  }

  private Answer commitCheckpoint(DisCall call) {
    requireLastRead(call.text("checkpoint_type"));
    String sequence = call.text("sequence_number");
    if (!sequence.matches("-1|[0-9]{1,18}")) {
      throw DisException.invalidSequence(sequence);
    }
    String metadata = call.json().path("metadata").asText("");
    if (metadata.length() > MAX_METADATA) {
      throw DisException.invalidRequest("Invalid metadata.");
    }
    store.commit(
        call.text("app_name"),
        call.text("stream_name"),
        call.text("partition_id"),
        Long.parseLong(sequence),
        metadata);
    return empty(201);
  }

  private Answer getCheckpoint(DisCall call) {
    requireLastRead(call.required("checkpoint_type"));
    ConsumerApp app = store.app(call.required("app_name"));
    DisStream stream = store.stream(call.required("stream_name"));
    Partition partition = stream.partition(call.required("partition_id"));
    Checkpoint checkpoint = app.checkpoint(stream.name(), partition.id()).orElse(NEVER);
    return Answer.json(
        200,
        JSON.objectNode()
            .put("sequence_number", Long.toString(checkpoint.sequence()))
            .put("metadata", checkpoint.metadata()));
  }

  private Answer deleteCheckpoint(DisCall call) {
    requireLastRead(call.required("checkpoint_type"));
    ConsumerApp app = store.app(call.required("app_name"));
    DisStream stream = store.stream(call.required("stream_name"));
    app.forget(stream.name(), call.parameter("partition_id").map(id -> stream.partition(id).id()));
    return empty(204);
  }

  private static void requireLastRead(String type) {
    if (!type.equals(LAST_READ)) {
      throw DisException.invalidRequest("Invalid checkpoint_type " + type + ".");
    }
  }
}
