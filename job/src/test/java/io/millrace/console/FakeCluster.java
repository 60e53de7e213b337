// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient.Tasks;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;

/**
 * A cluster with one job whose shards are what a test says. Applies a command when it is asked for
 * the second time, and has it durable at the third. Safe for use by several threads.
 */
final class FakeCluster implements Cluster {

  static final JobID JOB = new JobID(1, 2);

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** How often each command was asked for, by its id. */
  private final Map<String, Integer> commands = new LinkedHashMap<>();

  /** What was to be given up, each time that it was asked for. */
  final List<SkipTarget> skipped = new CopyOnWriteArrayList<>();

  private final List<String> given = new ArrayList<>();
  private final Map<String, ObjectNode> shards = new LinkedHashMap<>();
  private boolean knowsNothingYet;
  private boolean goesWithTheNextCommand;
  private Optional<String> down = Optional.empty();
  private JobStatus state = JobStatus.RUNNING;
  private boolean listed = true;

  /** Adds a shard, or changes it. */
  void shard(String id, String shardState) {
    shard(id, shardState, shard -> {});
  }

  /**
   * The same.
   *
   * @param more of its status to be changed; nobody looks at it meanwhile
   */
  synchronized void shard(String id, String shardState, Consumer<ObjectNode> more) {
    ObjectNode shard = shards.computeIfAbsent(id, FakeCluster::shard);
    more.accept(shard.put("state", shardState));
  }

  private static ObjectNode shard(String id) {
    ObjectNode shard = JSON.objectNode();
    shard.put("shard", id);
    shard.putObject("position").put("sequence", 41).put("index", 0).put("time", 1_000);
    shard.put("readPosition", 44).put("lagRecords", 3).put("lagMs", 1500).put("attempts", 0);
    shard.putNull("nextAttemptAt").putNull("inFlightSince").putNull("lastError");
    shard.put("envelopes", 7).put("records", 42).put("discarded", 0).put("repeated", 0);
    shard.put("waitingFor", "RECORDS").putNull("envelope").put("recordsPerEnvelope", 6.0);
    shard.putObject("latencyMs").put("p50", 20).put("p99", 90).put("calls", 7);
    shard.putArray("children");
    shard.put("subtask", 0).put("host", "worker-1").putArray("parents");
    return shard;
  }

  /** Nobody answers any more. */
  synchronized void goDown(String reason) {
    down = Optional.of(reason);
  }

  synchronized void comeUp() {
    down = Optional.empty();
  }

  /** The JobManager is back, and the tasks have not told their shards yet. */
  synchronized void knowNothingYet(boolean value) {
    knowsNothingYet = value;
  }

  /** The same from right after the next command on. */
  synchronized void knowNothingAfterTheNextCommand() {
    goesWithTheNextCommand = true;
  }

  synchronized void be(JobStatus now) {
    state = now;
  }

  /** Whether the cluster names the job. */
  synchronized void list(boolean named) {
    listed = named;
  }

  /** The commands that arrived, each once: {@code verb shard}. */
  synchronized List<String> given() {
    return List.copyOf(given);
  }

  /** Forgets which commands arrived, but not that they did. */
  synchronized void forget() {
    given.clear();
  }

  @Override
  public synchronized List<TriggerJob> jobs() {
    requireUp();
    return listed ? List.of(new TriggerJob(JOB, "orders", state, "functions")) : List.of();
  }

  @Override
  public synchronized ObjectNode status(TriggerJob job) {
    requireUp();
    ObjectNode status = JSON.objectNode();
    status.put("job", job.id().toString()).put("name", job.trigger()).put("state", state.name());
    boolean running = state == JobStatus.RUNNING;
    status.put("function", running ? "shop/handle" : null).putNull("blocked");
    ArrayNode told = status.putArray("shards");
    if (running) {
      shards.values().forEach(shard -> told.add(shard.deepCopy()));
    } else {
      status.put("failure", "the disk is full");
    }
    return status;
  }

  @Override
  public synchronized Tasks tasks(TriggerJob job) {
    requireUp();
    return new Tasks(state, state == JobStatus.RUNNING ? 2 : 0, 2);
  }

  @Override
  public synchronized ObjectNode command(
      TriggerJob job, String id, Verb verb, Optional<String> shard) {
    requireUp();
    ObjectNode answer =
        JSON.objectNode().put("id", id).put("command", verb.name().toLowerCase(Locale.ROOT));
    if (knowsNothingYet) {
      answer.put("refused", "ask again").put("later", true).putArray("shards");
      return answer;
    }
    if (shard.isPresent() && !shards.containsKey(shard.get())) {
      answer.put("refused", "there is no shard " + shard.get()).putArray("shards");
      return answer;
    }
    int asked = commands.merge(id, 1, Integer::sum);
    if (asked == 1) {
      given.add(verb + " " + shard.orElse("all"));
      knowsNothingYet = goesWithTheNextCommand;
    }
    ArrayNode targets = answer.putNull("refused").putArray("shards");
    shards
        .keySet()
        .forEach(
            each -> {
              if (shard.isEmpty() || shard.get().equals(each)) {
                targets
                    .addObject()
                    .put("shard", each)
                    .put("stage", asked == 1 ? "REQUESTED" : asked == 2 ? "APPLIED" : "DURABLE");
              }
            });
    return answer;
  }

  @Override
  public ObjectNode skip(TriggerJob job, String id, String shard, SkipTarget target) {
    skipped.add(target);
    return command(job, id, Verb.SKIP, Optional.of(shard));
  }

  @Override
  public synchronized ObjectNode survey(
      TriggerJob job, String id, Optional<String> shard, StartPosition place) {
    requireUp();
    ObjectNode answer = JSON.objectNode().put("id", id).put("command", "seek").putNull("refused");
    ArrayNode targets = answer.putArray("shards");
    shards.forEach(
        (name, status) -> {
          if (shard.isEmpty() || shard.get().equals(name)) {
            ObjectNode target = targets.addObject().put("shard", name).put("stage", "FOUND");
            target.putNull("refusal").put("state", status.path("state").asText());
            target.put("from", 42).put("to", 10).putNull("time");
          }
        });
    return answer;
  }

  private void requireUp() {
    if (down.isPresent()) {
      throw new ClusterException(down.get());
    }
  }

  @Override
  public void close() {}
}
