// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static io.millrace.emulator.datahub.Answers.empty;
import static io.millrace.emulator.datahub.Answers.names;
import static io.millrace.emulator.datahub.Answers.ok;
import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.datahub.DataHubOperations.Operation;
import io.millrace.emulator.datahub.Subscription.Commit;
import io.millrace.emulator.datahub.TopicSchema.Column;
import io.millrace.emulator.http.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** The connectors of a topic and their status. */
final class ConnectorOperations {

  /** What a connector to Function Compute cannot do without. */
  private static final List<String> FUNCTION_CONFIG = List.of("Endpoint", "Service", "Function");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final DataHubStore store;

  ConnectorOperations(DataHubStore store) {
    this.store = store;
  }

  Map<String, Operation> byName() {
    return Map.ofEntries(
        entry("createConnector", this::createConnector),
        entry("listConnector", this::listConnector),
        entry("getConnector", this::getConnector),
        entry("updateConnector", this::updateConnector),
        entry("deleteConnector", this::deleteConnector),
        entry("getConnectorDoneTime", this::getConnectorDoneTime),
        entry("getConnectorShardStatus", this::getConnectorShardStatus),
        entry("updateConnectorState", this::updateConnectorState),
        entry("updateConnectorOffset", this::updateConnectorOffset),
        entry("reloadConnector", this::reloadConnector),
        entry("appendConnectorField", this::appendConnectorField));
  }

  private Answer createConnector(DataHubCall call) {
    Topic topic = topic(call);
    String type = call.text("Type").toLowerCase(Locale.ROOT);
    ObjectNode config = config(call);
    if (type.equals("sink_fc")) {
      for (String key : FUNCTION_CONFIG) {
        if (config.path(key).asText().isEmpty()) {
          throw DataHubException.invalidParameter("Invalid config: " + key + " is missing.");
        }
      }
    }
    boolean exists =
        topic.connectors().values().stream()
            .anyMatch(other -> other.type().equals(type) && other.config().equals(config));
    if (exists) {
      throw DataHubException.exists("ConnectorAlreadyExist", "The connector already exists.");
    }
    List<String> columns = columns(call, topic);
    if (columns.isEmpty()) {
      columns = topic.schema().columns().stream().map(Column::name).toList();
    }
    Subscription subscription = topic.subscribe(type, true, store.offsets());
    Connector created =
        new Connector(
            "C" + subscription.id(),
            type,
            subscription,
            columns,
            config,
            call.json().path("SinkStartTime").asLong(-1),
            now());
    topic.connectors().put(created.id(), created);
    return ok(JSON.objectNode().put("ConnectorId", created.id()));
  }

  private static ObjectNode config(DataHubCall call) {
    return call.json().path("Config") instanceof ObjectNode given ? given : JSON.objectNode();
  }

  private static List<String> columns(DataHubCall call, Topic topic) {
    List<String> columns = new ArrayList<>();
    for (JsonNode field : call.json().path("ColumnFields")) {
      columns.add(column(field.asText(), topic));
    }
    return columns;
  }

  private static String column(String name, Topic topic) {
    String column = name.toLowerCase(Locale.ROOT);
    if (topic.schema().columns().stream().noneMatch(each -> each.name().equals(column))) {
      throw DataHubException.invalidParameter("The topic has no field: " + name);
    }
    return column;
  }

  private Answer listConnector(DataHubCall call) {
    return names("Connectors", List.copyOf(topic(call).connectors().keySet()));
  }

  private Answer getConnector(DataHubCall call) {
    Topic topic = topic(call);
    Connector connector = connector(call);
    ObjectNode answer =
        JSON.objectNode()
            .put("ConnectorId", connector.id())
            .put("Creator", "emulator")
            .put("CreateTime", connector.createdAt() / 1000)
            .put("LastModifyTime", connector.changedAt() / 1000)
            .put("Type", connector.type())
            .put("State", connector.running() ? "CONNECTOR_RUNNING" : "CONNECTOR_STOPPED");
    connector.columns().forEach(answer.putArray("ColumnFields")::add);
    ObjectNode config = connector.config();
    config.remove("AccessKey");
    answer.set("Config", config);
    answer.putObject("ExtraInfo").put("SubscriptionId", connector.subscription().id());
    ArrayNode contexts = answer.putArray("ShardContexts");
    for (ShardLog shard : topic.listed()) {
      contexts
          .addObject()
          .put("ShardId", shard.id())
          .put("StartSequence", connector.startSequence(shard))
          .put("EndSequence", endSequence(shard))
          .put("CurrentSequence", connector.currentSequence(shard));
    }
    return ok(answer);
  }

  private static long endSequence(ShardLog shard) {
    return shard.active() ? -1 : shard.nextSequence() - 1;
  }

  private Answer updateConnector(DataHubCall call) {
    connector(call).update(config(call), columns(call, topic(call)), now());
    return empty(200);
  }

  private Answer deleteConnector(DataHubCall call) {
    Connector connector = connector(call);
    topic(call).connectors().remove(connector.id());
    topic(call).subscriptions().remove(connector.subscription().id());
    return empty(200);
  }

  /** The time up to which all shards are done. */
  private Answer getConnectorDoneTime(DataHubCall call) {
    Connector connector = connector(call);
    long done =
        topic(call).listed().stream()
            .filter(shard -> !connector.isFinished(shard))
            .mapToLong(shard -> doneTime(connector, shard))
            .min()
            .orElse(now() / 1000);
    return ok(
        JSON.objectNode()
            .put("DoneTime", done)
            .put("TimeZone", "Asia/Shanghai")
            .put("TimeWindow", 3600));
  }

  private static long doneTime(Connector connector, ShardLog shard) {
    return Math.max(0, connector.subscription().get(shard.id()).timestamp()) / 1000;
  }

  private Answer getConnectorShardStatus(DataHubCall call) {
    Connector connector = connector(call);
    List<ShardLog> listed = topic(call).listed();
    if (call.json().hasNonNull("ShardId")) {
      return ok(status(connector, topic(call).shard(call.text("ShardId")), listed));
    }
    ObjectNode answer = JSON.objectNode();
    ObjectNode infos = answer.putObject("ShardStatusInfos");
    listed.forEach(shard -> infos.set(shard.id(), status(connector, shard, listed)));
    return ok(answer);
  }

  private static ObjectNode status(Connector connector, ShardLog shard, List<ShardLog> listed) {
    return JSON.objectNode()
        .put("ShardId", shard.id())
        .put("State", connector.state(shard, listed).name())
        .put("StartSequence", connector.startSequence(shard))
        .put("EndSequence", endSequence(shard))
        .put("CurrentSequence", connector.currentSequence(shard))
        .put("CurrentTimestamp", connector.subscription().get(shard.id()).timestamp())
        .put("UpdateTime", connector.changedAt() / 1000)
        .put("LastErrorMessage", "")
        .put("DiscardCount", 0)
        .put("DoneTime", doneTime(connector, shard))
        .put("WorkerAddress", "127.0.0.1:0");
  }

  private Answer updateConnectorState(DataHubCall call) {
    boolean run =
        switch (call.text("State")) {
          case "CONNECTOR_RUNNING" -> true;
          case "CONNECTOR_STOPPED" -> false;
          default ->
              throw DataHubException.invalidParameter(
                  "Invalid connector state: " + call.text("State"));
        };
    connector(call).setRunning(run, now());
    return empty(200);
  }

  /** Of one shard or of all; the service wants the connector stopped for it. */
  private Answer updateConnectorOffset(DataHubCall call) {
    Connector connector = connector(call);
    if (connector.running()) {
      throw new DataHubException("OperationDenied", "The connector is running.");
    }
    Commit to =
        new Commit(
            call.json().path("CurrentTime").asLong(-1),
            call.json().path("CurrentSequence").asLong(-1),
            0,
            OptionalLong.empty(),
            OptionalLong.empty());
    Map<String, Commit> resets = new LinkedHashMap<>();
    if (call.json().hasNonNull("ShardId")) {
      resets.put(topic(call).shard(call.text("ShardId")).id(), to);
    } else {
      topic(call).listed().forEach(shard -> resets.put(shard.id(), to));
    }
    connector.subscription().reset(resets);
    return empty(200);
  }

  /** There is no work to begin again; what is asked for must exist all the same. */
  private Answer reloadConnector(DataHubCall call) {
    connector(call);
    if (call.json().hasNonNull("ShardId")) {
      topic(call).shard(call.text("ShardId"));
    }
    return empty(200);
  }

  private Answer appendConnectorField(DataHubCall call) {
    connector(call).addColumn(column(call.text("FieldName"), topic(call)), now());
    return empty(200);
  }

  /** By id, or by type as older clients name it. */
  private Connector connector(DataHubCall call) {
    return topic(call).connectors().values().stream()
        .filter(
            each ->
                each.id().equals(call.connector())
                    || each.type().equalsIgnoreCase(call.connector()))
        .findFirst()
        .orElseThrow(
            () ->
                new DataHubException("NoSuchConnector", "The specified connector does not exist."));
  }

  private Topic topic(DataHubCall call) {
    return store.topic(call.project(), call.topic());
  }

  private long now() {
    return store.clock().millis();
  }
}
