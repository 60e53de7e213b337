// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's REST interface, as much of it as evidence needs: read with nothing but the JDK, so that
 * it shows what any user sees. Safe for use by several threads.
 */
public final class FlinkRest {

  private static final Logger LOG = LoggerFactory.getLogger(FlinkRest.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode NONE = JSON.createArrayNode();
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  /** What is asked for once gets more time: nobody knows whether one that failed was begun. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(1);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CALL_TIMEOUT)
          .build();
  private final String address;

  /**
   * @param address {@code host:port}
   */
  public FlinkRest(String address) {
    this.address = address;
  }

  public String address() {
    return address;
  }

  /**
   * A job at one moment.
   *
   * @param state as Flink says it, for example {@code RUNNING}
   * @param parallelism the largest of its vertices
   * @param running true when every subtask runs
   * @param begun when the JobManager that leads it began it, in milliseconds since the epoch
   */
  public record Job(String state, int parallelism, boolean running, long begun) {

    /** True when no more will come of it. */
    public boolean ended() {
      return state.equals("FINISHED") || state.equals("CANCELED") || state.equals("FAILED");
    }
  }

  /**
   * A checkpoint that was completed. Times are in milliseconds since the epoch.
   *
   * @param acknowledged when its last task had answered
   * @param savepoint true for a savepoint
   */
  public record Completed(long id, long triggered, long acknowledged, boolean savepoint) {}

  /**
   * The checkpoints of a job so far.
   *
   * @param count how many were completed, savepoints included
   * @param failed how many failed or expired, since the JobManager began the job
   * @param restores how often state was restored
   * @param completed those that Flink still remembers
   * @param restored the checkpoint that was restored last
   */
  public record Checkpoints(
      long count, long failed, long restores, List<Completed> completed, OptionalLong restored) {}

  /**
   * A subtask at one moment.
   *
   * @param vertex of the job graph that it is of
   * @param attempt how often it was begun before, by this JobManager
   * @param deployed when that attempt was, in milliseconds since the epoch
   * @param taskManager its id
   */
  public record Subtask(
      String vertex, int subtask, int attempt, long deployed, String taskManager) {}

  /** The subtasks of a job; nothing while the JobManager is away or does not know it. */
  public List<Subtask> subtasks(String jobId) {
    List<Subtask> subtasks = new ArrayList<>();
    for (JsonNode vertex : get("/jobs/" + jobId).map(job -> job.path("vertices")).orElse(NONE)) {
      String id = vertex.path("id").asText();
      JsonNode details = get("/jobs/" + jobId + "/vertices/" + id).orElse(NONE);
      for (JsonNode each : details.path("subtasks")) {
        subtasks.add(
            new Subtask(
                id,
                each.path("subtask").asInt(),
                each.path("attempt").asInt(),
                each.path("start-time").asLong(),
                each.path("taskmanager-id").asText()));
      }
    }
    return subtasks;
  }

  /** The job, or nothing while the JobManager is away or does not know it. */
  public Optional<Job> job(String jobId) {
    return get("/jobs/" + jobId)
        .map(
            job -> {
              int parallelism = 0;
              boolean running = job.path("state").asText().equals("RUNNING");
              for (JsonNode vertex : job.path("vertices")) {
                int subtasks = vertex.path("parallelism").asInt();
                parallelism = Math.max(parallelism, subtasks);
                running &= vertex.path("tasks").path("RUNNING").asInt() == subtasks;
              }
              return new Job(
                  job.path("state").asText(),
                  parallelism,
                  running && parallelism > 0,
                  job.path("timestamps").path("INITIALIZING").asLong());
            });
  }

  /**
   * Its checkpoints, or nothing while the JobManager is away or does not know it, or is about to
   * start it: to be asked then Flink logs as an error.
   */
  public Optional<Checkpoints> checkpoints(String jobId) {
    return job(jobId)
        .filter(job -> !job.state().equals("INITIALIZING"))
        .flatMap(job -> get("/jobs/" + jobId + "/checkpoints"))
        .map(
            answer -> {
              List<Completed> completed = new ArrayList<>();
              for (JsonNode each : answer.path("history")) {
                if (each.path("status").asText().equals("COMPLETED")) {
                  completed.add(
                      new Completed(
                          each.path("id").asLong(),
                          each.path("trigger_timestamp").asLong(),
                          each.path("latest_ack_timestamp").asLong(),
                          each.path("is_savepoint").asBoolean()));
                }
              }
              JsonNode restored = answer.path("latest").path("restored").path("id");
              return new Checkpoints(
                  answer.path("counts").path("completed").asLong(),
                  answer.path("counts").path("failed").asLong(),
                  answer.path("counts").path("restored").asLong(),
                  completed,
                  restored.isNumber() ? OptionalLong.of(restored.asLong()) : OptionalLong.empty());
            });
  }

  /** Bytes of state in the last completed checkpoint, with what it shares with earlier ones. */
  public OptionalLong checkpointBytes(String jobId) {
    JsonNode size =
        get("/jobs/" + jobId + "/checkpoints")
            .map(answer -> answer.path("latest").path("completed").path("state_size"))
            .orElse(NONE);
    return size.isNumber() ? OptionalLong.of(size.asLong()) : OptionalLong.empty();
  }

  /**
   * When the first task was reached by a checkpoint, in milliseconds since the epoch: by then all
   * coordinators had been asked for their state. Nothing where Flink does not remember.
   */
  public OptionalLong firstReached(String jobId, Completed checkpoint) {
    String details = "/jobs/" + jobId + "/checkpoints/details/" + checkpoint.id();
    OptionalLong first = OptionalLong.empty();
    Optional<JsonNode> tasks = get(details).map(answer -> answer.path("tasks"));
    if (tasks.isEmpty()) {
      return first;
    }
    for (Map.Entry<String, JsonNode> task : tasks.get().properties()) {
      Optional<JsonNode> subtasks = get(details + "/subtasks/" + task.getKey());
      for (JsonNode subtask :
          subtasks.map(answer -> answer.path("subtasks")).orElse(JSON.nullNode())) {
        if (subtask.hasNonNull("start_delay")) {
          long reached = checkpoint.triggered() + subtask.get("start_delay").asLong();
          first = OptionalLong.of(Math.min(reached, first.orElse(Long.MAX_VALUE)));
        }
      }
    }
    return first;
  }

  /** The TaskManagers that its subtasks are on, by id, or nothing while nobody can tell. */
  public Optional<Set<String>> taskManagers(String jobId) {
    Optional<JsonNode> job = get("/jobs/" + jobId);
    if (job.isEmpty()) {
      return Optional.empty();
    }
    Set<String> taskManagers = new HashSet<>();
    for (JsonNode vertex : job.get().path("vertices")) {
      Optional<JsonNode> details =
          get("/jobs/" + jobId + "/vertices/" + vertex.path("id").asText());
      if (details.isEmpty()) {
        return Optional.empty();
      }
      details
          .get()
          .path("subtasks")
          .forEach(subtask -> taskManagers.add(subtask.path("taskmanager-id").asText()));
    }
    return Optional.of(taskManagers);
  }

  /**
   * Why a task, or the job, was begun anew or ended.
   *
   * @param at when, in milliseconds since the epoch
   * @param taskManager the id of the one that the task was on; nothing where that is not told
   * @param text the causes, as a stack trace
   */
  public record Failure(long at, Optional<String> taskManager, String text) {

    /**
     * What Flink says when it has missed the heartbeats of a process, or cannot reach it, or
     * ZooKeeper has.
     */
    private static final List<String> LOST =
        List.of(
            "Heartbeat of TaskManager with id ",
            "The heartbeat of JobManager with id ",
            " is no longer reachable.",
            "Disconnect from JobManager responsible for ",
            "ResourceManager leader changed to new address ");

    /** True where nothing is known to be wrong but that a process did not answer any more. */
    public boolean isOfALostProcess() {
      return LOST.stream().anyMatch(text::contains);
    }
  }

  /** The failures that Flink remembers, the latest 20; nothing while nobody can tell. */
  public List<Failure> failures(String jobId) {
    List<Failure> failures = new ArrayList<>();
    get("/jobs/" + jobId + "/exceptions?maxExceptions=20")
        .map(answer -> answer.path("exceptionHistory").path("entries"))
        .ifPresent(
            entries ->
                entries.forEach(
                    entry -> {
                      failures.add(failure(entry));
                      entry
                          .path("concurrentExceptions")
                          .forEach(each -> failures.add(failure(each)));
                    }));
    return failures;
  }

  private static Failure failure(JsonNode entry) {
    return new Failure(
        entry.path("timestamp").asLong(),
        Optional.ofNullable(entry.path("taskManagerId").textValue()),
        entry.path("exceptionName").asText() + "\n" + entry.path("stacktrace").asText());
  }

  /**
   * True where a task or the job has failed from a moment on, in milliseconds since the epoch, by
   * anything but the loss of a process.
   */
  public boolean hasFailedSince(String jobId, long moment) {
    return failures(jobId).stream()
        .anyMatch(failure -> failure.at() >= moment && !failure.isOfALostProcess());
  }

  /** The last root failure of a job, in its first line. */
  public Optional<String> lastFailure(String jobId) {
    return get("/jobs/" + jobId + "/exceptions?maxExceptions=1")
        .map(answer -> answer.path("exceptionHistory").path("entries").path(0))
        .filter(entry -> !entry.isMissingNode())
        .map(
            entry ->
                entry.path("exceptionName").asText()
                    + ": "
                    + entry.path("stacktrace").asText().lines().findFirst().orElse(""));
  }

  /**
   * Asks for a checkpoint now and returns when it is complete.
   *
   * @throws IOException where Flink could not complete it in time
   */
  public void checkpoint(String jobId, Duration atMost) throws IOException, InterruptedException {
    JsonNode answer = post("/jobs/" + jobId + "/checkpoints", "{\"checkpointType\":\"FULL\"}");
    await("/jobs/" + jobId + "/checkpoints/" + answer.path("request-id").asText(), atMost);
  }

  /**
   * Takes a savepoint of a job that goes on.
   *
   * @return where the savepoint is
   */
  public String savepoint(String jobId, Path savepoints, Duration atMost)
      throws IOException, InterruptedException {
    JsonNode answer =
        post(
            "/jobs/" + jobId + "/savepoints",
            JSON.createObjectNode()
                .put("target-directory", "file://" + savepoints.toAbsolutePath())
                .put("cancel-job", false)
                .toString());
    JsonNode operation =
        await("/jobs/" + jobId + "/savepoints/" + answer.path("request-id").asText(), atMost);
    return operation.path("location").asText();
  }

  /**
   * Stops a job with a savepoint.
   *
   * @return where the savepoint is
   * @throws IOException with Flink's reason where it could not be stopped
   */
  public String stop(String jobId, Path savepoints, Duration atMost)
      throws IOException, InterruptedException {
    JsonNode answer =
        post(
            "/jobs/" + jobId + "/stop",
            JSON.createObjectNode()
                // Flink does not decode what a URI of Java's encodes: a space, for one.
                .put("targetDirectory", "file://" + savepoints.toAbsolutePath())
                .put("drain", false)
                .toString());
    JsonNode operation =
        await("/jobs/" + jobId + "/savepoints/" + answer.path("request-id").asText(), atMost);
    return operation.path("location").asText();
  }

  /** Asks that a job goes on with other subtasks; returns at once. */
  public void rescale(String jobId, int parallelism) throws IOException, InterruptedException {
    String resources = "/jobs/" + jobId + "/resource-requirements";
    JsonNode now = send(HttpRequest.newBuilder(uri(resources)).timeout(CALL_TIMEOUT).build());
    ObjectNode wanted = JSON.createObjectNode();
    now.fieldNames()
        .forEachRemaining(
            vertex ->
                wanted
                    .putObject(vertex)
                    .putObject("parallelism")
                    .put("lowerBound", 1)
                    .put("upperBound", parallelism));
    send(
        HttpRequest.newBuilder(uri(resources))
            .timeout(COMMAND_TIMEOUT)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(wanted.toString()))
            .build());
  }

  /** Cancels a job; returns at once. */
  public void cancel(String jobId) throws IOException, InterruptedException {
    send(
        HttpRequest.newBuilder(uri("/jobs/" + jobId))
            .timeout(COMMAND_TIMEOUT)
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private JsonNode await(String path, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode answer = JSON.nullNode();
      try {
        answer = send(HttpRequest.newBuilder(uri(path)).timeout(CALL_TIMEOUT).build());
      } catch (HttpTimeoutException e) {
        LOG.info("Flink did not answer, which says nothing of {}", path);
      }
      if (answer.path("status").path("id").asText().equals("COMPLETED")) {
        JsonNode operation = answer.path("operation");
        if (operation.has("failure-cause")) {
          String reason = operation.path("failure-cause").path("stack-trace").asText();
          throw new IOException(reason.lines().limit(12).reduce((a, b) -> a + "\n" + b).orElse(""));
        }
        return operation;
      }
      Pause.briefly();
    }
    throw new IOException(path + " did not complete within " + atMost.toSeconds() + " s");
  }

  /** What a path answers with, or nothing where nobody does. */
  Optional<JsonNode> get(String path) {
    try {
      return Optional.of(send(HttpRequest.newBuilder(uri(path)).timeout(CALL_TIMEOUT).build()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private JsonNode post(String path, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .timeout(COMMAND_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    JsonNode answer =
        response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s: %d %s"
              .formatted(
                  request.method(),
                  request.uri(),
                  response.statusCode(),
                  answer.path("errors").path(0).asText()));
    }
    return answer;
  }

  private URI uri(String path) {
    return URI.create("http://" + address + path);
  }
}
