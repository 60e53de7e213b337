// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.console;

import io.millrace.cli.Millrace;
import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.oracle.Evidence;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.oracle.Move;
import io.millrace.e2e.oracle.Oracle;
import io.millrace.e2e.oracle.Terms;
import io.millrace.e2e.oracle.Verdict;
import io.millrace.e2e.stage.CheckpointWatch;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.DeliveryGauge;
import io.millrace.e2e.stage.Failover;
import io.millrace.e2e.stage.FailoverWatch;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.e2e.stage.Pair;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.standalone.LoopbackPort;
import io.millrace.standalone.StandaloneCluster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/**
 * A cluster of real processes with one job, the clouds that it lies between, a producer that goes
 * on writing, and {@code millrace console}, which looks at it.
 */
final class ConsoleStage implements AutoCloseable {

  static final int SHARDS = 12;

  private static final int SUBTASKS = 2;
  private static final int BATCH = 12;
  private static final long BATCH_MILLIS = 300;
  private static final Duration FUNCTION_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  final StandaloneCluster cluster;
  final DeliveryGauge gauge;
  private final Clouds clouds;
  private final CheckpointWatch watch;
  private final FailoverWatch failovers;
  private final Path broken;
  private final int port;
  private final List<Thread> consoles = new ArrayList<>();
  private final List<Crash> crashes = new ArrayList<>();
  private final List<Move> moves = new ArrayList<>();
  private final AtomicReference<Throwable> producing = new AtomicReference<>();
  private final ScheduledExecutorService producer = Executors.newSingleThreadScheduledExecutor();

  ConsoleStage(Path directory) throws Exception {
    broken = directory.resolve("broken");
    System.setProperty(BreakableFunction.FILE, broken.toString());
    clouds = Clouds.start(Pair.DATAHUB_FC, directory, Optional.empty(), 1, Optional.of(function()));
    try {
      clouds.functions().setLatency(Duration.ofMillis(40));
      clouds.producer().createStream(SHARDS);
      Path trigger =
          clouds.trigger(
              "orders",
              Optional.empty(),
              FUNCTION_TIMEOUT,
              Map.of(
                  "parallelism", String.valueOf(SUBTASKS),
                  "delivery.retry.interval", "10 s",
                  "delivery.retry.max-attempts", "5"));
      cluster =
          StandaloneCluster.in(directory.resolve("cluster"))
              .taskManagers(1)
              .slots(SUBTASKS)
              .endsWithThisProcess()
              .config(Map.of("web.refresh-interval", "100 ms"))
              .start();
      String job =
          JobSubmission.submit(
                  cluster.restAddress(), TriggerSpec.parse(trigger, Map.of()), Optional.empty())
              .toHexString();
      FlinkRest rest = new FlinkRest(cluster.restAddress());
      gauge = new DeliveryGauge(clouds.journal(), Pair.DATAHUB_FC.events());
      watch = new CheckpointWatch(rest, clouds.journal());
      watch.follow(job);
      failovers = new FailoverWatch(rest, clouds.journal(), cluster::taskManagerProcesses, false);
      failovers.follow(job);
    } catch (IOException | RuntimeException e) {
      clouds.close();
      throw e;
    }
    port = LoopbackPort.free();
    startConsole("--port", String.valueOf(port));
    var unused =
        producer.scheduleWithFixedDelay(this::produce, 0, BATCH_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void startConsole(String... arguments) {
    List<String> command = new ArrayList<>(List.of("console"));
    command.addAll(List.of("--jobmanager", cluster.restAddress()));
    command.addAll(List.of(arguments));
    Thread console = new Thread(() -> Millrace.execute(command.toArray(String[]::new)), "console");
    console.setDaemon(true);
    console.start();
    consoles.add(console);
  }

  /** Starts another console of the same cluster, which asks for a token; gives its address. */
  String lockedUrl(String token) throws IOException {
    Path file = Files.writeString(broken.resolveSibling("token"), token + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    int locked = LoopbackPort.free();
    startConsole("--port", String.valueOf(locked), "--token-file", file.toString());
    return "http://127.0.0.1:" + locked + "/";
  }

  private static FunctionCode function() throws URISyntaxException {
    Path classes =
        Path.of(
            BreakableFunction.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return new FunctionCode.Handler(BreakableFunction.class.getName(), List.of(classes));
  }

  private void produce() {
    try {
      clouds.producer().put(BATCH);
    } catch (IOException | InterruptedException | RuntimeException e) {
      producing.compareAndSet(null, e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  /** From now on the function refuses the events of some shards. */
  void breakFunction(String message, String... shards) throws IOException {
    Path next =
        Files.writeString(broken.resolveSibling("next"), String.join(" ", shards) + "\n" + message);
    Files.move(next, broken);
  }

  void repairFunction() throws IOException {
    Files.delete(broken);
  }

  long now() {
    return clouds.journal().now();
  }

  /**
   * An operator has moved a shard, between two moments of the journal's clock; also behind what was
   * skipped.
   */
  void moved(String shard, long sequence, long asked, long durable) {
    moves.add(new Move(shard, sequence, asked, durable));
    gauge.goesOnAt(shard, sequence);
  }

  /** The JobManager was killed at a moment, and all runs again now. */
  void crashed(long at) {
    crashes.add(Crash.ofJob(at, now()));
  }

  /** Those that were made, and those that the machine made, which had no time for a heartbeat. */
  private List<Crash> crashes() {
    List<Crash> all = new ArrayList<>(crashes);
    failovers.failovers().stream()
        .filter(failover -> crashes.stream().noneMatch(failover::isExplainedBy))
        .map(Failover::crash)
        .forEach(all::add);
    return all;
  }

  /** Ends the producer, waits until all is delivered, and judges. */
  Verdict verdict() throws Exception {
    producer.shutdown();
    if (!producer.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the producer does not end");
    }
    if (producing.get() != null) {
      throw new IllegalStateException("the producer failed", producing.get());
    }
    long written = clouds.producer().written();
    Awaitility.await("all is delivered").atMost(PATIENCE).until(() -> gauge.delivered() == written);
    return Oracle.judge(
        new Evidence(
            clouds.stored().truth(),
            JournalEvidence.invocations(clouds.journal().entries()),
            crashes(),
            watch.checkpoints(),
            new Terms(FUNCTION_TIMEOUT, true),
            Ledger.NONE,
            moves),
        Pair.DATAHUB_FC.events());
  }

  @Override
  public void close() {
    producer.shutdownNow();
    consoles.forEach(Thread::interrupt);
    failovers.close();
    watch.close();
    try {
      cluster.stop();
    } finally {
      clouds.close();
    }
  }
}
