// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A whole run: for each scenario so many rounds as the effort says, and in each round all
 * contenders in turn, so that what else happens on the machine strikes all alike. Used by one
 * thread.
 */
public final class Bench {

  private final List<Scenario> scenarios;
  private final List<Contender> contenders;
  private final Effort effort;
  private final Path directory;
  private final Consumer<String> progress;

  /**
   * @param directory for logs and journals, a subdirectory a round
   * @param progress is told what is being done
   */
  public Bench(
      List<Scenario> scenarios,
      List<Contender> contenders,
      Effort effort,
      Path directory,
      Consumer<String> progress) {
    this.scenarios = List.copyOf(scenarios);
    this.contenders = List.copyOf(contenders);
    this.effort = effort;
    this.directory = directory;
    this.progress = progress;
  }

  /** Runs it; a row for each contender under each scenario. */
  public List<Row> run() throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    try (Services services = Services.start(directory)) {
      for (int number = 0; number < scenarios.size(); number++) {
        rows.addAll(run(services, number));
      }
    }
    return rows;
  }

  private List<Row> run(Services services, int number) throws IOException, InterruptedException {
    Scenario scenario = scenarios.get(number);
    List<Contender> concerned =
        contenders.stream()
            .filter(contender -> limits(contender, scenario))
            .filter(contender -> contender.absence(scenario).isEmpty())
            .toList();
    Map<Contender, List<Figures>> figures = new LinkedHashMap<>();
    Map<Contender, String> failures = new LinkedHashMap<>();
    concerned.forEach(contender -> figures.put(contender, new ArrayList<>()));
    for (int repeat = 1; repeat <= effort.repeats(); repeat++) {
      for (Contender contender : concerned) {
        progress.accept(
            "%s: %s, round %d of %d"
                .formatted(scenario.label(), contender.wireName(), repeat, effort.repeats()));
        Path place =
            Files.createDirectories(
                directory.resolve(
                    "%s_%d_%d".formatted(contender.wireName().replace('-', '_'), number, repeat)));
        try {
          figures.get(contender).add(new Round(services, contender, scenario, effort, place).run());
        } catch (IOException e) {
          failures.putIfAbsent(contender, e.getMessage());
        }
      }
    }
    return contenders.stream()
        .filter(contender -> limits(contender, scenario))
        .map(
            contender ->
                new Row(
                    contender,
                    scenario,
                    figures.getOrDefault(contender, List.of()),
                    Optional.ofNullable(failures.get(contender))))
        .toList();
  }

  /** A function that takes no time limits nothing. */
  private static boolean limits(Contender contender, Scenario scenario) {
    return contender.kind() != Contender.Kind.CALCULATED || scenario.functionMillis() > 0;
  }
}
