// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ControlClient.Tasks;
import io.millrace.job.TriggerJob;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;

/**
 * What is known of one job, look by look: its last document, its history and what both add up to.
 *
 * <p>Not thread-safe, but for the history: it belongs to the watch's thread, which hands out what
 * {@link #snapshot} gives.
 */
final class JobView {

  /**
   * A job as it was last seen. Its documents do not change any more.
   *
   * @param summary everything but the shards
   */
  record Snapshot(
      TriggerJob job, Health health, ObjectNode summary, ArrayNode shards, History history) {}

  /** A JobManager that was just started tells of a job only once it has recovered it. */
  static final Duration RECOVERY = Duration.ofSeconds(60);

  /** The states of a shard that somebody should look at. */
  private static final Set<String> TROUBLED = Set.of("SUSPENDED", "RETRYING", "BLOCKED");

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final History history = new History();
  private final Throughput throughput = new Throughput();
  private TriggerJob job;
  private Health health = Health.STARTING;
  private Optional<String> problem = Optional.empty();
  private Optional<Tasks> tasks = Optional.empty();
  private ObjectNode status = JSON.objectNode();
  private ArrayNode shards = JSON.arrayNode();
  private OptionalLong seenAt = OptionalLong.empty();
  private OptionalLong missingSince = OptionalLong.empty();
  private boolean hasRun;

  JobView(TriggerJob job) {
    this.job = job;
  }

  Health health() {
    return health;
  }

  /** It was asked and answered. */
  void answered(long at, TriggerJob found, ObjectNode document, Tasks running) {
    job = found;
    tasks = Optional.of(running);
    problem = Optional.ofNullable(document.path("failure").textValue());
    health = Health.of(running.state(), running, hasRun);
    missingSince = OptionalLong.empty();
    if (health == Health.RUNNING) {
      hasRun = true;
    }
    if (document.hasNonNull("function")) {
      tookStatus(at, document);
    } else {
      interrupt(at);
    }
  }

  private void tookStatus(long at, ObjectNode document) {
    status = document;
    seenAt = OptionalLong.of(at);
    Map<String, Long> records = new HashMap<>();
    for (JsonNode shard : document.path("shards")) {
      records.put(shard.path("shard").asText(), shard.path("records").asLong());
    }
    throughput.update(at, records);
    shards = JSON.arrayNode();
    int troubled = 0;
    for (JsonNode shard : document.path("shards")) {
      String state = shard.path("state").asText();
      troubled += TROUBLED.contains(state) ? 1 : 0;
      ObjectNode told = shard.deepCopy();
      Optional<Double> rate = throughput.perSecond(shard.path("shard").asText());
      told.set("recordsPerSecond", number(rate));
      shards.add(told);
    }
    history.add(
        new History.Sample(
            at,
            throughput.perSecond(),
            boxed(each("lagRecords").reduce(Long::sum)),
            boxed(each("lagMs").max()),
            latency("p50"),
            latency("p99"),
            troubled));
  }

  /** It could not be asked. */
  void silent(long at, String reason) {
    if (!health.isOver()) {
      health = Health.UNREACHABLE;
      problem = Optional.of(reason);
      interrupt(at);
    }
  }

  /** The cluster was asked, and did not name it. */
  void missing(long at) {
    if (missingSince.isEmpty()) {
      missingSince = OptionalLong.of(at);
    }
    boolean recovering = at - missingSince.getAsLong() < RECOVERY.toMillis();
    if (health == Health.ENDED || health == Health.FAILED || health == Health.GONE) {
      // A cluster forgets the jobs that have ended; how they ended stays known here.
      return;
    }
    health = recovering ? Health.RESTARTING : Health.GONE;
    problem =
        Optional.of(
            recovering
                ? "the JobManager does not name this job; it may be about to recover it"
                : "the JobManager does not know this job any more; one that is started anew without"
                    + " high availability has forgotten its jobs");
    tasks = Optional.empty();
    interrupt(at);
  }

  private void interrupt(long at) {
    throughput.interrupt();
    if (!health.isOver()) {
      history.add(History.Sample.gap(at));
    }
  }

  /** What may be handed out. */
  Snapshot snapshot() {
    ObjectNode summary = JSON.objectNode();
    summary.put("id", job.id().toString());
    summary.put("name", job.trigger());
    summary.put("health", health.name());
    summary.put("state", job.state().name());
    summary.put("problem", problem.orElse(null));
    summary.put("function", status.path("function").textValue());
    summary.set(
        "blocked",
        health == Health.RUNNING && status.path("blocked").isObject()
            ? status.get("blocked")
            : JSON.nullNode());
    tasks.ifPresentOrElse(
        known -> summary.putObject("tasks").put("running", known.running()).put("all", known.all()),
        () -> summary.putNull("tasks"));
    summary.put("seenAt", seenAt.isPresent() ? (Long) seenAt.getAsLong() : null);
    summary.set("totals", totals());
    return new Snapshot(job, health, summary, shards, history);
  }

  private ObjectNode totals() {
    ObjectNode totals = JSON.objectNode();
    totals.put("shards", shards.size());
    Map<String, Integer> states = new TreeMap<>();
    shards.forEach(shard -> states.merge(shard.path("state").asText(), 1, Integer::sum));
    ObjectNode counts = totals.putObject("states");
    states.forEach(counts::put);
    totals.set("recordsPerSecond", number(throughput.perSecond()));
    totals.put("lagRecords", boxed(each("lagRecords").reduce(Long::sum)).orElse(null));
    totals.put("lagMs", boxed(each("lagMs").max()).orElse(null));
    totals.set("latencyP50", number(latency("p50")));
    totals.set("latencyP99", number(latency("p99")));
    for (String count : new String[] {"envelopes", "records", "discarded", "repeated"}) {
      totals.put(count, each(count).sum());
    }
    return totals;
  }

  /** A whole number of each shard that has it. */
  private LongStream each(String field) {
    return StreamSupport.stream(shards.spliterator(), false)
        .map(shard -> shard.path(field))
        .filter(JsonNode::isNumber)
        .mapToLong(JsonNode::asLong);
  }

  /** The slowest shard's: what is typical of one cannot be averaged with what is of another. */
  private Optional<Double> latency(String quantile) {
    return StreamSupport.stream(shards.spliterator(), false)
        .map(shard -> shard.path("latencyMs").path(quantile))
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .max(Double::compare);
  }

  private static Optional<Long> boxed(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }

  private static JsonNode number(Optional<Double> value) {
    return value.<JsonNode>map(JSON::numberNode).orElseGet(JSON::nullNode);
  }
}
