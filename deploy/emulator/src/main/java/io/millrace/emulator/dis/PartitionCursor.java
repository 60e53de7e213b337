// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * A place in a partition, as the token that clients hand back: JSON in URL-safe Base64 without
 * padding. Partition and type are as they were first asked for, the sequence is the one to read
 * next.
 *
 * @param timestamp that a cursor of type AT_TIMESTAMP was asked for
 * @param issuedAt milliseconds since 1970
 */
record PartitionCursor(
    String stream,
    String partition,
    String type,
    long next,
    OptionalLong timestamp,
    long issuedAt) {

  static final Duration LIFE = Duration.ofMinutes(5);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PLACE = "getIteratorParam";
  private static final String ISSUED = "generateTimestamp";

  /** The cursor behind what was read. */
  PartitionCursor at(long sequence, long now) {
    return new PartitionCursor(stream, partition, type, sequence, timestamp, now);
  }

  String token() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode place =
        json.putObject(PLACE)
            .put("stream-name", stream)
            .put("partition-id", partition)
            .put("cursor-type", type)
            .put("starting-sequence-number", Long.toString(next));
    timestamp.ifPresent(time -> place.put("timestamp", time));
    json.put(ISSUED, issuedAt);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.toString().getBytes(UTF_8));
  }

  /** The partition that a token names; empty if it names none. */
  static String partitionOf(String token) {
    try {
      return MAPPER
          .readTree(Base64.getUrlDecoder().decode(token))
          .path(PLACE)
          .path("partition-id")
          .asText();
    } catch (IllegalArgumentException | IOException e) {
      return "";
    }
  }

  /**
   * Reads a token.
   *
   * @throws DisException {@code DIS.4217} if it is none, {@code DIS.4225} if it is too old
   */
  static PartitionCursor of(String token, long now) {
    JsonNode json;
    try {
      json = MAPPER.readTree(Base64.getUrlDecoder().decode(token));
    } catch (IllegalArgumentException | IOException e) {
      throw DisException.invalidCursor();
    }
    JsonNode place = json.path(PLACE);
    String next = place.path("starting-sequence-number").asText();
    boolean whole =
        place.path("stream-name").isTextual()
            && place.path("partition-id").isTextual()
            && place.path("cursor-type").isTextual()
            && next.matches("[0-9]{1,18}")
            && json.path(ISSUED).canConvertToLong();
    if (!whole) {
      throw DisException.invalidCursor();
    }
    if (now - json.path(ISSUED).asLong() > LIFE.toMillis()) {
      throw DisException.expiredCursor();
    }
    return new PartitionCursor(
        place.path("stream-name").asText(),
        place.path("partition-id").asText(),
        place.path("cursor-type").asText(),
        Long.parseLong(next),
        place.has("timestamp")
            ? OptionalLong.of(place.path("timestamp").asLong())
            : OptionalLong.empty(),
        json.path(ISSUED).asLong());
  }
}
