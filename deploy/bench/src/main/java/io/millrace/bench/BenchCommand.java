// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench;

import io.millrace.bench.capacity.Capacity;
import io.millrace.bench.run.Bench;
import io.millrace.bench.run.Effort;
import io.millrace.bench.run.Report;
import io.millrace.bench.run.Row;
import io.millrace.bench.run.Table;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import io.millrace.cli.CommandFailure;
import io.millrace.cli.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures Millrace beside what people use today: records and calls a second, processor"
            + " time, delay, and what was lost, repeated or out of order. All run on this machine,"
            + " one after another.")
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Two scenarios, some seconds each: a first look in a few minutes.")
  private boolean quick;

  @Option(
      names = "--growth",
      description =
          "How cost grows with shards, parallelism, idle shards and a backlog: scenarios for that,"
              + " and Millrace alone if --peers does not say otherwise.")
  private boolean growth;

  @Option(
      names = "--scenario",
      paramLabel = "CONDITIONS",
      description =
          "What is other than 16 shards, envelopes of 100 records of 200 B, and a function that"
              + " takes no time: function=MILLIS, shards=N, records=N, bytes=N, tls=on,"
              + " errors=PERCENT, stream=MILLIS, parallelism=N, pair=dis-functiongraph, idle=N,"
              + " backlog=N, with commas between them. May be given several times. If not given,"
              + " each condition in turn.")
  private List<String> scenarios = List.of();

  @Option(
      names = "--capacity",
      paramLabel = "CONDITIONS",
      description =
          "Measures nothing: calculates and simulates what a load needs of Millrace that no machine"
              + " here can carry, from what was measured: shards=N, rate=RECORDS_A_SECOND,"
              + " function=MILLIS, stream=MILLIS, records=N, idle-wait=MILLIS,"
              + " slots=N, cores=N, with commas between them. Exits with 1 when it cannot be"
              + " carried.")
  private Optional<String> capacity = Optional.empty();

  @Option(
      names = "--peers",
      paramLabel = "NAMES",
      description = "Who takes part, with commas between them; everybody if not given.")
  private Optional<String> peers = Optional.empty();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "Rounds of each scenario; 3 if not given, 1 with --quick.")
  private Optional<Integer> repeats = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "How long throughput is measured in a round, once the contender is warm; 10 if not given,"
              + " 3 with --quick.")
  private Optional<Integer> seconds = Optional.empty();

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long a contender is warmed up, whatever it shows. If not given, until a record costs"
              + " no less processor time than before: 15 to 60 seconds, with --quick 7 to 16.")
  private Optional<Integer> warmUp = Optional.empty();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where logs and journals go, kept; if not given, a temporary directory that is kept when"
              + " a contender fails.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Writes the tables in Markdown, a plot in SVG for each of them, and the JSON into a"
              + " directory that is made for it.")
  private Optional<Path> report = Optional.empty();

  @Option(names = "--json", description = "Print the JSON only, no table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return capacity.isPresent() ? calculate(capacity.get()) : measure();
  }

  private int calculate(String load) {
    if (growth || quick || !scenarios.isEmpty() || peers.isPresent() || report.isPresent()) {
      throw CommandFailure.badInput(
          "--capacity measures nothing; give it without --quick, --growth, --scenario, --peers and"
              + " --report");
    }
    Capacity found;
    try {
      found = Capacity.of(load);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.badInput("--capacity: " + e.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.print(found.table());
    }
    out.println(found.json());
    out.flush();
    return found.isSustained() ? 0 : 1;
  }

  private int measure() throws IOException, InterruptedException {
    List<Scenario> conditions = conditions();
    List<Contender> contenders = contenders();
    Effort effort = effort();
    Optional<Path> reported = report.map(given -> absent("--report", given));
    Path place = place();
    if (reported.isPresent()) {
      Files.createDirectories(reported.get());
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Row> rows;
    try (Progress progress = new Progress(err)) {
      rows = new Bench(conditions, contenders, effort, place, progress::step).run();
    }
    if (!json) {
      out.print(Table.of(rows));
    }
    if (reported.isPresent()) {
      Report.write(rows, reported.get());
      err.println("Tables and plots are in " + reported.get());
    }
    boolean whole = rows.stream().allMatch(Row::isWhole);
    if (whole && directory.isEmpty()) {
      delete(place);
    } else {
      err.println("Logs and journals are in " + place);
    }
    out.println(Report.json(rows));
    out.flush();
    err.flush();
    return whole ? 0 : 1;
  }

  private List<Scenario> conditions() {
    if (growth && !scenarios.isEmpty()) {
      throw CommandFailure.badInput("--growth has scenarios of its own; give it or --scenario");
    }
    if (growth) {
      return Scenario.growth();
    }
    if (scenarios.isEmpty()) {
      return quick ? Scenario.quick() : Scenario.reference();
    }
    List<Scenario> all = new ArrayList<>();
    for (String text : scenarios) {
      try {
        all.add(Scenario.parse(text));
      } catch (IllegalArgumentException e) {
        throw CommandFailure.badInput("--scenario: " + e.getMessage());
      }
    }
    return all;
  }

  private List<Contender> contenders() {
    if (peers.isEmpty() && growth) {
      return List.of(Contender.MILLRACE);
    }
    if (peers.isEmpty()) {
      return quick ? Contender.quick() : List.of(Contender.values());
    }
    List<Contender> chosen = new ArrayList<>();
    for (String name : peers.get().split(",", -1)) {
      chosen.add(
          Contender.named(name.strip())
              .orElseThrow(
                  () ->
                      CommandFailure.badInput(
                          "--peers: '%s' is not accepted; accepted: %s"
                              .formatted(name.strip(), Contender.names()))));
    }
    return chosen;
  }

  private Effort effort() {
    Effort usual = quick ? Effort.QUICK : Effort.FULL;
    require("--repeats", repeats, 100);
    require("--seconds", seconds, 600);
    require("--warm-up", warmUp, 600);
    return new Effort(
        repeats.orElse(usual.repeats()),
        usual.rate(),
        usual.paceSeconds(),
        warmUp.orElse(usual.leastWarmUp()),
        warmUp.orElse(usual.mostWarmUp()),
        seconds.orElse(usual.seconds()));
  }

  private static void require(String option, Optional<Integer> given, int most) {
    given
        .filter(value -> value < 1 || value > most)
        .ifPresent(
            value -> {
              throw CommandFailure.badInput(
                  "%s: %d is not accepted; accepted: 1 to %d".formatted(option, value, most));
            });
  }

  private Path place() throws IOException {
    if (directory.isEmpty()) {
      return Files.createTempDirectory("millrace-bench-");
    }
    return Files.createDirectories(absent("--directory", directory.get()));
  }

  private static Path absent(String option, Path given) {
    Path directory = given.toAbsolutePath();
    if (Files.exists(directory)) {
      throw CommandFailure.badInput(
          "%s: %s exists already; accepted: one to be made".formatted(option, directory));
    }
    return directory;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
