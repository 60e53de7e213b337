// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.Invocation.Fate;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.oracle.RecordId;
import io.millrace.e2e.stage.CheckpointWatch;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.DeliveryGauge;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.e2e.stage.Pair;
import io.millrace.e2e.stage.Pause;
import io.millrace.e2e.stage.Producer;
import io.millrace.e2e.stage.SubscriptionConsole;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.datahub.TopicView.RecordView;
import io.millrace.emulator.datahub.TopicView.ShardView;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.samples.dedup.OrderBook;
import io.millrace.standalone.StandaloneCluster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything that runs during a proof: the emulators in this process, a cluster of other processes,
 * the job on it, and the producer. Used by one thread; the records are put by another.
 */
final class ProvingGround implements AutoCloseable {

  static final Duration FUNCTION_TIMEOUT = Duration.ofSeconds(5);

  /** So many records of a shard must have been delivered before it is moved back. */
  static final int HISTORY = 20;

  private static final int SLOTS = 2;
  private static final int LATEST = 5_000;

  /** Long enough for calls to be under way when something is killed. */
  private static final Duration FUNCTION_LATENCY = Duration.ofMillis(40);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  final Path directory;
  final Emulator emulator;
  final StandaloneCluster cluster;
  final Producer producer;
  final FlinkRest rest;
  final DeliveryGauge gauge;
  final CheckpointWatch watch;
  final int slots;

  /** Where the function keeps its book. */
  final Path effects;

  private final Clouds clouds;
  private final Path trigger;
  private final Optional<SubscriptionConsole> subscription;
  private String jobId = "";
  private int parallelism;

  ProvingGround(Path directory, Proof.Plan plan) throws IOException {
    int taskManagers = plan.taskManagers();
    this.directory = directory;
    this.slots = taskManagers * SLOTS;
    StandaloneCluster.Builder processes =
        StandaloneCluster.in(directory.resolve("cluster"))
            .taskManagers(taskManagers)
            .slots(SLOTS)
            .endsWithThisProcess()
            // Else a checkpoint is seen up to three seconds after it was complete.
            .config(Map.of("web.refresh-interval", "100 ms"));
    effects = directory.resolve("effects");
    System.setProperty(OrderBook.DIRECTORY, effects.toString());
    clouds =
        Clouds.start(
            Pair.DATAHUB_FC,
            directory,
            Optional.of(directory.resolve("journal.jsonl")),
            plan.seed(),
            Optional.of(orderBook()));
    emulator = clouds.emulator();
    // Else a call that is given up would run on beside its retry.
    clouds.limitFunction(FUNCTION_TIMEOUT);
    emulator.functions().setLatency(FUNCTION_LATENCY);
    producer = (Producer) clouds.producer();
    try {
      producer.createStream(plan.shards());
      Map<String, String> keys = new HashMap<>();
      keys.put("source.discovery-interval", "1 s");
      if (plan.ledger() == Ledger.Mode.NONE) {
        subscription = Optional.empty();
      } else {
        subscription = Optional.of(producer.subscribe());
        keys.put("source.subscription", subscription.get().id());
        keys.put("delivery.ledger", "source");
        keys.put("delivery.ledger-mode", plan.ledger().name().toLowerCase(Locale.ROOT));
      }
      trigger = clouds.trigger("prove", Optional.empty(), FUNCTION_TIMEOUT, keys);
      cluster = processes.start();
    } catch (IOException | RuntimeException e) {
      clouds.close();
      throw e;
    }
    rest = new FlinkRest(cluster.restAddress());
    gauge = new DeliveryGauge(emulator.journal(), EventReader.dataHub());
    watch = new CheckpointWatch(rest, emulator.journal());
  }

  /** The function, from where this program's own class path has it, in class loaders of its own. */
  private static FunctionCode orderBook() throws IOException {
    List<Path> classPath = new ArrayList<>();
    for (Class<?> each :
        List.of(OrderBook.class, ObjectMapper.class, JsonFactory.class, JsonInclude.class)) {
      try {
        classPath.add(Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()));
      } catch (URISyntaxException e) {
        throw new IOException("no file holds " + each, e);
      }
    }
    return new FunctionCode.Handler(OrderBook.class.getName(), classPath);
  }

  Journal journal() {
    return emulator.journal();
  }

  Faults faults() {
    return emulator.functions().faults();
  }

  OffsetJournal offsets() {
    return emulator.dataHub().offsets();
  }

  /** The ledger's, where there is one. */
  Optional<SubscriptionConsole> subscription() {
    return subscription;
  }

  TopicView topic() {
    return clouds.topic();
  }

  String jobId() {
    return jobId;
  }

  int parallelism() {
    return parallelism;
  }

  /** Submits the job, and returns when all its subtasks run. */
  void submit(int subtasks, Optional<String> savepoint, Map<String, String> overrides)
      throws Exception {
    Map<String, String> keys = new HashMap<>(overrides);
    keys.put("parallelism", Integer.toString(subtasks));
    TriggerSpec spec = TriggerSpec.parse(trigger, keys);
    jobId = JobSubmission.submit(cluster.restAddress(), spec, savepoint).toHexString();
    parallelism = subtasks;
    watch.follow(jobId);
    awaitRunning();
  }

  /** Takes a savepoint while the job goes on, and returns its path. */
  String savepoint() throws IOException, InterruptedException {
    return rest.savepoint(jobId, cluster.savepointDirectory(), PATIENCE);
  }

  /** Stops the job with a savepoint and returns its path. */
  String stop() throws IOException, InterruptedException {
    long from = journal().now();
    String savepoint = rest.stop(jobId, cluster.savepointDirectory(), PATIENCE);
    watch.stopped(from, journal().now());
    return savepoint;
  }

  /** Returns when every subtask runs. */
  void awaitRunning() throws IOException, InterruptedException {
    await(
        "every subtask of job " + jobId + " runs",
        () -> rest.job(jobId).filter(FlinkRest.Job::running).isPresent());
  }

  /**
   * Waits for something that must come about; fails with what it was, and the job's last failure.
   */
  void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
    try {
      Pause.until(what, PATIENCE, condition);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; " + diagnosis(), e);
    }
  }

  /** Where things stand, for whoever has to find out why they stand still. */
  String diagnosis() {
    StringBuilder text = new StringBuilder();
    text.append(
        "job %s is %s"
            .formatted(
                jobId,
                rest.job(jobId).map(FlinkRest.Job::state).orElse("unknown to the JobManager")));
    rest.lastFailure(jobId)
        .ifPresent(failure -> text.append("; its last failure: ").append(failure));
    String missing =
        topic().shards().stream()
            .filter(shard -> gauge.delivered(shard.id()) < shard.count())
            .map(
                shard ->
                    "%s (%d of %d)"
                        .formatted(shard.id(), gauge.delivered(shard.id()), shard.count()))
            .collect(Collectors.joining(", "));
    text.append(
        missing.isEmpty() ? "; everything written is delivered" : "; not delivered: " + missing);
    return text.toString();
  }

  // ---- who calls for what ----

  /** The shards that take records. */
  List<String> activeShards() {
    return topic().shards().stream().filter(shard -> !shard.closed()).map(ShardView::id).toList();
  }

  /** Active shards of which enough was delivered to be moved back; waits for the first. */
  List<String> shardsWithHistory() throws IOException, InterruptedException {
    await("a shard has delivered " + HISTORY + " records", () -> !withHistory().isEmpty());
    return withHistory();
  }

  private List<String> withHistory() {
    return activeShards().stream().filter(shard -> gauge.delivered(shard) >= HISTORY).toList();
  }

  /** A record of a shard with history: the last delivered, or a number of records before it. */
  RecordView recordBefore(String shard, int number) {
    List<RecordView> records = topic().records(shard);
    return records.get((int) gauge.delivered(shard) - 1 - number);
  }

  /** Returns when an invocation has begun with a certain record. */
  void awaitStart(String shard, long sequence, long mark) throws IOException, InterruptedException {
    await(
        "shard %s goes on at sequence %d".formatted(shard, sequence),
        () ->
            calls(mark).stream()
                .anyMatch(call -> call.shard().equals(shard) && call.first() == sequence));
  }

  /** How many invocations there have been: what comes later is looked for from here on. */
  long mark() {
    return journal().size();
  }

  /** The shards whose last invocation, of the latest, came from a process. */
  Set<String> shardsOf(long pid) {
    Map<String, String> owners = new HashMap<>();
    for (Call call : calls(mark() - LATEST)) {
      owners.put(call.shard(), call.process());
    }
    Set<String> active = new TreeSet<>(activeShards());
    active.removeIf(shard -> !Long.toString(pid).equals(owners.get(shard)));
    return active;
  }

  /** When each of some shards was first acknowledged again, by calls that satisfy a condition. */
  Map<String, Long> acknowledged(Set<String> shards, long mark, Predicate<Call> which) {
    Map<String, Long> first = new HashMap<>();
    for (Call call : calls(mark)) {
      if (call.acknowledged().isPresent() && shards.contains(call.shard()) && which.test(call)) {
        first.merge(call.shard(), call.acknowledged().getAsLong(), Math::min);
      }
    }
    return first;
  }

  /** An invocation in short. */
  record Call(String shard, long first, String process, long start, OptionalLong acknowledged) {}

  private List<Call> calls(long mark) {
    EventReader events = EventReader.dataHub();
    return JournalEvidence.invocations(journal().entries(mark)).stream()
        .map(
            invocation -> {
              RecordId first = events.records(invocation.body()).get(0);
              return new Call(
                  first.shard(),
                  first.sequence(),
                  invocation.process(),
                  invocation.start(),
                  invocation.fate() == Fate.ACKNOWLEDGED ? invocation.end() : OptionalLong.empty());
            })
        .toList();
  }

  @Override
  public void close() {
    watch.close();
    try {
      cluster.stop();
    } finally {
      clouds.close();
    }
  }
}
