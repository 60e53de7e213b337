// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.bench.journal.Verdict;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TableTest {

  private static Figures figures(List<Double> records, double processorMicros, Verdict verdict) {
    return Figures.of(records, records.stream().map(value -> value / 100).toList())
        .with(
            Map.of(
                Measure.CPU_PER_RECORD,
                processorMicros / 1000,
                Measure.CPU_PER_CALL,
                processorMicros / 10,
                Measure.DELAY_P50,
                12.34,
                Measure.DELAY_P99,
                56.78))
        .judged(verdict);
  }

  private static final Row TWO_ROUNDS =
      new Row(
          Contender.BLOCKING_MAP,
          Scenario.BASE,
          List.of(
              figures(List.of(1000.0, 3000.0), 2000, new Verdict(1, 0, 2, 0)),
              figures(List.of(2000.0, 4000.0), 4000, new Verdict(1, 5, 0, 3))),
          Optional.empty());

  private static final Row FAILED =
      new Row(
          Contender.MILLRACE, Scenario.BASE, List.of(), Optional.of("its process has ended: why"));

  @Test
  void aMedianLiesBetweenTheTwoInTheMiddle() {
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
    assertThatThrownBy(() -> Spread.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRowShowsMediansOverAllRoundsAndAddsUpWhatWasWrong() {
    assertThat(Table.of(List.of(TWO_ROUNDS)))
        .contains("### 0 ms function, 16 shards, 100 x 200 B")
        .contains("| calls/s | CPU us/record | CPU us/call | delay p50 ms | p99 ms | lost |")
        .contains(
            "| blocking-map | 2,500 | 1,000 to 4,000 | 25 | 3.0 | 300.0 | 12.3 | 56.8 | 2 | 5 | 2 |"
                + " 3 |");
  }

  @Test
  void aContenderThatFailedIsShownWithItsReason() {
    assertThat(Table.of(List.of(TWO_ROUNDS, FAILED)))
        .contains("| millrace | failed |")
        .contains("millrace failed: its process has ended: why");
    JsonNode json = FAILED.json();
    assertThat(json.path("recordsPerSecond").isNull()).isTrue();
    assertThat(json.path("lost").isNull()).isTrue();
    assertThat(json.path("failure").asText()).isEqualTo("its process has ended: why");
  }

  @Test
  void whoeverIsNotWrittenForAPairIsNamedAndHasNoRow() {
    Scenario dis = Scenario.parse("pair=dis-functiongraph");
    String table =
        Table.of(
            List.of(
                new Row(Contender.MILLRACE, dis, TWO_ROUNDS.figures(), Optional.empty()),
                new Row(Contender.GETINDATA, dis, List.of(), Optional.empty())));
    assertThat(table)
        .contains("| millrace | 2,500 |")
        .contains("getindata is not written for dis-functiongraph")
        .doesNotContain("| getindata");
  }

  @Test
  void theScenariosOfOneContenderShareATable() {
    assertThat(
            Table.of(
                List.of(
                    TWO_ROUNDS,
                    new Row(
                        Contender.BLOCKING_MAP,
                        Scenario.parse("shards=1"),
                        List.of(TWO_ROUNDS.figures().get(0).with(Measure.THREADS, 41)),
                        Optional.empty()))))
        .startsWith("### blocking-map\n\n| scenario | records/s |")
        .contains("| threads |")
        .contains("| 0 ms function, 1 shard, 100 x 200 B | 2,000 |")
        .contains("| 41.0 |");
  }

  @Test
  void theJsonHasWhatProgramsRelyOn() {
    JsonNode json = TWO_ROUNDS.json();
    assertThat(json.path("contender").asText()).isEqualTo("blocking-map");
    assertThat(json.path("scenario").asText()).isEqualTo(Scenario.BASE.label());
    assertThat(json.path("recordsPerSecond").path("median").asDouble()).isEqualTo(2500);
    assertThat(json.path("recordsPerSecond").path("min").asDouble()).isEqualTo(1000);
    assertThat(json.path("recordsPerSecond").path("max").asDouble()).isEqualTo(4000);
    assertThat(json.path("callsPerSecond").asDouble()).isEqualTo(25);
    assertThat(json.path("cpuMicrosPerRecord").asDouble()).isEqualTo(3);
    assertThat(json.path("delayMs").path("p50").asDouble()).isEqualTo(12.34);
    assertThat(json.path("delayMs").path("p99").asDouble()).isEqualTo(56.78);
    assertThat(json.path("warmUpSeconds").isNull()).isTrue();
    assertThat(json.path("repeats").asLong()).isEqualTo(5);
    assertThat(json.path("outOfOrder").asLong()).isEqualTo(2);
    assertThat(json.path("overlapping").asLong()).isEqualTo(3);
  }
}
