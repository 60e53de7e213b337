// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Finding.Kind;
import io.millrace.e2e.oracle.Ledger.Mode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a ledger, frozen processes, old savepoints and moves change: what holds, what is found. */
class OracleLedgerTest {

  private static Verdict holds(Scene scene) {
    Verdict verdict = scene.judge();
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.holds()).isTrue();
    return verdict;
  }

  private static Verdict finds(Scene scene, Kind... kinds) {
    Verdict verdict = scene.judge();
    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.findings()).extracting(Finding::kind).containsOnly(kinds);
    return verdict;
  }

  /** Records 0 to 5 delivered one by one by process 1, a checkpoint behind the third. */
  private static Scene sixOfEight() {
    return new Scene()
        .shard("0", 8)
        .ok(10, 11, "0", 0)
        .ok(20, 21, "0", 1)
        .ok(30, 31, "0", 2)
        .checkpoint(35, 36)
        .ok(40, 41, "0", 3)
        .ok(50, 51, "0", 4)
        .ok(60, 61, "0", 5);
  }

  @Nested
  class WithALedger {

    @Test
    void onlyWhatItLacksMayBeRepeated() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .ledger(Mode.PIPELINED)
                  .written(52, "0", 3)
                  .kill(65, "1")
                  .by("2")
                  .ok(100, 101, "0", 4, 5, 6, 7));
      assertThat(verdict.repeats()).isEqualTo(2);
      assertThat(verdict.bound()).isEqualTo(2);
    }

    @Test
    void whatItHasMayNot() {
      Verdict verdict =
          finds(
              sixOfEight()
                  .ledger(Mode.PIPELINED)
                  .written(52, "0", 4)
                  .kill(65, "1")
                  .by("2")
                  .ok(100, 101, "0", 3, 4, 5, 6, 7),
              Kind.EXCESS_REPEAT);
      assertThat(verdict.excessRepeats()).isEqualTo(2);
      assertThat(verdict.bound()).isEqualTo(1);
    }

    @Test
    void whatItAcceptsAfterTheCrashIsNotCounted() {
      holds(
          sixOfEight()
              .ledger(Mode.PIPELINED)
              .written(52, "0", 4)
              .written(66, "0", 5)
              .kill(65, "1")
              .by("2")
              .ok(100, 101, "0", 5, 6, 7));
    }

    @Test
    void aCheckpointFurtherAheadCountsToo() {
      // The store has been failing since 0 was written.
      Verdict verdict =
          finds(
              sixOfEight()
                  .ledger(Mode.PIPELINED)
                  .written(12, "0", 0)
                  .kill(65, "1")
                  .by("2")
                  .ok(100, 101, "0", 1, 2, 3, 4, 5, 6, 7),
              Kind.EXCESS_REPEAT);
      assertThat(verdict.excessRepeats()).isEqualTo(1);
    }

    @Test
    void theEnvelopeUnderWayMayCome() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .ledger(Mode.STRICT)
                  .written(62, "0", 5)
                  .ok(70, 90, "0", 6, 7)
                  .kill(75, "1")
                  .by("2")
                  .ok(100, 101, "0", 6, 7));
      assertThat(verdict.repeats()).isEqualTo(2);
      assertThat(verdict.bound()).as("its answer came after the crash").isEqualTo(2);
    }

    @Test
    void strictExplainsOneEnvelopeForEachCrash() {
      Scene one = sixOfEight().ledger(Mode.STRICT).written(52, "0", 4).kill(65, "1").by("2");
      assertThat(holds(one.ok(100, 101, "0", 5, 6, 7)).repeats()).isEqualTo(1);

      Scene two = sixOfEight().ledger(Mode.STRICT).written(42, "0", 3).kill(65, "1").by("2");
      Verdict verdict = finds(two.ok(100, 101, "0", 4, 5, 6, 7), Kind.EXCESS_REPEAT);
      assertThat(verdict.excessRepeats()).isEqualTo(2);
      assertThat(verdict.findings().get(0).text()).contains("2 envelopes");
    }

    @Test
    void theBoundIsWhatTheLedgerLacked() {
      Scene scene = sixOfEight().ledger(Mode.PIPELINED).written(62, "0", 5).kill(65, "1");
      assertThat(holds(scene.by("2").ok(100, 101, "0", 6, 7)).bound()).isZero();
    }
  }

  @Nested
  class AFrozenProcess {

    private final Scene scene =
        sixOfEight().freeze(65, "1", 200).by("2").ok(100, 101, "0", 3, 4, 5, 6);

    @Test
    void losesItsShards() {
      assertThat(holds(scene.ok(210, 211, "0", 7)).repeats()).isEqualTo(3);
    }

    @Test
    void leavesACallBehindWhoseFateIsUnknown() {
      Verdict verdict =
          holds(
              new Scene()
                  .shard("0", 2)
                  .hangs(10, "0", 0)
                  .freeze(20, "1", 200)
                  .by("2")
                  .ok(100, 101, "0", 0, 1));
      assertThat(verdict.overlappingUnknownFate()).isEqualTo(1);
    }

    @Test
    void mustNotCallWhenItGoesOn() {
      Verdict verdict =
          finds(
              scene.ok(210, 211, "0", 7).by("1").ok(220, 221, "0", 7),
              Kind.OUT_OF_ORDER,
              Kind.EXCESS_REPEAT);
      assertThat(verdict.outOfOrder()).isEqualTo(1);
    }

    @Test
    void isNoExcuseForACallOfItsOwnThatOverlaps() {
      finds(
          scene.ok(210, 300, "0", 7).by("1").fails(220, 221, "0", 7),
          Kind.OUT_OF_ORDER,
          Kind.OVERLAPPING);
    }
  }

  @Nested
  class AnOldSavepoint {

    @Test
    void repeatsWhatWasDeliveredSince() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .checkpoint(65, 70)
                  .restart(70, 90, 35, false)
                  .by("2")
                  .ok(100, 101, "0", 3, 4, 5)
                  .ok(110, 111, "0", 6, 7));
      assertThat(verdict.repeats()).isEqualTo(3);
      assertThat(verdict.bound()).isEqualTo(4);
    }

    @Test
    void repeatsNothingBeforeIt() {
      finds(
          sixOfEight()
              .checkpoint(65, 70)
              .restart(70, 90, 35, false)
              .by("2")
              .ok(100, 101, "0", 1, 2, 3, 4, 5, 6, 7),
          Kind.EXCESS_REPEAT);
    }

    @Test
    void repeatsNothingWithALedger() {
      Scene scene =
          sixOfEight()
              .ledger(Mode.PIPELINED)
              .written(62, "0", 5)
              .checkpoint(65, 70)
              .restart(70, 90, 35, false)
              .by("2");
      assertThat(holds(scene.ok(100, 101, "0", 6, 7)).bound()).isZero();
      finds(scene.ok(110, 111, "0", 5, 6, 7), Kind.EXCESS_REPEAT);
    }

    @Test
    void isBelievedWhereTheUserRewinds() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .ledger(Mode.STRICT)
                  .written(62, "0", 5)
                  .checkpoint(65, 70)
                  .restart(70, 90, 35, true)
                  .by("2")
                  .ok(100, 101, "0", 3, 4)
                  .ok(110, 111, "0", 5, 6, 7));
      assertThat(verdict.repeats()).isEqualTo(3);
    }

    @Test
    void isNoExcuseForAnOverlap() {
      finds(
          sixOfEight()
              .hangs(66, "0", 6)
              .restart(70, 90, 35, false)
              .ok(100, 101, "0", 3, 4, 5, 6, 7),
          Kind.OVERLAPPING);
    }
  }

  @Nested
  class AMove {

    @Test
    void forwardLosesNothing() {
      Verdict verdict =
          holds(
              new Scene()
                  .shard("0", 8)
                  .ok(10, 11, "0", 0, 1)
                  .move("0", 6, 12, 30)
                  .ok(20, 21, "0", 6, 7));
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.leftOut()).isEqualTo(4);
    }

    @Test
    void forwardLeavesOutWhatFailed() {
      holds(
          new Scene()
              .shard("0", 8)
              .fails(10, 11, "0", 0, 1)
              .move("0", 6, 12, 30)
              .ok(20, 21, "0", 6, 7));
    }

    @Test
    void backwardRepeatsNothing() {
      Verdict verdict =
          holds(
              sixOfEight().move("0", 2, 62, 80).ok(70, 71, "0", 2, 3, 4).ok(81, 82, "0", 5, 6, 7));
      assertThat(verdict.repeats()).isZero();
      assertThat(verdict.bound()).isZero();
    }

    @Test
    void goesToItsTargetExactly() {
      finds(sixOfEight().move("0", 2, 62, 80).ok(70, 71, "0", 3, 4, 5, 6, 7), Kind.EXCESS_REPEAT);
      finds(
          new Scene()
              .shard("0", 8)
              .ok(10, 11, "0", 0, 1)
              .move("0", 5, 12, 30)
              .ok(20, 21, "0", 6, 7),
          Kind.LOST);
    }

    @Test
    void isMadeOnce() {
      finds(
          sixOfEight().move("0", 4, 62, 90).ok(70, 71, "0", 4, 5, 6, 7).ok(80, 81, "0", 4, 5, 6, 7),
          Kind.EXCESS_REPEAT);
    }

    @Test
    void isNotMadeBeforeItIsAskedFor() {
      finds(sixOfEight().move("0", 4, 80, 90).ok(70, 71, "0", 4, 5, 6, 7), Kind.EXCESS_REPEAT);
    }

    @Test
    void isNotMadeWhenTheShardHasGoneOnSinceItWasDurable() {
      finds(
          sixOfEight().move("0", 4, 62, 64).ok(70, 71, "0", 6).ok(80, 81, "0", 4, 5, 6, 7),
          Kind.EXCESS_REPEAT);
    }

    @Test
    void ofAnotherShardExplainsNothing() {
      finds(
          sixOfEight().shard("1", 0).move("1", 4, 62, 90).ok(70, 71, "0", 4, 5, 6, 7),
          Kind.EXCESS_REPEAT);
    }

    @Test
    void thatACrashUndoesIsMadeAgain() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .move("0", 1, 62, 200)
                  .ok(70, 71, "0", 1)
                  .kill(75, "1")
                  .by("2")
                  .ok(100, 101, "0", 5, 6)
                  .ok(110, 111, "0", 1, 2, 3, 4)
                  .ok(120, 121, "0", 5, 6, 7));
      assertThat(verdict.repeats()).as("5, after the crash").isEqualTo(1);
    }

    @Test
    void thatACrashUndoesIsNotMadeThrice() {
      finds(
          sixOfEight()
              .move("0", 1, 62, 200)
              .ok(70, 71, "0", 1)
              .kill(75, "1")
              .by("2")
              .ok(100, 101, "0", 5, 6)
              .ok(110, 111, "0", 1, 2, 3, 4)
              .ok(120, 121, "0", 1, 2, 3, 4)
              .ok(130, 131, "0", 5, 6, 7),
          Kind.EXCESS_REPEAT);
    }

    @Test
    void thatIsDurableIsNotUndone() {
      Scene scene = sixOfEight().move("0", 1, 62, 74).ok(70, 71, "0", 1).kill(75, "1").by("2");
      finds(scene.ok(100, 101, "0", 6, 7), Kind.OUT_OF_ORDER);
    }

    @Test
    void thatACheckpointKnowsIsWhereACrashGoesBackTo() {
      holds(
          sixOfEight()
              .move("0", 1, 62, 66)
              .checkpoint(64, 66)
              .ok(70, 71, "0", 1)
              .kill(75, "1")
              .by("2")
              .ok(100, 101, "0", 1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void forwardMayBeFollowedByOneBack() {
      Verdict verdict =
          holds(
              new Scene()
                  .shard("0", 8)
                  .ok(10, 11, "0", 0, 1)
                  .move("0", 6, 12, 30)
                  .ok(20, 21, "0", 6, 7)
                  .move("0", 3, 40, 60)
                  .ok(50, 51, "0", 3, 4, 5)
                  .ok(61, 62, "0", 6, 7));
      assertThat(verdict.leftOut()).as("2").isEqualTo(1);
    }

    @Test
    void makesVoidWhatTheLedgerHadOfTheOldPlace() {
      Verdict verdict =
          holds(
              sixOfEight()
                  .ledger(Mode.PIPELINED)
                  .written(62, "0", 5)
                  .move("0", 1, 63, 68)
                  .checkpoint(66, 67)
                  .ok(70, 71, "0", 1, 2)
                  .kill(75, "1")
                  .by("2")
                  .ok(100, 101, "0", 1, 2, 3, 4, 5, 6, 7));
      assertThat(verdict.repeats()).isEqualTo(2);
    }

    @Test
    void changesWhatWasSealed() {
      Scene scene = new Scene().shard("0", 4).fails(10, 11, "0", 0, 1);
      holds(scene.move("0", 0, 12, 30).ok(20, 21, "0", 0, 1, 2, 3));
    }
  }
}
