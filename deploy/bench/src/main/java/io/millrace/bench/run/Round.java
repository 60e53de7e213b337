// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.contender.Assignment;
import io.millrace.bench.contender.ContenderMain;
import io.millrace.bench.journal.Call;
import io.millrace.bench.journal.CallLog;
import io.millrace.bench.journal.Delays;
import io.millrace.bench.journal.Judge;
import io.millrace.bench.journal.Put;
import io.millrace.bench.process.Child;
import io.millrace.bench.process.Micros;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One contender under one scenario, once, in a process that is started for it: first records come
 * at a rate, which shows delays, then there is always a backlog, which shows throughput and cost.
 * It is broken off when time is up. Used by one thread.
 */
final class Round {

  /** How long the first record of each shard may take; a Flink job has to start first. */
  private static final long START_SECONDS = 300;

  /** How long the paced records may take in the end. */
  private static final long CATCH_UP_SECONDS = 2;

  /** What is kept waiting for the contender, in bytes of the records' columns. */
  private static final long BACKLOG_BYTES = 40_000_000;

  private static final long LEAST_BACKLOG = 20_000;

  /** Put between two looks at the clock. */
  private static final long MOST_AT_ONCE = 20_000;

  private static final long LOOK_MILLIS = 50;
  private static final String HEAP = "2g";

  private final Services services;
  private final Contender contender;
  private final Scenario scenario;
  private final Effort effort;
  private final Path directory;
  private long put;

  Round(Services services, Contender contender, Scenario scenario, Effort effort, Path directory) {
    this.services = services;
    this.contender = contender;
    this.scenario = scenario;
    this.effort = effort;
    this.directory = directory;
  }

  /**
   * Runs it.
   *
   * @throws IOException saying why there are no figures
   */
  Figures run() throws IOException, InterruptedException {
    Services.Opened opened = services.open(directory.getFileName().toString(), scenario);
    Assignment assignment =
        new Assignment(
            scenario.pair(),
            opened.stream(),
            directory.getFileName().toString(),
            opened.subscription(),
            scenario.shards() + scenario.idle(),
            opened.function(),
            scenario.records(),
            scenario.bytes(),
            scenario.parallelism(),
            directory);
    return switch (contender.kind()) {
      case DELIVERY -> delivery(assignment);
      case CALLS -> calls(assignment);
      case RECORDS -> records(assignment);
      case CALCULATED -> calculated();
    };
  }

  private Figures delivery(Assignment assignment) throws IOException, InterruptedException {
    supply(scenario.shards());
    long begin = System.nanoTime();
    try (Child child = start(assignment)) {
      awaitRecords(child, services::count, put, "the first record of each shard");
      Map<Measure, Double> kept = new EnumMap<>(Measure.class);
      kept.put(Measure.START_SECONDS, (System.nanoTime() - begin) / 1e9);
      Path paced = directory.resolve("paced");
      services.pace(effort.rate(), effort.paceSeconds() * 1000L, paced);
      put += (long) effort.rate() * effort.paceSeconds();
      catchUp();
      census(child, kept);
      long counting = System.currentTimeMillis();
      Figures figures = measure(child, services::count, true);
      checkpoints(child, counting, kept);
      child.end();
      long over = Micros.now();
      Path calls = directory.resolve("calls");
      services.writeCalls(calls);
      return delivered(figures.with(kept), CallLog.read(calls), puts(paced), over);
    }
  }

  private Figures calls(Assignment assignment) throws IOException, InterruptedException {
    try (Child child = start(assignment)) {
      awaitRecords(child, services::count, 1, "the first event");
      return measure(child, services::count, false);
    }
  }

  private Figures records(Assignment assignment) throws IOException, InterruptedException {
    supply(backlog());
    try (Child child = start(assignment)) {
      Gauge gauge = new Told(child);
      awaitRecords(child, gauge, 1, "the first record");
      return measure(child, gauge, true);
    }
  }

  private Figures calculated() {
    double calls = scenario.callsPerSecondOfFunction();
    return Figures.of(List.of(calls * scenario.records()), List.of(calls));
  }

  /** How far a contender is. */
  private interface Gauge {
    CallLog.Count count() throws IOException;
  }

  /** What a contender says of itself, that nobody else can see. */
  private static final class Told implements Gauge {
    private final Child child;
    private CallLog.Count last = new CallLog.Count(0, 0);

    Told(Child child) {
      this.child = child;
    }

    @Override
    public CallLog.Count count() throws IOException {
      Optional<String> line = child.lastLine();
      if (line.isPresent()) {
        String[] words = line.get().split(" ", -1);
        last = new CallLog.Count(Long.parseLong(words[0]), Long.parseLong(words[1]));
      }
      return last;
    }
  }

  private Child start(Assignment assignment) throws IOException {
    Path file = assignment.write();
    Optional<OwnModule> module = OwnModule.of(contender);
    return Child.start(
        new Child.Program(
            contender.wireName(),
            module.map(OwnModule::mainClass).orElse(ContenderMain.class.getName()),
            module.isPresent() ? module.get().classPath() : Child.ownClassPath(),
            HEAP,
            services.trust(),
            Assignment.ENVIRONMENT,
            module.isPresent()
                ? List.of(file.toString())
                : List.of(contender.wireName(), file.toString())),
        directory.resolve("log"));
  }

  private void supply(long records) throws IOException {
    services.put(records);
    put += records;
  }

  private static void awaitRecords(Child child, Gauge gauge, long records, String what)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (gauge.count().records() < records) {
      if (!child.isAlive()) {
        throw new IOException("its process has ended" + child.because());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "%s was not delivered within %d s%s".formatted(what, START_SECONDS, child.because()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Lets it deliver what was paced; a slow one goes on with it among the rest. */
  private void catchUp() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CATCH_UP_SECONDS);
    while (services.count().records() < put && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Asks what it holds while it has nothing to do. */
  private void census(Child child, Map<Measure, Double> kept) throws IOException {
    if (contender.isApart()) {
      return;
    }
    String[] words = child.order("census").split(" ", -1);
    kept.put(Measure.HEAP_MEGABYTES, Long.parseLong(words[0]) / 1e6);
    kept.put(Measure.THREADS, Double.valueOf(words[1]));
  }

  private void checkpoints(Child child, long since, Map<Measure, Double> kept) throws IOException {
    if (contender.isApart()) {
      return;
    }
    String[] words = child.order("checkpoints", since).split(" ", -1);
    if (words.length == 3) {
      kept.put(Measure.CHECKPOINT_MILLIS, Double.valueOf(words[0]));
      kept.put(Measure.CHECKPOINT_MOST_MILLIS, Double.valueOf(words[1]));
      kept.put(Measure.CHECKPOINT_KILOBYTES, Long.parseLong(words[2]) / 1e3);
    }
  }

  private long backlog() {
    if (scenario.backlog() > 0) {
      return scenario.backlog();
    }
    return Math.max(LEAST_BACKLOG, BACKLOG_BYTES / scenario.bytes());
  }

  private Figures measure(Child child, Gauge gauge, boolean supplied)
      throws IOException, InterruptedException {
    long backlog = backlog();
    if (supplied) {
      // All of it before the first look: what takes long would be missing from the seconds.
      supply(Math.max(0, backlog - (put - gauge.count().records())));
    }
    WarmUp warmUp = new WarmUp(effort.leastWarmUp(), effort.mostWarmUp());
    List<Look> looks = new ArrayList<>();
    long due = System.nanoTime();
    while (looks.size() <= effort.seconds()) {
      CallLog.Count count = gauge.count();
      if (!child.isAlive()) {
        throw new IOException("its process has ended" + child.because());
      }
      long now = System.nanoTime();
      if (now >= due) {
        due = now + TimeUnit.SECONDS.toNanos(1);
        Look look = new Look(now, child.processorTime(), count);
        if (!warmUp.isOver()) {
          warmUp.add(look);
        }
        if (warmUp.isOver()) {
          looks.add(look);
        }
      }
      long missing = backlog - (put - count.records());
      if (supplied && missing > 0) {
        supply(Math.min(missing, MOST_AT_ONCE));
      } else {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    }
    return Look.between(looks).with(Measure.WARM_UP_SECONDS, warmUp.seconds());
  }

  private static Figures delivered(Figures figures, List<Call> calls, List<Put> puts, long over) {
    Delays delays = Delays.of(puts.subList(puts.size() / 3, puts.size()), calls);
    Figures judged = figures.judged(Judge.judge(calls, over));
    return delays.isEmpty()
        ? judged
        : judged.with(
            Map.of(
                Measure.DELAY_P50,
                delays.percentile(50),
                Measure.DELAY_P99,
                delays.percentile(99)));
  }

  private static List<Put> puts(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split(" ", -1))
        .map(
            words ->
                new Put(
                    Integer.parseInt(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])))
        .toList();
  }
}
