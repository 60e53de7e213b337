// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CapacityTest {

  /** Of a call 100, of a record 10, of a fetch 50. */
  private static final Costs COSTS = new Costs(60, 4, 20, 40, 6, 30);

  @Test
  void aFetchIsDeliveredInAsFewCallsAsItsEnvelopesAllow() {
    // Two fetches a second and shard, with 125 records each.
    Load load = Load.parse("shards=100,rate=25000,function=5,stream=0,records=100,slots=10");
    Estimate estimate = Estimate.of(load, COSTS);

    assertThat(estimate.fetchesPerSecond()).isEqualTo(200);
    assertThat(estimate.callsPerSecond()).isEqualTo(400, within(8.0));
    // 400 calls of 100 us, 25,000 records of 10, 200 fetches of 50.
    assertThat(estimate.processors()).isEqualTo(0.04 + 0.25 + 0.01, within(0.001));
    // 40 calls of 60 us, 2,500 records of 4, 20 fetches of 20.
    assertThat(estimate.taskShare()).isEqualTo(0.0024 + 0.01 + 0.0004, within(0.0001));
    assertThat(estimate.isSustained()).isTrue();
  }

  @Test
  void aShardThatHardlyHasRecordsHasACallForEach() {
    Load load = Load.parse("shards=1000,rate=10,records=100,slots=1");
    assertThat(Estimate.of(load, COSTS).callsPerSecond()).isEqualTo(10, within(0.1));
  }

  @Test
  void whatACallBringsTooLittleOfIsNotSustained() {
    // 10 envelopes a second and shard at the most.
    Load load = Load.parse("shards=10,rate=1000,function=100,records=5,slots=10");
    assertThat(Estimate.of(load, COSTS).isSustained()).isFalse();
    assertThat(Simulation.run(load, COSTS, 20, 1).isSustained()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'shards=200,rate=10000,function=20,slots=2'",
    "'shards=64,rate=40000,function=0,slots=1,cores=4'",
    "'shards=1000,rate=500,function=5,slots=1'",
    "'shards=20,rate=20000,function=20,records=1000,slots=1'"
  })
  void theSimulationAgreesWithTheCalculation(String conditions) {
    Load load = Load.parse(conditions);
    Estimate estimate = Estimate.of(load, COSTS);
    Simulation.Outcome found = Simulation.run(load, COSTS, 20, 1);
    double slots = (double) load.shards() / load.shardsOfSlot();

    Percentage few = Percentage.withPercentage(6);
    assertThat(found.isSustained()).isEqualTo(estimate.isSustained()).isTrue();
    assertThat(found.recordsPerSecond() * slots).isCloseTo(load.rate(), few);
    assertThat(found.callsPerSecond() * slots).isCloseTo(estimate.callsPerSecond(), few);
    assertThat(found.taskShare()).isCloseTo(estimate.taskShare(), few);
    assertThat(found.otherShare()).isCloseTo(estimate.otherShare(), few);
    // Half of the time between two fetches, and a little more.
    assertThat(found.delayP50())
        .isBetween(490 * load.fetchSeconds(), 500 * load.fetchSeconds() + 50);
  }

  @Test
  void moreThanATaskThreadCanDoShowsInBoth() {
    Load load = Load.parse("shards=100,rate=300000,function=0,slots=1");
    assertThat(Estimate.of(load, COSTS).taskShare()).isGreaterThan(1);
    assertThat(Simulation.run(load, COSTS, 5, 1).isSustained()).isFalse();
    int needed = Estimate.slotsFor(load, COSTS);
    assertThat(needed).isGreaterThan(1);
    assertThat(Simulation.run(load.withSlots(needed), COSTS, 20, 1).isSustained()).isTrue();
  }

  @Test
  void theSlotsThatALoadNeedsAreFoundForIt() {
    Capacity capacity = Capacity.of("shards=500,rate=50000");
    assertThat(capacity.isSustained()).isTrue();
    assertThat(capacity.table()).startsWith("### 500 shards, 50000 records/s, ");
    assertThat(capacity.json().path("slots").asInt()).isPositive();
    assertThat(capacity.json().path("simulated").path("p99").asDouble()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shards", "shards=0", "rate=-1", "function=x", "colour=red", "cores=1"})
  void whatIsNoLoadIsRefusedWithWhatIsAccepted(String conditions) {
    assertThatThrownBy(() -> Load.parse(conditions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("accepted: ");
  }

  @Test
  void aSlotWithoutAShardIsRefused() {
    assertThatThrownBy(() -> Load.parse("shards=4,slots=5"))
        .hasMessage("slots: '5' is not accepted; accepted: 1 to 4, a slot for each shard");
  }
}
