// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ThroughputTest {

  private final Throughput throughput = new Throughput();

  @Test
  void oneLookTellsNoRate() {
    throughput.update(0, Map.of("0", 100L));
    assertThat(throughput.perSecond()).isEmpty();
    assertThat(throughput.perSecond("0")).isEmpty();
    assertThat(throughput.perSecond("1")).isEmpty();
  }

  @Test
  void theRateIsThatOfTheLastTenSeconds() {
    for (long second = 0; second <= 60; second += 2) {
      throughput.update(second * 1000, Map.of("0", second * 50, "1", 7L));
    }
    assertThat(throughput.perSecond()).contains(50.0);
    assertThat(throughput.perSecond("0")).contains(50.0);
    assertThat(throughput.perSecond("1")).contains(0.0);
    throughput.update(66_000, Map.of("0", 3000L, "1", 7L));
    throughput.update(72_000, Map.of("0", 3000L, "1", 7L));
    throughput.update(78_000, Map.of("0", 3000L, "1", 7L));
    assertThat(throughput.perSecond()).contains(0.0);
  }

  @Test
  void aCountThatGoesBackTakesNothingAwayAndWhatIsRepeatedCounts() {
    throughput.update(0, Map.of("0", 100L));
    throughput.update(2000, Map.of("0", 200L));
    throughput.update(4000, Map.of("0", 140L));
    throughput.update(6000, Map.of("0", 200L));
    assertThat(throughput.perSecond()).contains(160 / 6.0);
  }

  @Test
  void aShardThatComesIsNotCountedFromItsBeginning() {
    throughput.update(0, Map.of("0", 100L));
    throughput.update(2000, Map.of("0", 100L, "1", 1_000_000L));
    assertThat(throughput.perSecond()).contains(0.0);
    throughput.update(4000, Map.of("1", 1_000_040L));
    assertThat(throughput.perSecond()).contains(10.0);
  }

  @Test
  void nothingIsToldOfATimeThatWasNotSeen() {
    throughput.update(0, Map.of("0", 100L));
    throughput.interrupt();
    throughput.update(60_000, Map.of("0", 90_000L));
    assertThat(throughput.perSecond()).isEmpty();
  }
}
