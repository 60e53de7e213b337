// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ClusterException;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes operators' commands to their jobs and follows each until it is durable, on a thread of its
 * own. The last commands stay to be seen.
 *
 * <p>To ask how far a command is means to give it once more with the same id, so a command also
 * reaches a job that could not be asked at first.
 */
final class CommandDesk implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);

  private static final Duration ASK_INTERVAL = Duration.ofMillis(500);

  /** So long a command is followed: checkpoints may be minutes apart. */
  private static final Duration FOLLOWED = Duration.ofMinutes(30);

  private static final int REMEMBERED = 100;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /**
   * One command for one job.
   *
   * @param id unique; the same again is the same command
   * @param shard empty for all that the verb fits
   * @param skip what is given up, of {@link Verb#SKIP} only
   */
  record Order(String id, Verb verb, Optional<String> shard, Optional<SkipTarget> skip) {

    private ObjectNode giveTo(Cluster cluster, TriggerJob job) {
      return skip.isPresent()
          ? cluster.skip(job, id, shard.orElseThrow(), skip.get())
          : cluster.command(job, id, verb, shard);
    }
  }

  private static final class Entry {
    final TriggerJob job;
    final Order order;
    final long at;
    ObjectNode document;
    boolean over;

    Entry(TriggerJob job, Order order, long at) {
      this.job = job;
      this.order = order;
      this.at = at;
    }
  }

  private final Cluster cluster;
  private final InstantSource clock;
  private final Runnable onProgress;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread desk = new Thread(task, "console-commands");
            desk.setDaemon(true);
            return desk;
          });

  /** What others see; replaced, never changed. */
  private volatile List<ObjectNode> documents = List.of();

  /**
   * @param onProgress called when a command has got further
   */
  CommandDesk(Cluster cluster, InstantSource clock, Runnable onProgress) {
    this.cluster = cluster;
    this.clock = clock;
    this.onProgress = onProgress;
  }

  void start() {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            this::follow, ASK_INTERVAL.toMillis(), ASK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Gives a command and waits for the job's first answer.
   *
   * @return how far it is
   * @throws ClusterException when the job could not be asked; then it is not followed
   */
  ObjectNode give(TriggerJob job, Order order) {
    return await(
        () -> {
          Entry known = entries.get(order.id());
          Entry entry = known == null ? new Entry(job, order, clock.millis()) : known;
          ask(entry);
          entries.putIfAbsent(order.id(), entry);
          forgetTheOldest();
          publish();
          onProgress.run();
          return entry.document;
        });
  }

  /**
   * Asks where shards would go on, and moves none.
   *
   * @return {@code {id, refused, shards: […]}}, whose shards may be ASKED still
   */
  ObjectNode survey(TriggerJob job, String id, Optional<String> shard, StartPosition place) {
    return await(() -> cluster.survey(job, id, shard, place));
  }

  /** The last commands to a job, the newest first. */
  List<ObjectNode> commands(String job) {
    return documents.stream().filter(each -> each.path("job").asText().equals(job)).toList();
  }

  /** A command that was given here. */
  Optional<ObjectNode> command(String id) {
    return documents.stream().filter(each -> each.path("id").asText().equals(id)).findFirst();
  }

  private <T> T await(Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            answer.complete(work.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  private void follow() {
    try {
      if (askOfAll()) {
        onProgress.run();
      }
    } catch (RuntimeException e) {
      // Else the executor would never ask again, and say nothing.
      LOG.warn("commands were not followed", e);
    }
    publish();
  }

  /** Gives whether one has got further. */
  private boolean askOfAll() {
    boolean moved = false;
    for (Entry entry : entries.values()) {
      if (entry.over) {
        continue;
      }
      String before = entry.document.path("stage").asText();
      entry.over = clock.millis() - entry.at > FOLLOWED.toMillis();
      try {
        ask(entry);
      } catch (ClusterException e) {
        entry.document = document(entry, entry.document, Optional.of(e.getMessage()));
        // A cluster that is not there would be waited for as often as there are commands.
        return moved;
      }
      moved |= !before.equals(entry.document.path("stage").asText());
    }
    return moved;
  }

  private void ask(Entry entry) {
    ObjectNode answer = entry.order.giveTo(cluster, entry.job);
    if (entry.document != null && answer.path("later").asBoolean()) {
      // A JobManager that was started anew: whether it was done, the tasks are about to tell.
      entry.document =
          document(entry, entry.document, Optional.of(answer.path("refused").asText()));
      return;
    }
    ObjectNode document = document(entry, counted(answer), Optional.empty());
    entry.document = document;
    String stage = document.path("stage").asText();
    entry.over |= stage.equals("DURABLE") || stage.equals("MISSED") || stage.equals("REFUSED");
  }

  /** How far the shards are, without naming each of hundreds. */
  private static ObjectNode counted(ObjectNode answer) {
    ObjectNode progress = JSON.objectNode();
    progress.set("refused", answer.path("refused"));
    progress.put("reason", reason(answer));
    Map<String, Integer> stages = new LinkedHashMap<>();
    for (String stage : new String[] {"REQUESTED", "APPLIED", "DURABLE", "MISSED"}) {
      stages.put(stage, 0);
    }
    answer
        .path("shards")
        .forEach(shard -> stages.merge(shard.path("stage").asText(), 1, Integer::sum));
    ObjectNode counts = progress.putObject("counts");
    stages.forEach((stage, count) -> counts.put(stage.toLowerCase(Locale.ROOT), count));
    progress.put("stage", answer.path("refused").isTextual() ? "REFUSED" : least(stages));
    return progress;
  }

  /** Why it came too late for a shard, the first of them; null when it did not. */
  private static String reason(ObjectNode answer) {
    for (JsonNode shard : answer.path("shards")) {
      if (shard.path("reason").isTextual()) {
        return shard.path("reason").asText();
      }
    }
    return null;
  }

  /** As far as the slowest shard; a command that fits no shard is over at once. */
  private static String least(Map<String, Integer> stages) {
    return stages.entrySet().stream()
        .filter(stage -> stage.getValue() > 0)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("MISSED");
  }

  private static ObjectNode document(Entry entry, JsonNode progress, Optional<String> problem) {
    ObjectNode document = JSON.objectNode();
    document.put("id", entry.order.id());
    document.put("job", entry.job.id().toString());
    document.put("command", entry.order.verb().name().toLowerCase(Locale.ROOT));
    document.put("shard", entry.order.shard().orElse(null));
    document.put("at", entry.at);
    for (String field : new String[] {"stage", "refused", "reason", "counts"}) {
      document.set(field, progress.path(field));
    }
    document.put("problem", problem.orElse(null));
    return document;
  }

  private void forgetTheOldest() {
    while (entries.size() > REMEMBERED) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  private void publish() {
    List<ObjectNode> all = new ArrayList<>();
    entries.values().forEach(entry -> all.add(0, entry.document));
    documents = List.copyOf(all);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    cluster.close();
  }
}
