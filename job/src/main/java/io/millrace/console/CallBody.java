// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/** The JSON object of a request; what is wrong with it is refused by the name of its key. */
final class CallBody {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{8,64}");
  private static final String PLACES =
      "\"earliest\", \"latest\", {\"sequence\": a number} or {\"time\": \"2021-10-12T00:00:00Z\"}";

  private final JsonNode object;

  private CallBody(JsonNode object) {
    this.object = object;
  }

  /**
   * Reads it.
   *
   * @param keys that it may have
   */
  static CallBody of(Call call, Set<String> keys) {
    JsonNode read;
    try {
      read = MAPPER.readTree(call.body());
    } catch (JsonProcessingException e) {
      throw new RefusedCall(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("bytes that cannot be read", e);
    }
    if (!read.isObject()) {
      throw new RefusedCall(400, "the body is not a JSON object");
    }
    only(read, keys);
    return new CallBody(read);
  }

  private static void only(JsonNode object, Set<String> keys) {
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys.contains(key)) {
                throw new RefusedCall(
                    400, "'" + key + "' is not accepted; accepted: " + new TreeSet<>(keys));
              }
            });
  }

  String text(String key) {
    JsonNode value = object.path(key);
    if (!value.isTextual() || value.asText().isBlank()) {
      throw new RefusedCall(
          400, key + ": " + (value.isMissingNode() ? "missing" : value + " is not a text"));
    }
    return value.asText();
  }

  /** What the client calls its command, so that it may send it again; else a new name. */
  String id() {
    if (!object.has("id")) {
      return UUID.randomUUID().toString();
    }
    String id = text("id");
    if (!ID.matcher(id).matches()) {
      throw new RefusedCall(
          400, "id: '" + id + "' is not accepted; accepted: 8 to 64 letters, digits and hyphens");
    }
    return id;
  }

  /**
   * The shard, or with {@code "all": true} none: what concerns all is never said by leaving out.
   */
  Optional<String> shard() {
    JsonNode all = object.path("all");
    if (!all.isMissingNode() && !all.isBoolean()) {
      throw new RefusedCall(400, "all: " + all + " is not accepted; accepted: true");
    }
    if (all.asBoolean() == object.has("shard")) {
      throw new RefusedCall(400, "shard or all: one of them is needed");
    }
    return all.asBoolean() ? Optional.empty() : Optional.of(text("shard"));
  }

  /**
   * The place under {@code to}.
   *
   * @param shard that it is a place of, if it is of one
   */
  StartPosition place(Optional<String> shard) {
    JsonNode to = object.path("to");
    if (to.isTextual() && to.asText().equals("earliest")) {
      return new StartPosition.Earliest();
    }
    if (to.isTextual() && to.asText().equals("latest")) {
      return new StartPosition.Latest();
    }
    if (to.size() == 1 && to.path("sequence").canConvertToLong() && isWhole(to.get("sequence"))) {
      String only =
          shard.orElseThrow(
              () ->
                  new RefusedCall(
                      400, "to: each shard has sequences of its own, so one must be named"));
      return new StartPosition.Sequences(Map.of(only, to.get("sequence").asLong()));
    }
    if (to.size() == 1 && to.path("time").isTextual()) {
      return at(to.get("time").asText());
    }
    throw refused(to);
  }

  /** What is given up: {@code skip}, whose event is named by its first and last record. */
  SkipTarget skip() {
    JsonNode skip = object.path("skip");
    if (!skip.isObject()) {
      throw new RefusedCall(400, "skip: " + (skip.isMissingNode() ? "missing" : "not an object"));
    }
    only(skip, Set.of("first", "last", "sequence", "index", "reason"));
    String reason = new CallBody(skip).text("reason").strip();
    Long sequence = skip.has("sequence") ? whole(skip, "sequence") : null;
    Integer index = skip.has("index") ? Math.toIntExact(whole(skip, "index")) : null;
    return new SkipTarget(position(skip, "first"), position(skip, "last"), sequence, index, reason);
  }

  private static Position position(JsonNode skip, String key) {
    JsonNode position = skip.path(key);
    return new Position(
        whole(position, "sequence"),
        Math.toIntExact(whole(position, "index")),
        whole(position, "time"));
  }

  private static long whole(JsonNode object, String key) {
    JsonNode value = object.path(key);
    boolean fits = key.equals("index") ? value.canConvertToInt() : value.canConvertToLong();
    if (!value.isIntegralNumber() || !fits) {
      throw new RefusedCall(
          400, key + ": " + (value.isMissingNode() ? "missing" : value + " is not a whole number"));
    }
    return value.asLong();
  }

  boolean has(String key) {
    return object.has(key);
  }

  private static boolean isWhole(JsonNode number) {
    return number.isIntegralNumber() && number.asLong() >= 0;
  }

  private StartPosition at(String time) {
    try {
      long millis = OffsetDateTime.parse(time).toInstant().toEpochMilli();
      if (millis >= 0) {
        return new StartPosition.At(millis);
      }
    } catch (DateTimeException e) {
      throw refused(object.path("to"));
    }
    throw refused(object.path("to"));
  }

  private static RefusedCall refused(JsonNode to) {
    return new RefusedCall(
        400,
        "to: "
            + (to.isMissingNode() ? "missing" : to + " is not accepted")
            + "; accepted: "
            + PLACES);
  }
}
