// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DelaysTest {

  @Test
  void theFirstCallOfARecordCounts() {
    Delays delays =
        Delays.of(
            List.of(new Put(0, 5, 1000), new Put(0, 6, 2000), new Put(1, 0, 3000)),
            List.of(
                new Call(9000, 9500, true, List.of(new Run(0, 4, 9))),
                new Call(4000, 4500, false, List.of(new Run(0, 5, 1)))));
    assertThat(delays.percentile(50)).isEqualTo(3.0);
    assertThat(delays.percentile(99)).isEqualTo(7.0);
  }

  @Test
  void aPercentileIsTheSmallestThatSoManyDoNotExceed() {
    List<Put> puts = IntStream.rangeClosed(1, 200).mapToObj(i -> new Put(0, i, 0)).toList();
    List<Call> calls =
        IntStream.rangeClosed(1, 200)
            .mapToObj(i -> new Call(i * 1000L, i * 1000L, true, List.of(new Run(0, i, 1))))
            .toList();
    assertThat(Delays.of(puts, calls).percentile(50)).isEqualTo(100);
    assertThat(Delays.of(puts, calls).percentile(99)).isEqualTo(198);
    assertThat(Delays.of(puts, calls).percentile(100)).isEqualTo(200);
  }

  @Test
  void thereAreNoneWhereNothingWasCalled() {
    assertThat(Delays.of(List.of(new Put(0, 1, 1)), List.of()).isEmpty()).isTrue();
  }
}
