// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.http.Answer;
import io.millrace.emulator.http.Exchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A request to the admin API: its path by parts, and its body, a JSON object. */
final class AdminCall {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Exchange exchange;
  private final String[] path;

  AdminCall(Exchange exchange) {
    this.exchange = exchange;
    this.path = exchange.path().split("/");
  }

  /** Carries out one request. */
  @FunctionalInterface
  interface Operation {

    /**
     * Answers the request.
     *
     * @throws NoSuchThing if its path leads nowhere
     * @throws IllegalArgumentException with one line, if it asks for what cannot be done
     */
    Answer run(AdminCall call);
  }

  /** Method and first part of the path, which together name the operation. */
  String name() {
    return exchange.method() + " /" + (path.length > 1 ? path[1] : "");
  }

  /** How many parts the path has. */
  int parts() {
    return path.length - 1;
  }

  /** A part of the path, from 0. */
  String part(int index) {
    if (parts() <= index) {
      throw new NoSuchThing("the path is too short");
    }
    return path[index + 1];
  }

  Optional<String> parameter(String name) {
    return exchange.parameter(name);
  }

  /** Method and path, for messages. */
  @Override
  public String toString() {
    return exchange.method() + " " + exchange.path();
  }

  /** The body; without one, an object without keys. */
  JsonNode body() {
    if (exchange.body().length == 0) {
      return JSON.objectNode();
    }
    try {
      JsonNode body = MAPPER.readTree(exchange.body());
      if (body.isObject()) {
        return body;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("bytes that cannot be read", e);
    }
    throw new IllegalArgumentException("the body is not a JSON object");
  }

  static String text(JsonNode body, String key) {
    JsonNode value = body.path(key);
    // A shard is named by a number, which may well be written as one.
    if ((!value.isTextual() && !value.isIntegralNumber()) || value.asText().isEmpty()) {
      throw new IllegalArgumentException(
          key + ": " + (value.isMissingNode() ? "missing" : value + " is not a name"));
    }
    return value.asText();
  }

  static int integer(JsonNode body, String key, int absent) {
    JsonNode value = body.path(key);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.canConvertToInt()) {
      throw new IllegalArgumentException(key + ": " + value + " is not a whole number");
    }
    return value.asInt();
  }

  /** A time in milliseconds that must be given. */
  static long millis(JsonNode body) {
    JsonNode millis = body.path("millis");
    if (!millis.canConvertToLong()) {
      throw new IllegalArgumentException("millis: " + millis.asText() + " is not a whole number");
    }
    return millis.asLong();
  }

  /** Takes a service off its port or puts it there again, as the second part of the path says. */
  Answer reach(Runnable down, Runnable up) {
    switch (part(1)) {
      case "down" -> down.run();
      case "up" -> up.run();
      default -> throw new NoSuchThing("a service goes down or up, not " + part(1));
    }
    return done();
  }

  static ObjectNode names(String key, List<String> names) {
    ObjectNode answer = JSON.objectNode();
    names.forEach(answer.putArray(key)::add);
    return answer;
  }

  static Answer ok(ObjectNode body) {
    return Answer.json(200, body);
  }

  /** There is nothing to tell. */
  static Answer done() {
    return ok(JSON.objectNode());
  }

  /** A path that leads nowhere. */
  static final class NoSuchThing extends RuntimeException {

    private static final long serialVersionUID = 1;

    NoSuchThing(String message) {
      super(message, null, false, false);
    }
  }
}
