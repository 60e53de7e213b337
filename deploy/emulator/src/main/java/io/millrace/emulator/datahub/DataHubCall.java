// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * What a request asks for: the operation, named as DataHub's SDK names its methods, and the names
 * in its path. Many operations share a path and are told apart by header or by {@code Action}.
 *
 * @param body the body after decompression
 * @param json the body if it is JSON
 * @param twist a fault that changes what the operation does
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DataHubCall(
    String operation,
    boolean protobuf,
    String project,
    String topic,
    String shard,
    String subscription,
    String connector,
    byte[] body,
    JsonNode json,
    Optional<FaultKind> twist) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String NONE = "";

  /** DataHub's page "Limits". */
  private static final int MAX_BODY_BYTES = 4 << 20;

  /**
   * Reads a request.
   *
   * @throws DataHubException {@code InvalidUriSpec} if this service has no such operation
   */
  static DataHubCall of(Exchange exchange, byte[] body) {
    String[] path = exchange.path().split("/", -1);
    String method = exchange.method();
    String action = exchange.header("x-datahub-request-action").orElse(NONE);
    boolean protobuf = !action.isEmpty();
    JsonNode json = protobuf || body.length == 0 ? MissingNode.getInstance() : json(body);
    requireSmall(exchange.body().length);
    requireSmall(body.length);
    String verb = protobuf ? action : json.path("Action").asText().toLowerCase(Locale.ROOT);
    String route = method + " " + route(path);
    String operation =
        switch (route) {
          case "GET /projects" -> "listProject";
          case "GET /projects/P" -> "getProject";
          case "POST /projects/P" -> "createProject";
          case "DELETE /projects/P" -> "deleteProject";
          case "GET /projects/P/topics" -> "listTopic";
          case "GET /projects/P/topics/T" -> "getTopic";
          case "POST /projects/P/topics/T" ->
              switch (verb) {
                case "create" -> "createTopic";
                case "appendfield" -> "appendField";
                default -> NONE;
              };
          case "PUT /projects/P/topics/T" -> "updateTopic";
          case "DELETE /projects/P/topics/T" -> "deleteTopic";
          case "GET /projects/P/topics/T/shards" -> "listShard";
          case "POST /projects/P/topics/T/shards" ->
              switch (verb) {
                case "pub" -> "putRecords";
                case "split" -> "splitShard";
                case "merge" -> "mergeShard";
                case "extend" -> "extendShard";
                default -> NONE;
              };
          case "POST /projects/P/topics/T/shards/S" ->
              switch (verb) {
                case "cursor" -> "getCursor";
                case "sub" -> "getRecords";
                case "pub" -> protobuf ? "putRecordsByShard" : NONE;
                case "meter" -> "getMeterInfo";
                default -> NONE;
              };
          case "POST /projects/P/topics/T/subscriptions" ->
              switch (verb) {
                case "create" -> "createSubscription";
                case "list" -> "listSubscription";
                default -> NONE;
              };
          case "GET /projects/P/topics/T/subscriptions/S" -> "getSubscription";
          case "PUT /projects/P/topics/T/subscriptions/S" -> "updateSubscription";
          case "DELETE /projects/P/topics/T/subscriptions/S" -> "deleteSubscription";
          case "POST /projects/P/topics/T/subscriptions/S" ->
              switch (verb) {
                case "joingroup" -> "joinGroup";
                case "heartbeat" -> "heartbeat";
                case "syncgroup" -> "syncGroup";
                case "leavegroup" -> "leaveGroup";
                default -> NONE;
              };
          case "GET /projects/P/topics/T/connectors" -> "listConnector";
          case "GET /projects/P/topics/T/connectors/S" ->
              exchange.pathAndQuery().endsWith("?donetime")
                  ? "getConnectorDoneTime"
                  : "getConnector";
          case "DELETE /projects/P/topics/T/connectors/S" -> "deleteConnector";
          case "POST /projects/P/topics/T/connectors/S" ->
              switch (verb) {
                case "create" -> "createConnector";
                case "status" -> "getConnectorShardStatus";
                case "updatestate" -> "updateConnectorState";
                case "updateshardcontext" -> "updateConnectorOffset";
                case "updateconfig" -> "updateConnector";
                case "reload" -> "reloadConnector";
                case "appendfield" -> "appendConnectorField";
                default -> NONE;
              };
          case "POST /projects/P/topics/T/subscriptions/S/offsets" ->
              switch (verb) {
                case "open" -> "openSubscriptionSession";
                case "get" -> "getSubscriptionOffset";
                default -> NONE;
              };
          case "PUT /projects/P/topics/T/subscriptions/S/offsets" ->
              switch (verb) {
                case "commit" -> "commitSubscriptionOffset";
                case "reset" -> "resetSubscriptionOffset";
                default -> NONE;
              };
          default -> NONE;
        };
    if (operation.isEmpty()) {
      throw new DataHubException(
          "InvalidUriSpec",
          "The emulator has no operation for "
              + method
              + " "
              + exchange.path()
              + (verb.isEmpty() ? "" : " with action " + verb)
              + ".");
    }
    String kind = path.length > 5 ? path[5] : NONE;
    return new DataHubCall(
        operation,
        protobuf,
        part(path, 2),
        part(path, 4),
        kind.equals("shards") ? part(path, 6) : NONE,
        kind.equals("subscriptions") ? part(path, 6) : NONE,
        kind.equals("connectors") ? part(path, 6) : NONE,
        body,
        json,
        Optional.empty());
  }

  private static void requireSmall(int bytes) {
    if (bytes > MAX_BODY_BYTES) {
      throw DataHubException.invalidParameter(
          "The request body has " + bytes + " bytes; at most " + MAX_BODY_BYTES + ".");
    }
  }

  /** This call, changed by a fault. */
  DataHubCall with(FaultKind fault) {
    return new DataHubCall(
        operation,
        protobuf,
        project,
        topic,
        shard,
        subscription,
        connector,
        body,
        json,
        Optional.of(fault));
  }

  /** The shard as the fault rules see it. */
  Optional<String> shardName() {
    return shard.isEmpty() ? Optional.empty() : Optional.of(shard);
  }

  /** A text that the request must have. */
  String text(String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual() || value.asText().isEmpty()) {
      throw DataHubException.invalidParameter("The parameter " + field + " is missing.");
    }
    return value.asText();
  }

  /** A number that the request must have. */
  long number(String field) {
    JsonNode value = json.path(field);
    if (!value.canConvertToLong()) {
      throw DataHubException.invalidParameter("The parameter " + field + " is missing.");
    }
    return value.asLong();
  }

  /** The path with its names masked. */
  private static String route(String[] path) {
    StringBuilder route = new StringBuilder();
    for (int i = 1; i < path.length; i++) {
      boolean name = i % 2 == 0;
      route.append('/').append(name ? (i == 2 ? "P" : i == 4 ? "T" : "S") : path[i]);
    }
    return route.toString();
  }

  private static String part(String[] path, int index) {
    return path.length > index ? URLDecoder.decode(path[index], StandardCharsets.UTF_8) : NONE;
  }

  private static JsonNode json(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw DataHubException.invalidParameter("The body is not JSON: " + firstLine(e.getMessage()));
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
