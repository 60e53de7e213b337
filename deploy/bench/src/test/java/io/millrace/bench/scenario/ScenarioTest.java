// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScenarioTest {

  @Test
  void saysOnlyWhatIsDifferent() {
    assertThat(Scenario.parse("records=1, tls=on,errors=0.5,stream=10"))
        .isEqualTo(new Scenario(0, 16, 1, 200, true, 0.5, 10, 2, Pair.DATAHUB_FC, 0, 0));
    assertThat(Scenario.parse("function=50,shards=256,bytes=2000,parallelism=4"))
        .isEqualTo(new Scenario(50, 256, 100, 2000, false, 0, 0, 4, Pair.DATAHUB_FC, 0, 0));
    assertThat(Scenario.parse("pair=dis-functiongraph,shards=1000,idle=7,backlog=9"))
        .isEqualTo(new Scenario(0, 1000, 100, 200, false, 0, 0, 2, Pair.DIS_FUNCTIONGRAPH, 7, 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "records=0; records: '0' is not accepted; accepted: 1 to 1000",
        "shards=many; shards: 'many' is not accepted; accepted: 1 to 1000",
        "pair=dis; pair: 'dis' is not accepted; accepted: datahub-fc, dis-functiongraph",
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
  void everyScenarioHasALabelOfItsOwn() {
    for (List<Scenario> all : List.of(Scenario.reference(), Scenario.growth())) {
      assertThat(all.stream().map(Scenario::label)).doesNotHaveDuplicates();
    }
  }

  @Test
  void aFunctionThatTakesTimeLimitsTheCalls() {
    assertThat(Scenario.parse("function=50,shards=16").callsPerSecondOfFunction()).isEqualTo(320);
  }
}
