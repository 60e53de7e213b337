// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.emulator.fault.Faults.Listed;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Rules in the form of the admin API. */
public final class FaultJson {

  private static final Set<String> KEYS =
      Set.of(
          "service",
          "kind",
          "operation",
          "shard",
          "times",
          "probability",
          "delayMs",
          "status",
          "errorCode",
          "errorType");

  private FaultJson() {}

  /**
   * Reads a rule.
   *
   * @throws IllegalArgumentException with one line that names the key, its value and what is
   *     accepted
   */
  public static FaultRule read(JsonNode json) {
    json.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                    key + ": no such key; " + String.join(", ", KEYS.stream().sorted().toList()));
              }
            });
    FaultTarget target =
        FaultTarget.named(json.path("service").asText())
            .orElseThrow(() -> invalid(json, "service", FaultTarget.names()));
    FaultKind kind =
        FaultKind.named(json.path("kind").asText())
            .orElseThrow(() -> invalid(json, "kind", FaultKind.names()));
    FaultRule defaults = FaultRule.of(target, kind);
    OptionalInt status = integer(json, "status");
    Optional<String> errorCode = text(json, "errorCode");
    return new FaultRule(
        target,
        kind,
        text(json, "operation"),
        text(json, "shard"),
        integer(json, "times"),
        json.has("probability") ? number(json, "probability") : defaults.probability(),
        json.has("delayMs")
            ? Duration.ofMillis(integer(json, "delayMs").orElseThrow())
            : defaults.delay(),
        status.isEmpty() && errorCode.isEmpty() ? defaults.status() : status,
        errorCode,
        text(json, "errorType"));
  }

  /** Writes a rule with its number and how often it has struck. */
  public static ObjectNode write(Listed listed) {
    FaultRule rule = listed.rule();
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", listed.id())
            .put("service", rule.target().wireName())
            .put("kind", rule.kind().wireName());
    rule.operation().ifPresent(value -> json.put("operation", value));
    rule.shard().ifPresent(value -> json.put("shard", value));
    rule.times().ifPresent(value -> json.put("times", value));
    json.put("probability", rule.probability());
    json.put("delayMs", rule.delay().toMillis());
    rule.status().ifPresent(value -> json.put("status", value));
    rule.errorCode().ifPresent(value -> json.put("errorCode", value));
    rule.errorType().ifPresent(value -> json.put("errorType", value));
    return json.put("strikes", listed.strikes());
  }

  private static Optional<String> text(JsonNode json, String key) {
    if (!json.has(key)) {
      return Optional.empty();
    }
    // A shard is named by a number, which may well be written as one.
    if (!json.get(key).isTextual() && !json.get(key).isIntegralNumber()) {
      throw invalid(json, key, "a text");
    }
    return Optional.of(json.get(key).asText());
  }

  private static OptionalInt integer(JsonNode json, String key) {
    if (!json.has(key)) {
      return OptionalInt.empty();
    }
    if (!json.get(key).canConvertToInt()) {
      throw invalid(json, key, "a whole number");
    }
    return OptionalInt.of(json.get(key).asInt());
  }

  private static double number(JsonNode json, String key) {
    if (!json.get(key).isNumber()) {
      throw invalid(json, key, "a number");
    }
    return json.get(key).asDouble();
  }

  private static IllegalArgumentException invalid(JsonNode json, String key, String accepted) {
    return new IllegalArgumentException(
        json.has(key)
            ? key + ": " + json.get(key) + " is not accepted; " + accepted
            : key + ": missing; " + accepted);
  }
}
