// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a request asks for: the operation, named as the methods of DIS's older SDK are, and the
 * names in its path.
 *
 * @param name of the stream or app in the path, or empty
 * @param below of the stream in the path of an app, or empty
 * @param body after decompression
 * @param json the body if it is JSON
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DisCall(
    String operation,
    String project,
    String name,
    String below,
    Map<String, String> parameters,
    boolean protobuf,
    byte[] body,
    JsonNode json) {

  static final String PROTOBUF = "application/x-protobuf";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads a request.
   *
   * @throws DisException if this service has no such operation, or the body is none
   */
  static DisCall of(Exchange exchange, byte[] body) {
    // The older SDK ends every path with a slash.
    List<String> path =
        Stream.of(exchange.path().split("/"))
            .filter(part -> !part.isEmpty())
            .map(DisCall::decoded)
            .toList();
    String route = exchange.method() + " " + route(path);
    String operation =
        switch (route) {
          case "GET streams" -> "listStreams";
          case "POST streams" -> "createStream";
          case "GET streams/N" -> "describeStream";
          case "PUT streams/N" -> "updatePartitionCount";
          case "DELETE streams/N" -> "deleteStream";
          case "POST records" -> "putRecords";
          case "GET records" -> "getRecords";
          case "GET cursors" -> "getPartitionCursor";
          case "POST apps" -> "createApp";
          case "GET apps" -> "listApps";
          case "GET apps/N" -> "describeApp";
          case "DELETE apps/N" -> "deleteApp";
          case "GET apps/N/streams/N" -> "listStreamConsumingState";
          case "POST checkpoints" -> "commitCheckpoint";
          case "GET checkpoints" -> "getCheckpoint";
          case "DELETE checkpoints" -> "deleteCheckpoint";
          default ->
              throw DisException.noSuchOperation(
                  "The emulator has no operation for "
                      + exchange.method()
                      + " "
                      + exchange.path()
                      + ".");
        };
    String project = path.get(1);
    if (exchange.header("X-Project-Id").filter(given -> !given.equals(project)).isPresent()) {
      throw DisException.projectMismatch(project);
    }
    boolean protobuf = exchange.header("Content-Type").orElse("").startsWith(PROTOBUF);
    return new DisCall(
        operation,
        project,
        path.size() > 3 ? path.get(3) : "",
        path.size() > 5 ? path.get(5) : "",
        parameters(exchange.pathAndQuery()),
        protobuf,
        body,
        protobuf || body.length == 0 ? MissingNode.getInstance() : json(body));
  }

  /** Behind {@code /v2/<project>/}, with the names masked; empty if that is not how it begins. */
  private static String route(List<String> path) {
    if (path.size() < 3 || !path.get(0).equals("v2")) {
      return "";
    }
    StringBuilder route = new StringBuilder(path.get(2));
    for (int i = 3; i < path.size(); i++) {
      route.append('/').append(i % 2 == 1 ? "N" : path.get(i));
    }
    return route.toString();
  }

  /** The older SDK ends every query with an ampersand, and sends values as they are. */
  private static Map<String, String> parameters(String target) {
    Map<String, String> parameters = new HashMap<>();
    int question = target.indexOf('?');
    String query = question < 0 ? "" : target.substring(question + 1);
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return Map.copyOf(parameters);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static JsonNode json(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw DisException.invalidRequest("The body is not JSON.");
    }
  }

  /** The partition that a request is about, as the fault rules see it. */
  Optional<String> shardName() {
    Optional<String> named =
        Optional.ofNullable(parameters.get("partition-id"))
            .or(() -> Optional.ofNullable(parameters.get("partition_id")))
            .or(() -> Optional.ofNullable(json.path("partition_id").textValue()));
    Optional<String> pointedAt =
        Optional.ofNullable(parameters.get("partition-cursor")).map(PartitionCursor::partitionOf);
    try {
      return named
          .or(() -> pointedAt)
          .filter(text -> !text.isEmpty())
          .map(text -> PartitionId.of(PartitionId.number(text)));
    } catch (DisException e) {
      return Optional.empty();
    }
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /** A parameter that the request must have. */
  String required(String name) {
    return parameter(name)
        .orElseThrow(() -> DisException.invalidRequest("Invalid " + name + " null."));
  }

  /** A parameter that is a number, or what stands for it. */
  int number(String name, int least, int most, int absent) {
    Optional<String> text = parameter(name);
    if (text.isEmpty()) {
      return absent;
    }
    if (!text.get().matches("[0-9]{1,9}")
        || Integer.parseInt(text.get()) < least
        || Integer.parseInt(text.get()) > most) {
      throw DisException.invalidRequest("Invalid " + name + " " + text.get() + ".");
    }
    return Integer.parseInt(text.get());
  }

  /** A text that the body must have. */
  String text(String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual() || value.asText().isEmpty()) {
      throw DisException.invalidRequest("Invalid " + field + " null.");
    }
    return value.asText();
  }

  /** A number that the body must have. */
  int integer(String field) {
    JsonNode value = json.path(field);
    if (!value.canConvertToInt()) {
      throw DisException.invalidRequest("Invalid " + field + " null.");
    }
    return value.asInt();
  }
}
