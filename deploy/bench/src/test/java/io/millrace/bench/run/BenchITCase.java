// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.journal.Verdict;
import io.millrace.bench.scenario.Contender;
import io.millrace.bench.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The smallest run on real processes: what is measured is there, and Millrace is in order. */
@Tag("ci")
final class BenchITCase {

  @TempDir private Path directory;

  @Test
  void measuresMillraceOnTheOtherCloudToo() throws Exception {
    Row row =
        new Bench(
                List.of(Scenario.parse("pair=dis-functiongraph,shards=2,idle=3,records=10")),
                List.of(Contender.MILLRACE),
                new Effort(1, 50, 2, 1, 1, 6),
                directory,
                line -> {})
            .run()
            .get(0);

    assertThat(row.failure()).isEmpty();
    assertThat(row.recordsPerSecond().orElseThrow().max()).isPositive();
    assertThat(row.measure(Measure.DELAY_P50).orElseThrow().median()).isPositive();
    assertThat(row.measure(Measure.THREADS).orElseThrow().median()).isPositive();
    assertThat(row.measure(Measure.HEAP_MEGABYTES).orElseThrow().median()).isPositive();
    assertThat(row.verdict()).hasValue(Verdict.FLAWLESS);
  }

  @Test
  void measuresMillraceBesideAPlainLoop() throws Exception {
    List<Row> rows =
        new Bench(
                List.of(Scenario.parse("shards=4,records=10,errors=1")),
                List.of(Contender.PLAIN_LOOP, Contender.MILLRACE),
                new Effort(1, 50, 2, 1, 1, 4),
                directory,
                line -> {})
            .run();

    assertThat(rows).hasSize(2);
    for (Row row : rows) {
      assertThat(row.failure()).as(row.contender().wireName()).isEmpty();
      assertThat(row.recordsPerSecond().orElseThrow().max()).isPositive();
      assertThat(row.measure(Measure.CPU_PER_RECORD)).isPresent();
      assertThat(row.measure(Measure.DELAY_P50).orElseThrow().median()).isPositive();
      assertThat(row.verdict()).hasValue(Verdict.FLAWLESS);
    }
  }
}
