// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.cli.CommandFailure;
import io.millrace.cli.Progress;
import io.millrace.e2e.oracle.Evidence;
import io.millrace.e2e.oracle.Finding;
import io.millrace.e2e.oracle.Oracle;
import io.millrace.e2e.oracle.Terms;
import io.millrace.e2e.oracle.Verdict;
import io.millrace.e2e.stage.CheckpointWatch;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.DeliveryGauge;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.e2e.stage.Pair;
import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.Journal;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient;
import io.millrace.job.EmbeddedCluster;
import io.millrace.job.TriggerSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.flink.util.IOUtils;

/**
 * One delivery from the first record to the verdict, all in this process: the emulators, the
 * producer, Flink with its REST interface, the job. Used by one thread.
 */
final class Quickstart implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BATCH = 500;
  private static final int MAX_PARALLELISM = 4;
  private static final Duration FUNCTION_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long STALLED_SECONDS = 60;
  private static final long TELL_NANOS = 3_000_000_000L;

  private final Wish wish;
  private final Progress progress;
  private final long began = System.nanoTime();
  private final Path directory;
  private final Clouds clouds;
  private final EmbeddedCluster flink;
  private final ControlClient control;
  private final FlinkRest rest;
  private final DeliveryGauge gauge;
  private final CheckpointWatch watch;
  private String jobId = "none";
  private int parallelism;

  /**
   * What the user asked for.
   *
   * @param functionEndpoint a server to invoke instead of the emulator
   */
  record Wish(
      Pair pair,
      int records,
      int shards,
      Optional<Integer> rescale,
      Optional<URI> functionEndpoint) {

    int slots() {
      return Math.max(parallelism(), rescale.orElse(1));
    }

    /** To begin with; another one than that to which it is rescaled. */
    int parallelism() {
      int most = Math.min(MAX_PARALLELISM, shards);
      boolean other = rescale.isEmpty() || rescale.get() != most;
      return other ? most : most == 1 ? 2 : most / 2;
    }
  }

  /** How it went, as people and as programs read it. */
  record Outcome(ObjectNode json, boolean allWell, List<String> complaints) {

    String summary() {
      StringBuilder text = new StringBuilder();
      if (json.path("firstEvent").isObject()) {
        text.append("The first event:\n")
            .append(json.path("firstEvent").toPrettyString())
            .append('\n');
      }
      text.append(
          "%s of %d records delivered in %s s, %s checkpoints, %s restores"
              .formatted(
                  json.path("delivered").asText(),
                  json.path("records").asInt(),
                  json.path("seconds").asText(),
                  json.path("checkpoints").asText(),
                  json.path("restores").asText()));
      if (json.path("lost").isNumber()) {
        text.append(
            "\nlost %s, repeats %s, out of order %s, overlapping %s"
                .formatted(
                    json.path("lost").asText(),
                    json.path("repeats").asText(),
                    json.path("outOfOrder").asText(),
                    json.path("overlapping").asText()));
      }
      return text.toString();
    }
  }

  Quickstart(Wish wish, Progress progress) throws IOException {
    this.wish = wish;
    this.progress = progress;
    directory = Files.createTempDirectory("millrace-quickstart-");
    progress.step("Starting emulators and Flink");
    clouds =
        Clouds.start(
            wish.pair(),
            directory,
            Optional.empty(),
            ThreadLocalRandom.current().nextLong(),
            Optional.empty());
    flink = EmbeddedCluster.start(wish.slots(), 0, directory);
    control = ControlClient.connect(ClusterAddress.of(flink.restAddress()));
    rest = new FlinkRest(flink.restAddress());
    gauge = new DeliveryGauge(clouds.journal(), wish.pair().events());
    watch = new CheckpointWatch(rest, clouds.journal());
  }

  Outcome run() throws Exception {
    clouds.producer().createStream(wish.shards());
    progress.say("Flink at http://" + flink.restAddress());
    submit(wish.parallelism(), Optional.empty());
    CompletableFuture<Void> supply = CompletableFuture.runAsync(this::produce);
    if (wish.rescale().isPresent()) {
      rescale(supply, wish.rescale().get());
    }
    awaitDelivered(supply, wish.records());
    if (watch.completed() == 0) {
      progress.step("Waiting for a checkpoint");
    }
    Pause.until("a completed checkpoint", PATIENCE, () -> watch.completed() > 0);
    return outcome();
  }

  private void produce() {
    try {
      for (int open = wish.records(); open > 0; open -= BATCH) {
        clouds.producer().put(Math.min(BATCH, open));
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void rescale(CompletableFuture<Void> supply, int to) throws Exception {
    awaitDelivered(supply, wish.records() / 2);
    progress.say(
        "Half-way: stopping with a savepoint, to resume at parallelism %d instead of %d"
            .formatted(to, parallelism));
    long from = clouds.journal().now();
    String savepoint = rest.stop(jobId, directory.resolve("savepoints"), PATIENCE);
    watch.stopped(from, clouds.journal().now());
    submit(to, Optional.of(savepoint));
  }

  private void submit(int subtasks, Optional<String> savepoint) throws Exception {
    Path trigger =
        clouds.trigger("quickstart", wish.functionEndpoint(), FUNCTION_TIMEOUT, Map.of());
    TriggerSpec spec =
        TriggerSpec.parse(trigger, Map.of("parallelism", Integer.toString(subtasks)));
    jobId = flink.submit(spec, savepoint).toHexString();
    parallelism = subtasks;
    watch.follow(jobId);
    Pause.until(
        "every subtask of job " + jobId + " runs",
        PATIENCE,
        () -> {
          Optional<FlinkRest.Job> job = rest.job(jobId);
          job.filter(FlinkRest.Job::ended).ifPresent(this::ended);
          return job.filter(FlinkRest.Job::running).isPresent();
        });
  }

  /** Returns when so many records are delivered; fails when nothing moves any more. */
  private void awaitDelivered(CompletableFuture<Void> supply, long count)
      throws InterruptedException {
    LongSupplier delivered =
        wish.functionEndpoint().isPresent() ? this::deliveredByStatus : gauge::delivered;
    long last = -1;
    long moved = System.nanoTime();
    long told = moved;
    while (true) {
      if (supply.isCompletedExceptionally()) {
        supply.join();
      }
      long now = delivered.getAsLong();
      if (now >= count) {
        return;
      }
      if (now != last) {
        last = now;
        moved = System.nanoTime();
      }
      if (System.nanoTime() - told > TELL_NANOS) {
        told = System.nanoTime();
        progress.step("%d of %d records delivered".formatted(now, wish.records()));
      }
      if (System.nanoTime() - moved > STALLED_SECONDS * 1_000_000_000L) {
        throw CommandFailure.failed(
            "nothing was delivered for %d s, %d of %d records are; job %s is %s%s"
                .formatted(
                    STALLED_SECONDS,
                    now,
                    wish.records(),
                    jobId,
                    rest.job(jobId).map(FlinkRest.Job::state).orElse("gone"),
                    blocked().map(why -> "; the function is blocked: " + why).orElse("")
                        + rest.lastFailure(jobId)
                            .map(why -> "; its last failure: " + why)
                            .orElse("")));
      }
      rest.job(jobId).filter(FlinkRest.Job::ended).ifPresent(this::ended);
      Pause.briefly();
    }
  }

  private void ended(FlinkRest.Job job) {
    throw CommandFailure.failed(
        "job %s is %s%s"
            .formatted(
                jobId, job.state(), rest.lastFailure(jobId).map(why -> ": " + why).orElse("")));
  }

  /** Why no call gets through to the function, where that is so and the job can say it. */
  private Optional<String> blocked() {
    try {
      JsonNode blocked = control.status(control.job(Optional.of(jobId))).path("blocked");
      return Optional.of(blocked.path("message").asText()).filter(why -> !why.isEmpty());
    } catch (ClusterException e) {
      return Optional.empty();
    }
  }

  /** What the job itself says; a server of the user's own keeps no journal for us. */
  private long deliveredByStatus() {
    JsonNode status = control.status(control.job(Optional.of(jobId)));
    long records = 0;
    for (JsonNode shard : status.path("shards")) {
      records += shard.path("records").asLong();
    }
    return records;
  }

  private Outcome outcome() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("pair", wish.pair().wireName())
        .put("records", wish.records())
        .put("shards", wish.shards())
        .put("parallelism", parallelism)
        .put("jobId", jobId)
        .put("checkpoints", watch.completed())
        .put("restores", watch.restores());
    if (wish.functionEndpoint().isPresent()) {
      json.put("delivered", deliveredByStatus());
      for (String key : List.of("invocations", "lost", "repeats", "outOfOrder", "overlapping")) {
        json.putNull(key);
      }
      json.put("seconds", seconds()).putNull("firstEvent");
      return new Outcome(json, true, List.of());
    }
    List<Journal.Entry> entries = clouds.journal().entries();
    Verdict verdict =
        Oracle.judge(
            new Evidence(
                clouds.stored().truth(),
                JournalEvidence.invocations(entries),
                List.of(),
                watch.checkpoints(),
                new Terms(FUNCTION_TIMEOUT, true)),
            wish.pair().events());
    json.put("delivered", verdict.delivered())
        .put("invocations", verdict.invocations())
        .put("lost", verdict.lost())
        .put("repeats", verdict.repeats())
        .put("outOfOrder", verdict.outOfOrder())
        .put("overlapping", verdict.overlapping())
        .put("seconds", seconds());
    JsonNode first = JSON.readTree(entries.get(0).body());
    json.set("firstEvent", first);
    boolean allWell = verdict.holds() && verdict.delivered() == wish.records();
    return new Outcome(
        json, allWell, verdict.findings().stream().limit(20).map(Finding::toString).toList());
  }

  private double seconds() {
    return Math.round((System.nanoTime() - began) / 1e8) / 10.0;
  }

  /** Flink logs the end of a cluster under a running job as a failure. */
  private void cancel() throws IOException {
    try {
      if (rest.job(jobId).filter(FlinkRest.Job::running).isPresent()) {
        rest.cancel(jobId);
        Pause.until(
            "job " + jobId + " is cancelled",
            PATIENCE,
            () -> rest.job(jobId).filter(job -> !job.ended()).isEmpty());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes everything, whatever of it fails. */
  @Override
  public void close() throws IOException {
    try {
      IOUtils.closeAll(
          List.of(watch, this::cancel, control, flink, clouds, this::delete), Exception.class);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
