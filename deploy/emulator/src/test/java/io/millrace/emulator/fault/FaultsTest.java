// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.emulator.fault.Faults.Strike;
import io.millrace.emulator.fault.Faults.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultsTest {

  private final Faults faults = new Faults(new Random(1));

  @Test
  void strikesAtMostSoOften() {
    faults.add(rule(FaultKind.HTML).times(2));
    assertThat(judge("invoke", "0").strike()).isPresent();
    assertThat(judge("invoke", "0").strike()).isPresent();
    assertThat(judge("invoke", "0").strike()).isEmpty();
    assertThat(faults.list(FaultTarget.FUNCTION).get(0).strikes()).isEqualTo(2);
  }

  @Test
  void strikesOnlyWhatMatches() {
    faults.add(rule(FaultKind.HTML).onOperation("invoke").onShard("3"));
    assertThat(judge("invoke", "3").strike()).isPresent();
    assertThat(judge("invoke", "4").strike()).isEmpty();
    assertThat(judge("other", "3").strike()).isEmpty();
    assertThat(faults.judge(FaultTarget.DATAHUB, "invoke", () -> Optional.of("3")).strike())
        .isEmpty();
    assertThat(faults.judge(FaultTarget.FUNCTION, "invoke", Optional::empty).strike()).isEmpty();
  }

  @Test
  void addsUpDelaysAndTakesTheFirstOtherFault() {
    faults.add(rule(FaultKind.LATENCY).withDelay(Duration.ofMillis(20)));
    faults.add(rule(FaultKind.LATENCY).withDelay(Duration.ofMillis(30)));
    faults.add(rule(FaultKind.DROP_AFTER));
    faults.add(rule(FaultKind.DROP_BEFORE));
    Verdict verdict = judge("invoke", "0");
    assertThat(verdict.delay()).isEqualTo(Duration.ofMillis(50));
    assertThat(verdict.strike().map(strike -> strike.rule().kind())).hasValue(FaultKind.DROP_AFTER);
  }

  @Test
  void removingARuleReleasesWhatItHolds() {
    long id = faults.add(rule(FaultKind.HANG).times(1));
    CompletableFuture<Void> removed = judge("invoke", "0").strike().map(Strike::removed).get();
    assertThat(judge("invoke", "0").strike()).isEmpty();
    assertThat(removed).isNotDone();
    assertThat(faults.remove(id)).isTrue();
    assertThat(removed).isDone();
    assertThat(faults.remove(id)).isFalse();
  }

  @Test
  void clearsOneService() {
    faults.add(rule(FaultKind.HANG));
    faults.add(FaultRule.of(FaultTarget.DATAHUB, FaultKind.HANG));
    faults.clear(FaultTarget.FUNCTION);
    assertThat(faults.list(FaultTarget.FUNCTION)).isEmpty();
    assertThat(faults.list(FaultTarget.DATAHUB)).hasSize(1);
  }

  @Test
  void strikesAboutAsOftenAsItsProbability() {
    faults.add(rule(FaultKind.HTML).withProbability(0.25));
    int strikes = 0;
    for (int i = 0; i < 10_000; i++) {
      strikes += judge("invoke", "0").strike().isPresent() ? 1 : 0;
    }
    assertThat(strikes).isBetween(2_200, 2_800);
  }

  private Verdict judge(String operation, String shard) {
    return faults.judge(FaultTarget.FUNCTION, operation, () -> Optional.of(shard));
  }

  private static FaultRule rule(FaultKind kind) {
    return FaultRule.of(FaultTarget.FUNCTION, kind);
  }
}
