// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.bench.journal.Verdict;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A contender under a scenario, over all rounds.
 *
 * @param figures of the rounds that went well
 * @param failure of the first that did not
 */
public record Row(
    Contender contender, Scenario scenario, List<Figures> figures, Optional<String> failure) {

  private static final ObjectMapper JSON = new ObjectMapper();

  public Row {
    figures = List.copyOf(figures);
  }

  /** Why there are no figures though nothing failed, in words that follow the name. */
  Optional<String> absence() {
    return contender.absence(scenario);
  }

  /** True when every round has figures, or it takes no part. */
  public boolean isWhole() {
    return failure.isEmpty();
  }

  Optional<Spread> recordsPerSecond() {
    return spread(figures.stream().flatMap(each -> each.recordsPerSecond().stream()));
  }

  Optional<Spread> callsPerSecond() {
    return spread(figures.stream().flatMap(each -> each.callsPerSecond().stream()));
  }

  /** Over the rounds in which it was taken. */
  Optional<Spread> measure(Measure measure) {
    return spread(
        figures.stream().map(each -> each.measures().get(measure)).filter(Objects::nonNull));
  }

  /** Added up over the rounds; nothing where none was judged. */
  Optional<Verdict> verdict() {
    return figures.stream().flatMap(each -> each.verdict().stream()).reduce(Verdict::plus);
  }

  private static Optional<Spread> spread(Stream<Double> values) {
    List<Double> all = values.toList();
    return all.isEmpty() ? Optional.empty() : Optional.of(Spread.of(all));
  }

  /** As programs read it; what there is no figure of is null. */
  public ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    json.put("contender", contender.wireName()).put("scenario", scenario.label());
    recordsPerSecond()
        .ifPresentOrElse(
            spread ->
                json.putObject("recordsPerSecond")
                    .put("median", rounded(spread.median()))
                    .put("min", rounded(spread.min()))
                    .put("max", rounded(spread.max())),
            () -> json.putNull("recordsPerSecond"));
    put(json, "callsPerSecond", callsPerSecond());
    ObjectNode delay = json.putObject("delayMs");
    put(delay, "p50", measure(Measure.DELAY_P50));
    put(delay, "p99", measure(Measure.DELAY_P99));
    for (Measure measure : Measure.values()) {
      if (measure != Measure.DELAY_P50 && measure != Measure.DELAY_P99) {
        put(json, measure.wireName(), measure(measure));
      }
    }
    Optional<Verdict> verdict = verdict();
    json.put("lost", verdict.map(Verdict::lost).orElse(null));
    json.put("repeats", verdict.map(Verdict::repeats).orElse(null));
    json.put("outOfOrder", verdict.map(Verdict::outOfOrder).orElse(null));
    json.put("overlapping", verdict.map(Verdict::overlapping).orElse(null));
    json.put("failure", failure.orElse(null));
    json.put("absence", absence().orElse(null));
    return json;
  }

  private static void put(ObjectNode json, String key, Optional<Spread> spread) {
    spread.ifPresentOrElse(
        value -> json.put(key, rounded(value.median())), () -> json.putNull(key));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
