// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.oracle.Standstills;
import io.millrace.e2e.oracle.Terms;
import io.millrace.e2e.stage.CheckpointWatch;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.DeliveryGauge;
import io.millrace.e2e.stage.FailoverWatch;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.OrderProducer;
import io.millrace.e2e.stage.Pair;
import io.millrace.e2e.stage.Pause;
import io.millrace.e2e.stage.PositionStore;
import io.millrace.e2e.stage.StoredStream;
import io.millrace.e2e.stage.StoredStream.Shard;
import io.millrace.e2e.stage.StoredStream.StoredRecord;
import io.millrace.e2e.storage.UnreliableStorage;
import io.millrace.emulator.Journal;
import io.millrace.emulator.fault.Faults;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.samples.dedup.FunctionComputeHandler;
import io.millrace.samples.dedup.FunctionGraphHandler;
import io.millrace.samples.dedup.OrderBook;
import io.millrace.standalone.StandaloneCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Everything that runs during a proof: the emulators in this process, a cluster of other processes,
 * the job on it, and the producer. Used by one thread; the records are put by another.
 */
final class ProvingGround implements AutoCloseable {

  static final Duration FUNCTION_TIMEOUT = Duration.ofSeconds(5);

  static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(20);

  /** So many records of a shard must have been delivered before it is moved back. */
  static final int HISTORY = 20;

  private static final int SLOTS = 2;

  /** Long enough for calls to be under way when something is killed. */
  private static final Duration FUNCTION_LATENCY = Duration.ofMillis(40);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * What is only softly reachable goes with each collection, not minutes after its last use: caches
   * of the JDK's keep the classes of an earlier run of the job so long, and would pass for growth.
   */
  private static final Map<String, String> NO_SOFT_REFERENCES =
      Map.of("env.java.opts.all", "-XX:SoftRefLRUPolicyMSPerMB=0");

  final Pair pair;
  final Path directory;
  final StandaloneCluster cluster;
  final OrderProducer producer;
  final FlinkRest rest;
  final DeliveryGauge gauge;
  final Calls calls;
  final CheckpointWatch watch;
  final FailoverWatch failovers;
  final int slots;
  final Scheduler scheduler;

  /** Where the job's checkpoints are. */
  final UnreliableStorage storage;

  /** Where the function keeps its book. */
  final Path effects;

  private final Clouds clouds;
  private final Path trigger;
  private final Optional<PositionStore> positions;
  private final Set<Integer> spared = new HashSet<>();
  private String jobId = "";
  private int parallelism;

  ProvingGround(Path directory, Proof.Plan plan) throws IOException {
    int taskManagers = plan.taskManagers();
    this.pair = plan.pair();
    this.scheduler = plan.scheduler();
    this.directory = directory;
    this.slots = taskManagers * SLOTS;
    storage = new UnreliableStorage(directory);
    StandaloneCluster.Builder processes =
        StandaloneCluster.in(directory.resolve("cluster"))
            .taskManagers(taskManagers)
            .slots(SLOTS)
            .endsWithThisProcess()
            .plugin(storage.plugin())
            .config(storage.settings())
            .config(plan.scheduler().settings())
            // Else a checkpoint is seen up to three seconds after it was complete, and a metric
            // ten.
            .config(
                Map.of("web.refresh-interval", "100 ms", "metrics.fetcher.update-interval", "1 s"))
            .config(plan.pace().isPresent() ? NO_SOFT_REFERENCES : Map.of());
    effects = directory.resolve("effects");
    System.setProperty(OrderBook.DIRECTORY, effects.toString());
    clouds =
        Clouds.start(
            pair,
            directory,
            Optional.of(directory.resolve("journal.jsonl")),
            plan.seed(),
            Optional.of(orderBook(pair)));
    // Else a call that is given up would run on beside its retry.
    clouds.limitFunction(FUNCTION_TIMEOUT);
    clouds.functions().setLatency(FUNCTION_LATENCY);
    producer = clouds.producer();
    try {
      producer.createStream(plan.shards());
      Map<String, String> keys = new HashMap<>();
      keys.put("source.discovery-interval", "1 s");
      // Short enough to be waited for, and long enough for any that is only slow.
      keys.put("flink.execution.checkpointing.timeout", CHECKPOINT_TIMEOUT.toSeconds() + " s");
      keys.put("delivery.stop-drain-timeout", FUNCTION_TIMEOUT.multipliedBy(3).toSeconds() + " s");
      if (plan.ledger() == Ledger.Mode.NONE) {
        positions = Optional.empty();
      } else {
        positions = Optional.of(producer.subscribe());
        keys.putAll(positions.get().keys());
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
    gauge = new DeliveryGauge(journal(), pair.events());
    calls = new Calls(journal(), pair.events());
    watch = new CheckpointWatch(rest, journal());
    failovers =
        new FailoverWatch(
            rest, journal(), cluster::taskManagerProcesses, scheduler == Scheduler.ADAPTIVE);
  }

  /** The function, from where this program's own class path has it, in class loaders of its own. */
  private static FunctionCode orderBook(Pair pair) throws IOException {
    List<Path> classPath = new ArrayList<>();
    for (Class<?> each :
        List.of(OrderBook.class, ObjectMapper.class, JsonFactory.class, JsonInclude.class)) {
      try {
        classPath.add(Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()));
      } catch (URISyntaxException e) {
        throw new IOException("no file holds " + each, e);
      }
    }
    String handler =
        switch (pair.function()) {
          case FUNCTION_COMPUTE -> FunctionComputeHandler.class.getName();
          case FUNCTIONGRAPH -> FunctionGraphHandler.class.getName() + ".handle";
        };
    return new FunctionCode.Handler(handler, classPath);
  }

  Journal journal() {
    return clouds.journal();
  }

  Faults faults() {
    return clouds.functions().faults();
  }

  /** The function's service. */
  FunctionEmulator functions() {
    return clouds.functions();
  }

  /** The ledger's, where there is one. */
  Optional<PositionStore> positions() {
    return positions;
  }

  StoredStream stored() {
    return clouds.stored();
  }

  /** What the job was told to do about calls of unknown fate. */
  Terms terms() {
    return new Terms(FUNCTION_TIMEOUT, true);
  }

  String jobId() {
    return jobId;
  }

  /** Leaves a TaskManager alone from now on. */
  void spare(int taskManager) {
    spared.add(taskManager);
  }

  boolean spares(int taskManager) {
    return spared.contains(taskManager);
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
    failovers.follow(jobId);
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

  /** When the JobManager began the job, which it does again when it has lost it; ms since 1970. */
  long begun() throws IOException, InterruptedException {
    awaitRunning();
    return rest.job(jobId).map(FlinkRest.Job::begun).orElse(0L);
  }

  /** Returns when every subtask runs. */
  void awaitRunning() throws IOException, InterruptedException {
    await("every subtask of job " + jobId + " runs", this::running);
  }

  private boolean running() {
    return rest.job(jobId)
        .filter(job -> job.running() && job.parallelism() == parallelism)
        .isPresent();
  }

  /**
   * As many TaskManagers are registered as the ground began with: each that was killed has been
   * replaced. A kill by itself finds the room that an operator's cluster has.
   */
  void awaitWhole() throws IOException, InterruptedException {
    cluster.awaitTaskManagers(slots / SLOTS);
    awaitRunning();
  }

  /** Has Flink go on with other subtasks while the job runs, and returns when all of them run. */
  void rescaleInPlace(int subtasks) throws IOException, InterruptedException {
    rest.rescale(jobId, subtasks);
    parallelism = subtasks;
    awaitRunning();
  }

  /** Returns when every subtask runs, on other TaskManagers than a certain one. */
  void awaitRunningWithout(int taskManager) throws IOException, InterruptedException {
    String lost = "taskmanager-" + taskManager;
    await(
        "every subtask of job %s runs, none of them on %s".formatted(jobId, lost),
        () ->
            running() && rest.taskManagers(jobId).filter(each -> !each.contains(lost)).isPresent());
  }

  /** How many checkpoints have failed since the JobManager began the job. */
  long failedCheckpoints() {
    return rest.checkpoints(jobId).map(FlinkRest.Checkpoints::failed).orElse(0L);
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
        stored().shards().stream()
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

  /** When each record of each shard arrived in the stream. */
  Map<String, Standstills.Arrivals> arrivals() {
    long offset = journal().now() - System.currentTimeMillis() * 1000;
    Map<String, Standstills.Arrivals> arrivals = new HashMap<>();
    for (Shard shard : stored().shards()) {
      List<StoredRecord> records = stored().records(shard.id());
      arrivals.put(
          shard.id(),
          new Standstills.Arrivals(
              records.stream().mapToLong(StoredRecord::sequence).toArray(),
              // The service's clock has milliseconds: not before the next has begun.
              records.stream().mapToLong(each -> (each.time() + 1) * 1000 + offset).toArray()));
    }
    return arrivals;
  }

  /** The shards that take records. */
  List<String> activeShards() {
    return stored().shards().stream().filter(Shard::open).map(Shard::id).toList();
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
  StoredRecord recordBefore(String shard, int number) {
    // First how many were delivered: more are put and delivered while all of a shard are listed.
    int delivered = (int) gauge.delivered(shard);
    return stored().records(shard).get(delivered - 1 - number);
  }

  /** Returns when an invocation has begun with a certain record. */
  void awaitStart(String shard, long sequence, long mark) throws IOException, InterruptedException {
    await(
        "shard %s goes on at sequence %d".formatted(shard, sequence),
        () ->
            calls.since(mark).stream()
                .anyMatch(call -> call.shard().equals(shard) && call.first() == sequence));
  }

  @Override
  public void close() {
    failovers.close();
    watch.close();
    try {
      // Else what hangs in it would keep the processes from ending.
      storage.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      cluster.stop();
    } finally {
      clouds.close();
    }
  }
}
