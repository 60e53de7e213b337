// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.millrace.e2e.oracle.TaskReading;
import io.millrace.emulator.Journal;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of a job as Flink's REST interface has them, which collects them now and then: what
 * is read may be some seconds old.
 */
public final class JobMetrics {

  /** {@code operator.name} or {@code operator.shard.id.name}. */
  private static final Pattern ID =
      Pattern.compile("(?<operator>[^.]+)\\.(?:shard\\.(?<shard>.+)\\.)?(?<name>[A-Za-z]+)");

  /** Which operator a metric must be of, to be the one that is meant. */
  private static final String OF_DISPATCH = "invocations";

  private static final String OF_SOURCE = "pendingRecords";

  /** Of the source; all others are of Dispatch. */
  private static final Set<String> SOURCES = Set.of(OF_SOURCE, "recordsLost");

  /** So many shards of a subtask have metrics of their own ({@code delivery.shard-metrics}). */
  private static final int MOST_SHARDS = 64;

  /** A request line holds so many names: Flink takes one of 4,096 characters. */
  private static final int AT_ONCE = 30;

  private final FlinkRest rest;
  private final Journal journal;

  public JobMetrics(FlinkRest rest, Journal journal) {
    this.rest = rest;
    this.journal = journal;
  }

  /**
   * Where a shard is, or was until it ended.
   *
   * @param living whether it has not ended
   */
  public record Place(int subtask, boolean living) {}

  /**
   * Reads them.
   *
   * @param process of a TaskManager, by its id; nothing for one that is dead
   * @param places of the shards, as the job tells it
   */
  public List<TaskReading> read(
      String jobId, Function<String, Optional<String>> process, Map<String, Place> places) {
    long offset = journal.now() - System.currentTimeMillis() * 1000;
    List<TaskReading> readings = new ArrayList<>();
    for (FlinkRest.Subtask subtask : rest.subtasks(jobId)) {
      Map<String, Long> all = values(jobId, subtask);
      readings.add(
          reading(
              subtask.subtask(),
              process.apply(subtask.taskManager()).orElse(""),
              subtask.deployed() * 1000 + offset,
              places,
              all));
    }
    return readings;
  }

  /** Those of a subtask whose ids are of the form, whole numbers. */
  private Map<String, Long> values(String jobId, FlinkRest.Subtask subtask) {
    String path =
        "/jobs/%s/vertices/%s/subtasks/%d/metrics"
            .formatted(jobId, subtask.vertex(), subtask.subtask());
    List<String> ids = new ArrayList<>();
    for (JsonNode each : rest.get(path).orElse(NullNode.instance)) {
      String id = each.path("id").asText();
      if (ID.matcher(id).matches()) {
        ids.add(URLEncoder.encode(id, UTF_8));
      }
    }
    Map<String, Long> values = new HashMap<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
      String asked = path + "?get=" + String.join(",", some);
      for (JsonNode each : rest.get(asked).orElse(NullNode.instance)) {
        values.put(each.path("id").asText(), each.path("value").asLong());
      }
    }
    return values;
  }

  /** Sorts metrics by what they are of. */
  static TaskReading reading(
      int subtask, String process, long since, Map<String, Place> places, Map<String, Long> all) {
    Set<String> shards = new HashSet<>();
    Map<String, Map<String, Long>> ofShards = new HashMap<>();
    places.forEach(
        (shard, place) -> {
          if (place.subtask() == subtask) {
            shards.add(shard);
            if (place.living()) {
              ofShards.put(shard, new HashMap<>());
            }
          }
        });
    boolean bounded = ofShards.size() > MOST_SHARDS;
    String dispatch = operatorOf(all, OF_DISPATCH);
    String source = operatorOf(all, OF_SOURCE);
    Map<String, Long> values = new HashMap<>();
    all.forEach(
        (id, value) -> {
          Matcher parts = ID.matcher(id);
          if (!parts.matches()) {
            return;
          }
          String name = parts.group("name");
          String operator = parts.group("operator");
          if (parts.group("shard") != null) {
            // Flink goes on showing the last values of a shard that has ended.
            Optional.ofNullable(ofShards.get(parts.group("shard")))
                .ifPresent(its -> its.put(name, value));
          } else if (operator.equals(SOURCES.contains(name) ? source : dispatch)) {
            values.put(name, value);
          }
        });
    if (bounded) {
      ofShards.values().removeIf(Map::isEmpty);
    }
    return new TaskReading(subtask, process, since, shards, values, ofShards);
  }

  private static String operatorOf(Map<String, Long> all, String metric) {
    return all.keySet().stream()
        .filter(id -> id.endsWith("." + metric))
        .map(id -> id.substring(0, id.indexOf('.')))
        .findFirst()
        .orElse("");
  }
}
