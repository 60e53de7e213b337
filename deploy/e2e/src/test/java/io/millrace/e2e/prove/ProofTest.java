// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.oracle.Verdict;
import io.millrace.e2e.stage.Pair;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProofTest {

  private static final Proof.Plan PLAN =
      new Proof.Plan(
          Pair.DATAHUB_FC,
          1,
          16,
          20_000,
          Trial.each(List.of(Fault.SPLIT, Fault.MERGE)),
          List.of(),
          0,
          3,
          2,
          Ledger.Mode.STRICT,
          Scheduler.DEFAULT,
          Optional.empty());

  private static JsonNode json(long excessRepeats, Optional<String> broke) throws Exception {
    Verdict verdict =
        new Verdict(
            20_000,
            20_000,
            0,
            900,
            0,
            0,
            0,
            0,
            0,
            5,
            excessRepeats,
            7,
            0,
            0,
            0,
            List.of(),
            List.of());
    return new ObjectMapper()
        .readTree(
            new Proof.Result(
                    PLAN,
                    new FaultLog(),
                    verdict,
                    new Recoveries(List.of()),
                    new Effects(0, 0),
                    Optional.empty(),
                    broke)
                .json());
  }

  @Test
  void aProofThatBrokeOffSaysSo() throws Exception {
    assertThat(json(0, Optional.of("nothing was delivered")).path("broke").asText())
        .isEqualTo("nothing was delivered");
    assertThat(json(0, Optional.empty()).path("broke").isNull()).isTrue();
    assertThat(json(0, Optional.empty()).has("broke")).isTrue();
  }

  @Test
  void theMetricsOfAProofThatBrokeOffWereNotJudged() throws Exception {
    assertThat(json(0, Optional.empty()).path("metricsAgainstJournal").asInt(-1)).isZero();
    assertThat(json(0, Optional.of("nothing")).path("metricsAgainstJournal").isNull()).isTrue();
  }

  @Test
  void repeatsThatNoFaultExplainsHaveACountOfTheirOwn() throws Exception {
    assertThat(json(4, Optional.empty()).path("excessRepeats").asLong()).isEqualTo(4);
  }

  @Test
  void thereMustBeRecordsLeftForEveryFault() {
    assertThat(PLAN.leastRecords()).isEqualTo(6 * 596);
  }

  @Test
  void asMuchAsPlannedMustHaveBeenPutAndStored() {
    assertThat(new Tally(100, 100, 100).shortfall()).isEmpty();
    assertThat(new Tally(100, 60, 60).shortfall().orElseThrow()).contains("60 of 100");
    assertThat(new Tally(100, 100, 99).shortfall().orElseThrow()).contains("99 of 100");
  }

  @Test
  void recordsThatWereStoredTwiceAreNoted() {
    assertThat(new Tally(100, 100, 103).shortfall()).isEmpty();
    assertThat(new Tally(100, 100, 103).excess().orElseThrow()).contains("103");
    assertThat(new Tally(100, 100, 100).excess()).isEmpty();
  }
}
