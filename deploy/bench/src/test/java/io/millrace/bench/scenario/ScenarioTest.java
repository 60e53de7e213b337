// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScenarioTest {

  @Test
  void saysOnlyWhatIsDifferent() {
    assertThat(Scenario.parse("records=1, tls=on,errors=0.5,stream=10"))
        .isEqualTo(new Scenario(0, 16, 1, 200, true, 0.5, 10, 2));
    assertThat(Scenario.parse("function=50,shards=256,bytes=2000,parallelism=4"))
        .isEqualTo(new Scenario(50, 256, 100, 2000, false, 0, 0, 4));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "records=0; records: '0' is not accepted; accepted: 1 to 1000",
        "shards=many; shards: 'many' is not accepted; accepted: 1 to 256",
        "tls=yes; tls: 'yes' is not accepted; accepted: on, off",
        "errors=100; errors: '100' is not accepted; accepted: percent, 0 to below 100",
        "color=red; 'color' is not accepted; accepted: function=MILLIS",
        "fast; 'fast' is not accepted; accepted: function=MILLIS"
      })
  void namesWhatItDoesNotAccept(String text, String complaint) {
    assertThatThrownBy(() -> Scenario.parse(text.strip()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(complaint.strip());
  }

  @Test
  void everyScenarioOfTheReferenceHasALabelOfItsOwn() {
    assertThat(new HashSet<>(Scenario.reference().stream().map(Scenario::label).toList()))
        .hasSameSizeAs(Scenario.reference());
  }

  @Test
  void aFunctionThatTakesTimeLimitsTheCalls() {
    assertThat(Scenario.parse("function=50,shards=16").callsPerSecondOfFunction()).isEqualTo(320);
  }
}
