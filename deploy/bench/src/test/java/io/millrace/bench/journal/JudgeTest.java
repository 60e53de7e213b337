// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JudgeTest {

  private static final long LATE = 100_000_000;

  private static Call ok(long start, long end, Run... runs) {
    return new Call(start, end, true, List.of(runs));
  }

  private static Call failed(long start, long end, Run... runs) {
    return new Call(start, end, false, List.of(runs));
  }

  private static Verdict judge(Call... calls) {
    return Judge.judge(List.of(calls), LATE);
  }

  @Test
  void oneAfterAnotherIsFlawless() {
    assertThat(
            judge(
                ok(1, 2, new Run(0, 0, 10)),
                ok(1, 3, new Run(1, 0, 1)),
                failed(2, 3, new Run(0, 10, 5)),
                ok(4, 5, new Run(0, 10, 5))))
        .isEqualTo(Verdict.FLAWLESS);
  }

  @Test
  void anEventOfSeveralShardsInPiecesIsFlawless() {
    assertThat(judge(ok(1, 2, new Run(0, 0, 2), new Run(1, 0, 3), new Run(0, 2, 1))))
        .isEqualTo(Verdict.FLAWLESS);
  }

  @Test
  void aCallBeforeTheOneInFrontIsAcknowledgedOverlapsAndIsOutOfOrder() {
    assertThat(judge(ok(1, 9, new Run(0, 0, 1)), ok(2, 3, new Run(0, 1, 1))))
        .isEqualTo(new Verdict(0, 0, 1, 1));
  }

  @Test
  void whatAFailedCallLeavesBehindIsLostAndTheNextIsOutOfOrder() {
    assertThat(judge(failed(1, 2, new Run(0, 0, 7)), ok(3, 4, new Run(0, 7, 1))))
        .isEqualTo(new Verdict(7, 0, 1, 0));
  }

  @Test
  void whatWasPassedByJustBeforeTheEndIsNotLost() {
    assertThat(
            Judge.judge(
                List.of(
                    ok(1, 2, new Run(0, 0, 1)),
                    failed(3, 4, new Run(0, 1, 1)),
                    ok(5, LATE - 1, new Run(0, 2, 1))),
                LATE))
        .isEqualTo(new Verdict(0, 0, 1, 0));
  }

  @Test
  void whatIsCalledAgainAfterItWasAcknowledgedIsRepeated() {
    assertThat(judge(ok(1, 2, new Run(0, 0, 4)), ok(3, 4, new Run(0, 2, 4))))
        .isEqualTo(new Verdict(0, 2, 0, 0));
  }

  @Test
  void anAnswerMayCauseACallWithinTheSameMicrosecond() {
    assertThat(
            judge(
                ok(2, 2, new Run(0, 1, 1)), ok(1, 2, new Run(0, 0, 1)), ok(2, 3, new Run(0, 2, 1))))
        .isEqualTo(Verdict.FLAWLESS);
  }

  @Test
  void aCallThatIsStillOpenIsNeitherLostNorRepeated() {
    assertThat(judge(ok(1, 2, new Run(0, 0, 4)), new Call(3, 0, false, List.of(new Run(0, 4, 4)))))
        .isEqualTo(Verdict.FLAWLESS);
  }
}
