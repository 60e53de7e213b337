// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.cli.CommandFailure;
import io.millrace.e2e.oracle.Finding;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.soak.SoakReport;
import io.millrace.e2e.stage.Pair;
import io.millrace.standalone.ClusterException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace prove}. */
@Command(
    name = "prove",
    mixinStandardHelpOptions = true,
    description =
        "Kills, rescales and disturbs a job on a real cluster, and judges from the function's side"
            + " whether every promise was kept.")
public final class ProveCommand implements Callable<Integer> {

  private static final int FINDINGS_SHOWN = 20;
  private static final long MOST_RECORDS = 10_000_000;
  private static final int MOST_ROUNDS = 100;
  private static final int PAIRS = 4;
  private static final int MOST_PAIRS = 100;
  private static final int MOST_MINUTES = 24 * 60;
  private static final int MOST_RATE = 4_000;
  private static final Duration LEAST_BETWEEN_FAULTS = Duration.ofSeconds(5);
  private static final List<String> OF_A_SOAK = List.of("--rate", "--fault-every", "--report");
  private static final List<String> OF_ROUNDS = List.of("--records", "--rounds");

  @Spec private CommandSpec spec;

  @Option(
      names = "--pair",
      paramLabel = "PAIR",
      defaultValue = "datahub-fc",
      description =
          "Stream and function: datahub-fc (the default), dis-functiongraph, datahub-functiongraph"
              + " or dis-fc.")
  private String pairName;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "16",
      description = "Shards that the stream begins with; ${DEFAULT-VALUE} if not given.")
  private int shards;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "100000",
      description =
          "Records to put in all, and more where the faults take longer than they last;"
              + " ${DEFAULT-VALUE} if not given.")
  private long records;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Order and choice of the faults; drawn and printed if not given.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--faults",
      paramLabel = "LIST",
      defaultValue = "all",
      description =
          "Names with commas between them, two with a plus for a pair that is begun at once; or all"
              + " (the default).")
  private String faults;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "With --faults all, how many pairs with a kill are drawn besides in each round; 4 if"
              + " not given.")
  private Optional<Integer> pairs = Optional.empty();

  @Option(
      names = "--ledger",
      paramLabel = "MODE",
      defaultValue = "pipelined",
      description =
          "none, or how the job writes delivered positions to the stream's service: strict or"
              + " pipelined; ${DEFAULT-VALUE} if not given.")
  private Ledger.Mode ledger;

  @Option(
      names = "--scheduler",
      paramLabel = "NAME",
      defaultValue = "default",
      description =
          "Flink's default, which restarts what was lost, or adaptive, which restarts the whole"
              + " job and rescales it in place; ${DEFAULT-VALUE} if not given.")
  private Scheduler scheduler;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often each fault is made; ${DEFAULT-VALUE} if not given.")
  private int rounds;

  @Option(
      names = "--taskmanagers",
      paramLabel = "N",
      defaultValue = "3",
      description = "TaskManagers, of two slots each; ${DEFAULT-VALUE} if not given.")
  private int taskManagers;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where journal, logs and state go, kept whatever the outcome; if not given, a temporary"
              + " directory that is kept on failure.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "A soak: so many minutes at a fixed rate, with faults drawn one after the other, after"
              + " which nothing that processes hold may have grown. Instead of --records and"
              + " --rounds.")
  private Optional<Integer> minutes = Optional.empty();

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "500",
      description = "Of a soak: records a second; ${DEFAULT-VALUE} if not given.")
  private int rate;

  @Option(
      names = "--fault-every",
      paramLabel = "TIME",
      defaultValue = "20 s",
      description =
          "Of a soak: from one fault to the next, where it is over by then; ${DEFAULT-VALUE} if"
              + " not given.")
  private String faultEvery;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Of a soak: where its table goes, in Markdown.")
  private Optional<Path> report = Optional.empty();

  @Option(names = "--json", description = "Print the JSON only, no table.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Proof.Plan plan = plan();
    Path place = place();
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    Proof.Result result;
    try {
      result =
          new Proof(
                  plan,
                  place,
                  line -> {
                    err.println(line);
                    err.flush();
                  })
              .run();
    } catch (ClusterException e) {
      throw CommandFailure.unreachable(e.getMessage(), e);
    }
    if (!json) {
      out.print(result.log().table(result.verdict().tolls()));
      out.print(result.recoveries().table());
      result.growth().ifPresent(growth -> out.printf("%n%s", SoakReport.markdown(growth)));
    }
    if (report.isPresent() && result.growth().isPresent()) {
      Files.writeString(report.get(), SoakReport.markdown(result.growth().get()));
    }
    result.broke().ifPresent(reason -> err.println("The proof broke off: " + reason));
    List<Finding> findings = result.verdict().findings();
    findings.stream().limit(FINDINGS_SHOWN).forEach(err::println);
    if (findings.size() > FINDINGS_SHOWN) {
      err.println((findings.size() - FINDINGS_SHOWN) + " more in " + place.resolve("findings.txt"));
    }
    if (result.holds() && directory.isEmpty()) {
      delete(place);
    } else {
      err.println("Journal, faults, findings and logs are in " + place);
    }
    out.println(result.json());
    out.flush();
    err.flush();
    return result.holds() ? 0 : 1;
  }

  private Proof.Plan plan() {
    Pair pair = Pair.ofOption(pairName);
    require(shards >= 1 && shards <= 256, "--shards", shards, "1 to 256");
    require(rounds >= 1 && rounds <= MOST_ROUNDS, "--rounds", rounds, "1 to " + MOST_ROUNDS);
    require(
        taskManagers >= 2 && taskManagers <= 16,
        "--taskmanagers",
        taskManagers,
        "2 to 16: when one is killed another goes on");
    Optional<Pace> pace = pace();
    List<Fault> every = Fault.all(pair.stream(), ledger, scheduler);
    boolean all = faults.equals("all");
    require(
        pairs.isEmpty() || (all && pace.isEmpty()),
        "--pairs",
        pairs.orElse(0),
        "with --faults all and without --minutes; a pair in a list is two names with a plus between"
            + " them");
    int drawn = all && pace.isEmpty() ? pairs.orElse(PAIRS) : 0;
    require(drawn >= 0 && drawn <= MOST_PAIRS, "--pairs", drawn, "0 to " + MOST_PAIRS);
    List<Trial> trials =
        all ? Trial.each(pace.isPresent() ? Pace.sameLoad(every) : every) : chosen(pair);
    Proof.Plan plan =
        new Proof.Plan(
            pair,
            seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1_000_000)),
            shards,
            pace.map(Pace::records).orElse(records),
            trials,
            // In the others nothing restarts: those two are two outages.
            Trial.pairs(every).stream().filter(Trial::kills).toList(),
            drawn,
            pace.isPresent() ? 1 : rounds,
            taskManagers,
            ledger,
            scheduler,
            pace);
    require(
        pace.isPresent() || (records >= plan.leastRecords() && records <= MOST_RECORDS),
        "--records",
        records,
        "%d to %d: %d faults on %d shards need that many"
            .formatted(plan.leastRecords(), MOST_RECORDS, plan.schedule().trials().size(), shards));
    return plan;
  }

  private List<Trial> chosen(Pair pair) {
    List<Trial> chosen = new ArrayList<>();
    for (String item : faults.split(",", -1)) {
      String[] titles = item.strip().split("\\+", -1);
      Fault first = fault(titles[0], pair);
      if (titles.length == 1) {
        chosen.add(Trial.of(first));
        continue;
      }
      require(titles.length == 2, "--faults", item.strip(), "two at once");
      require(
          first.isPaired(),
          "--faults",
          item.strip(),
          first.title() + " alone; in pairs: " + Fault.titles(Fault::isPaired));
      Fault second = fault(titles[1], pair);
      require(
          first.pairsWith(second),
          "--faults",
          item.strip(),
          "%s with one of %s".formatted(first.title(), Fault.titles(first::pairsWith)));
      chosen.add(Trial.of(first, second));
    }
    return chosen;
  }

  private Fault fault(String title, Pair pair) {
    Fault fault =
        Fault.titled(title.strip())
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--faults: '%s' is not a fault; accepted: all, %s"
                            .formatted(title.strip(), Fault.titles())));
    require(
        fault.appliesTo(pair.stream(), ledger, scheduler),
        "--faults",
        fault.title(),
        "with " + fault.applicability());
    return fault;
  }

  private Optional<Pace> pace() {
    String accepted =
        minutes.isEmpty() ? "with --minutes" : "without --minutes, which says how long to go on";
    for (String each : minutes.isEmpty() ? OF_A_SOAK : OF_ROUNDS) {
      OptionSpec given = spec.commandLine().getParseResult().matchedOption(each);
      require(
          given == null,
          each,
          given == null ? "" : String.join(" ", given.originalStringValues()),
          accepted);
    }
    if (minutes.isEmpty()) {
      return Optional.empty();
    }
    report.ifPresent(
        file ->
            require(
                Files.isDirectory(file.toAbsolutePath().getParent()) && !Files.isDirectory(file),
                "--report",
                file,
                "a file in a directory that exists"));
    require(
        minutes.get() >= 2 && minutes.get() <= MOST_MINUTES,
        "--minutes",
        minutes.get(),
        "2 to " + MOST_MINUTES);
    require(rate >= 1 && rate <= MOST_RATE, "--rate", rate, "1 to " + MOST_RATE);
    Duration every;
    try {
      every = TimeUtils.parseDuration(faultEvery);
    } catch (IllegalArgumentException e) {
      every = Duration.ZERO;
    }
    require(
        every.compareTo(LEAST_BETWEEN_FAULTS) >= 0,
        "--fault-every",
        faultEvery,
        "a time of 5 s or more, for example 20 s");
    Pace pace = new Pace(minutes.get(), rate, every);
    require(
        pace.records() <= MOST_RECORDS,
        "--minutes",
        minutes.get(),
        "%d at --rate %d: at most %d records can be judged"
            .formatted(MOST_RECORDS / 60 / rate, rate, MOST_RECORDS));
    return Optional.of(pace);
  }

  private void require(boolean holds, String option, Object value, String accepted) {
    if (!holds) {
      throw new ParameterException(
          spec.commandLine(), "%s: %s is not accepted, only %s".formatted(option, value, accepted));
    }
  }

  private Path place() throws IOException {
    if (directory.isEmpty()) {
      return Files.createTempDirectory("millrace-prove-");
    }
    Path given = directory.get().toAbsolutePath();
    if (Files.exists(given)) {
      throw new ParameterException(
          spec.commandLine(),
          "--directory: %s exists already; accepted: one to be made".formatted(given));
    }
    return Files.createDirectories(given);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
