// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.console.History.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HistoryTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final History history = new History();

  private static Sample sample(long at, double rate, long lag) {
    return new Sample(
        at,
        Optional.of(rate),
        Optional.of(lag),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  @Test
  void whatIsKeptIsBounded() {
    for (long at = 0; at < 3 * DAY.toMillis(); at += 2000) {
      history.add(sample(at, 1, at));
    }
    assertThat(history.since(0, History.FINE_REACH)).hasSizeBetween(1800, 1801);
    assertThat(history.since(0, DAY)).hasSizeBetween(1439, 1441);
  }

  @Test
  void aMinuteIsTheMeanRateAndTheWorstLag() {
    history.add(sample(0, 10, 5));
    history.add(sample(20_000, 20, 90));
    history.add(Sample.gap(40_000));
    history.add(sample(60_000, 0, 0));
    List<Sample> minutes = history.since(-1, DAY);
    assertThat(minutes).hasSize(1);
    assertThat(minutes.get(0).recordsPerSecond()).contains(15.0);
    assertThat(minutes.get(0).lagRecords()).contains(90L);
  }

  @Test
  void onlyWhatIsNewIsGiven() {
    history.add(sample(1000, 1, 1));
    history.add(sample(3000, 2, 2));
    assertThat(history.since(1000, History.FINE_REACH)).containsExactly(sample(3000, 2, 2));
  }
}
