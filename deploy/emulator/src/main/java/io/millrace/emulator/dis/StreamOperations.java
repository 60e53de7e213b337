// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import static io.millrace.emulator.dis.DisOperations.empty;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.dis.DisOperations.Operation;
import io.millrace.emulator.dis.DisStream.Kind;
import io.millrace.emulator.dis.DisStream.Scaling;
import io.millrace.emulator.dis.Partition.State;
import io.millrace.emulator.http.Answer;
import java.util.List;
import java.util.Map;

/** What can be asked about streams and their partitions. */
final class StreamOperations {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DisStore store;

  StreamOperations(DisStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        entry("listStreams", this::listStreams),
        entry("createStream", this::createStream),
        entry("describeStream", this::describeStream),
        entry("updatePartitionCount", this::updatePartitionCount),
        entry("deleteStream", this::deleteStream));
  }

  private Answer listStreams(DisCall call) {
    int limit = call.number("limit", 1, 100, 10);
    String after = call.parameter("start_stream_name").orElse("");
    List<DisStream> all = store.streams();
    List<DisStream> rest =
        all.stream().filter(stream -> stream.name().compareTo(after) > 0).toList();
    ObjectNode answer = JSON.objectNode().put("total_number", all.size());
    ArrayNode names = answer.putArray("stream_names");
    ArrayNode infos = JSON.arrayNode();
    rest.stream()
        .limit(limit)
        .forEach(
            stream -> {
              names.add(stream.name());
              infos.add(summary(JSON.objectNode(), stream));
            });
    answer.put("has_more_streams", rest.size() > limit);
    answer.set("stream_info_list", infos);
    return Answer.json(200, answer);
  }

  private static ObjectNode summary(ObjectNode answer, DisStream stream) {
    answer
        .put("stream_id", stream.id())
        .put("stream_name", stream.name())
        .put("create_time", stream.createdAt())
        .put("retention_period", stream.retention().toHours())
        .put("status", "RUNNING")
        .put("stream_type", stream.kind().name())
        .put("data_type", "BLOB")
        .put("partition_count", stream.active())
        .putArray("tags");
    return answer
        .put("auto_scale_enabled", false)
        .put("auto_scale_min_partition_count", 0)
        .put("auto_scale_max_partition_count", 0);
  }

  private Answer createStream(DisCall call) {
    Kind kind =
        switch (call.json().path("stream_type").asText("COMMON")) {
          case "COMMON" -> Kind.COMMON;
          case "ADVANCED" -> Kind.ADVANCED;
          default -> throw DisException.invalidRequest("Invalid stream_type.");
        };
    store.createStream(
        call.text("stream_name"),
        kind,
        call.integer("partition_count"),
        call.json().path("data_duration").asInt(24));
    return empty(201);
  }

  private Answer describeStream(DisCall call) {
    DisStream stream = store.stream(call.name());
    int limit = call.number("limit_partitions", 1, 1000, 100);
    int after = call.parameter("start_partitionId").map(PartitionId::number).orElse(-1);
    List<Partition> all = stream.partitions();
    List<Partition> rest = all.stream().filter(each -> each.number() > after).toList();
    ObjectNode answer =
        summary(JSON.objectNode(), stream)
            .put("last_modified_time", stream.modifiedAt())
            .put("writable_partition_count", count(all, State.ACTIVE))
            .put("readable_partition_count", count(all, State.ACTIVE) + count(all, State.DELETED));
    ArrayNode partitions = answer.putArray("partitions");
    rest.stream()
        .limit(limit)
        .forEach(
            each ->
                partitions
                    .addObject()
                    .put("status", each.state().name())
                    .put("partition_id", each.id())
                    .put("hash_range", each.range().toString())
                    .put("sequence_number_range", each.sequences().orElse(null)));
    answer.put("has_more_partitions", rest.size() > limit);
    ArrayNode scalings = answer.putArray("update_partition_counts");
    for (Scaling scaling : stream.scalings()) {
      scalings
          .addObject()
          .put("create_timestamp", scaling.at())
          .put("src_partition_count", scaling.from())
          .put("target_partition_count", scaling.to())
          .put("result_code", 200)
          // The newer SDK reads a number here, and the documentation shows a text.
          .putNull("result_msg");
    }
    return Answer.json(200, answer);
  }

  private static long count(List<Partition> partitions, State state) {
    return partitions.stream().filter(each -> each.state() == state).count();
  }

  private Answer updatePartitionCount(DisCall call) {
    DisStream stream = store.stream(call.name());
    stream.scale(call.integer("target_partition_count"));
    ObjectNode answer =
        JSON.objectNode()
            .put("stream_name", stream.name())
            .put("target_partition_count", stream.active());
    return Answer.json(200, answer);
  }

  private Answer deleteStream(DisCall call) {
    store.deleteStream(call.name());
    return empty(204);
  }
}
