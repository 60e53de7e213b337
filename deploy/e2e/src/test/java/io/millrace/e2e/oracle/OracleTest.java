// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.e2e.oracle.Invocation.Fate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every promise broken once, by hand: each breach is found, and nothing else is. */
class OracleTest {

  /** The counts in the order of {@link #expect}. */
  private static void expect(
      Verdict verdict, long lost, long outOfOrder, long overlapping, long excess, long changed) {
    assertThat(
            List.of(
                verdict.lost(),
                verdict.outOfOrder(),
                verdict.overlapping(),
                verdict.excessRepeats(),
                verdict.changedRetries()))
        .as("lost, outOfOrder, overlapping, excessRepeats, changedRetries; %s", verdict.findings())
        .containsExactly(lost, outOfOrder, overlapping, excess, changed);
    assertThat(verdict.holds()).isEqualTo(lost + outOfOrder + overlapping + excess + changed == 0);
    assertThat(verdict.findings().isEmpty()).isEqualTo(verdict.holds());
  }

  private static Scene clean() {
    return new Scene()
        .shard("0", 6)
        .shard("1", 3)
        .ok(100, 200, "0", 0, 1)
        .ok(110, 120, "1", 0)
        .fails(130, 140, "1", 1, 2)
        .ok(240, 300, "1", 1, 2)
        .ok(200, 250, "0", 2, 3, 4)
        .ok(260, 270, "0", 5);
  }

  @Test
  void aCleanRunHolds() {
    Verdict verdict = clean().judge();
    expect(verdict, 0, 0, 0, 0, 0);
    assertThat(verdict.records()).isEqualTo(9);
    assertThat(verdict.delivered()).isEqualTo(9);
    assertThat(verdict.invocations()).isEqualTo(6);
    assertThat(verdict.repeats()).isZero();
    assertThat(verdict.bound()).isZero();
  }

  @Test
  void sequencesMayHaveGaps() {
    Scene scene = new Scene();
    scene.shards.add(
        new GroundTruth.ShardTruth(
            "7",
            List.of(),
            List.of(
                new GroundTruth.Written(3, Optional.empty()),
                new GroundTruth.Written(9, Optional.empty()))));
    expect(scene.ok(1, 2, "7", 3, 9).judge(), 0, 0, 0, 0, 0);
  }

  @Test
  void truthInDisorderIsRefused() {
    assertThatThrownBy(
            () ->
                new GroundTruth.ShardTruth(
                    "0",
                    List.of(),
                    List.of(
                        new GroundTruth.Written(2, Optional.empty()),
                        new GroundTruth.Written(2, Optional.empty()))))
        .hasMessageContaining("sequence 2 follows 2");
  }

  @Nested
  class Loss {

    @Test
    void atTheEnd() {
      expect(new Scene().shard("0", 3).ok(1, 2, "0", 0, 1).judge(), 1, 0, 0, 0, 0);
    }

    @Test
    void inTheMiddleOfAnEnvelope() {
      expect(new Scene().shard("0", 3).ok(1, 2, "0", 0, 2).judge(), 1, 0, 0, 0, 0);
    }

    @Test
    void betweenEnvelopes() {
      expect(new Scene().shard("0", 3).ok(1, 2, "0", 0).ok(3, 4, "0", 2).judge(), 1, 0, 0, 0, 0);
    }

    @Test
    void ofAWholeShard() {
      expect(new Scene().shard("0", 3).shard("1", 2).ok(1, 2, "0", 0, 1, 2).judge(), 2, 0, 0, 0, 0);
    }

    @Test
    void anAnswerThatNobodyGotIsNone() {
      expect(new Scene().shard("0", 1).cut(1, 2, "0", 0).judge(), 1, 0, 0, 0, 0);
    }

    @Test
    void goingOnAfterAFailureIsLossAndDisorder() {
      expect(new Scene().shard("0", 2).fails(1, 2, "0", 0).ok(3, 4, "0", 1).judge(), 1, 1, 0, 0, 0);
    }
  }

  @Nested
  class Disorder {

    @Test
    void twoEnvelopesSwapped() {
      // 1 comes before 0; and after 0, where 1 would be due, comes 2.
      expect(
          new Scene().shard("0", 3).ok(1, 2, "0", 1).ok(3, 4, "0", 0).ok(5, 6, "0", 2).judge(),
          0,
          2,
          0,
          0,
          0);
    }

    @Test
    void insideAnEnvelope() {
      expect(new Scene().shard("0", 3).ok(1, 2, "0", 0, 2, 1).judge(), 0, 1, 0, 0, 0);
    }

    @Test
    void aGapThatIsFilledLater() {
      assertThat(
              new Scene().shard("0", 3).ok(1, 2, "0", 0, 2).ok(3, 4, "0", 1).judge().outOfOrder())
          .isPositive();
    }

    @Test
    void aRecordTwiceInOneEnvelope() {
      expect(new Scene().shard("0", 2).ok(1, 2, "0", 0, 0, 1).judge(), 0, 1, 0, 0, 0);
    }

    @Test
    void twoShardsInOneEnvelope() {
      Scene scene = new Scene().shard("0", 1).shard("1", 1);
      scene.call(
          1,
          OptionalLong.of(2),
          Fate.ACKNOWLEDGED,
          Scene.event(List.of(new RecordId("0", 0), new RecordId("1", 0))));
      expect(scene.judge(), 0, 1, 0, 0, 0);
    }

    @Test
    void aRecordThatWasNeverWritten() {
      expect(new Scene().shard("0", 1).ok(1, 2, "0", 0).ok(3, 4, "5", 0).judge(), 0, 1, 0, 0, 0);
    }

    @Test
    void somethingThatIsNoEvent() {
      Scene scene = new Scene().shard("0", 1).ok(1, 2, "0", 0);
      expect(scene.call(3, OptionalLong.of(4), Fate.ACKNOWLEDGED, "hello").judge(), 0, 1, 0, 0, 0);
      expect(scene.call(5, OptionalLong.of(6), Fate.ACKNOWLEDGED, "{}").judge(), 0, 2, 0, 0, 0);
    }

    @Test
    void theSuccessorOfAFailedEnvelope() {
      expect(
          new Scene().shard("0", 2).fails(1, 2, "0", 0).ok(3, 4, "0", 1).ok(5, 6, "0", 0).judge(),
          0,
          1,
          0,
          0,
          0);
    }

    @Test
    void twoOwnersThatTakeTurns() {
      // Process 2 replays what the killed process 1 delivered, and 1 goes on all the same.
      assertThat(
              new Scene()
                  .shard("0", 4)
                  .ok(1, 2, "0", 0)
                  .ok(3, 4, "0", 1)
                  .kill(5, "1")
                  .by("2")
                  .ok(10, 11, "0", 0)
                  .by("1")
                  .ok(12, 13, "0", 2)
                  .by("2")
                  .ok(14, 15, "0", 1)
                  .ok(16, 17, "0", 2)
                  .ok(18, 19, "0", 3)
                  .judge()
                  .outOfOrder())
          .isPositive();
    }
  }

  @Nested
  class Lineage {

    private final Scene scene = new Scene().shard("0", 2).shard("1", 1, "0").shard("2", 1, "1");

    @Test
    void aChildAfterItsParentWasDurable() {
      expect(
          scene
              .ok(1, 2, "0", 0)
              .ok(3, 4, "0", 1)
              .checkpoint(5, 6)
              .ok(7, 8, "1", 0)
              .checkpoint(9, 10)
              .ok(11, 12, "2", 0)
              .judge(),
          0,
          0,
          0,
          0,
          0);
    }

    @Test
    void aChildBeforeItsParentsEnd() {
      expect(
          scene
              .ok(1, 2, "0", 0)
              .ok(3, 10, "0", 1)
              .ok(7, 8, "1", 0)
              .checkpoint(12, 13)
              .ok(14, 15, "2", 0)
              .judge(),
          0,
          1,
          0,
          0,
          0);
    }

    @Test
    void aChildBeforeItsParentsEndWasDurable() {
      expect(
          scene
              .ok(1, 2, "0", 0, 1)
              .checkpoint(0, 1)
              .ok(3, 4, "1", 0)
              .checkpoint(5, 6)
              .ok(7, 8, "2", 0)
              .judge(),
          0,
          1,
          0,
          0,
          0);
    }

    @Test
    void aCheckpointThatHadBegunBeforeTheParentsEndMakesNothingDurable() {
      // Begun at 3, complete at 20, and the parent's last acknowledgement is of 4.
      expect(
          scene
              .ok(1, 2, "0", 0)
              .ok(3, 4, "0", 1)
              .checkpoint(3, 20)
              .ok(21, 22, "1", 0)
              .checkpoint(25, 30)
              .ok(31, 32, "2", 0)
              .judge(),
          0,
          1,
          0,
          0,
          0);
    }

    @Test
    void aGrandchildOfAnEmptyShard() {
      expect(
          new Scene()
              .shard("0", 1)
              .shard("1", 0, "0")
              .shard("2", 1, "1")
              .ok(5, 6, "2", 0)
              .ok(7, 8, "0", 0)
              .checkpoint(9, 10)
              .judge(),
          0,
          2,
          0,
          0,
          0);
    }

    @Test
    void aParentRepeatedBehindItsChild() {
      expect(
          new Scene()
              .shard("0", 1)
              .shard("1", 1, "0")
              .ok(1, 2, "0", 0)
              .checkpoint(3, 4)
              .by("2")
              .ok(5, 6, "1", 0)
              .kill(7, "1")
              .ok(8, 9, "0", 0)
              .judge(),
          0,
          1,
          0,
          0,
          0);
    }

    @Test
    void aMergeWaitsForBoth() {
      expect(
          new Scene()
              .shard("0", 1)
              .shard("1", 1)
              .shard("2", 1, "0", "1")
              .ok(1, 2, "0", 0)
              .checkpoint(3, 4)
              .ok(5, 6, "2", 0)
              .ok(7, 8, "1", 0)
              .checkpoint(9, 10)
              .judge(),
          0,
          2,
          0,
          0,
          0);
    }

    @Test
    void aKeyAcrossASplit() {
      Optional<String> key = Optional.of("k");
      Verdict verdict =
          new Scene()
              .shard("0", 1, key)
              .shard("1", 1, key, "0")
              .ok(5, 6, "1", 0)
              .ok(10, 11, "0", 0)
              .checkpoint(12, 13)
              .judge();
      expect(verdict, 0, 2, 0, 0, 0);
    }
  }

  @Nested
  class Overlap {

    @Test
    void aSecondCallWhileTheFirstIsOpen() {
      expect(
          new Scene().shard("0", 2).ok(100, 300, "0", 0, 1).ok(200, 250, "0", 0, 1).judge(),
          0,
          0,
          1,
          0,
          0);
    }

    @Test
    void ofTwoLiveProcesses() {
      expect(
          new Scene().shard("0", 1).ok(100, 300, "0", 0).by("2").ok(200, 250, "0", 0).judge(),
          0,
          0,
          1,
          0,
          0);
    }

    @Test
    void ofAKilledProcessIsCountedApart() {
      Verdict verdict =
          new Scene()
              .shard("0", 1)
              .hangs(100, "0", 0)
              .kill(150, "1")
              .by("2")
              .ok(200, 250, "0", 0)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.overlappingUnknownFate()).isEqualTo(1);
    }

    @Test
    void ofAJobThatWasRestartedIsCountedApart() {
      Verdict verdict =
          new Scene()
              .shard("0", 1)
              .killJob(90, 190)
              .hangs(100, "0", 0)
              .ok(200, 250, "0", 0)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.overlappingUnknownFate()).isEqualTo(1);
    }

    @Test
    void theDeathOfAnotherProcessIsNoExcuse() {
      expect(
          new Scene()
              .shard("0", 1)
              .hangs(100, "0", 0)
              .kill(150, "3")
              .by("2")
              .ok(200, 250, "0", 0)
              .judge(),
          0,
          0,
          1,
          0,
          0);
    }

    @Test
    void ofACallThatRunsOnAfterItsTimeoutIsCountedApart() {
      Scene scene =
          new Scene()
              .shard("0", 1)
              .hangs(100, "0", 0)
              .ok(100 + Scene.TIMEOUT, 100 + Scene.TIMEOUT + 9, "0", 0);
      Verdict told = scene.judge();
      assertThat(told.overlapping()).isZero();
      assertThat(told.overlappingUnknownFate()).isEqualTo(1);
      assertThat(told.notWaited()).as("it was to be waited for").isEqualTo(1);
      assertThat(told.holds()).isFalse();
      assertThat(told.findings())
          .extracting(Finding::kind)
          .containsExactly(Finding.Kind.NOT_WAITED);

      Verdict free = scene.retriesAtOnce().judge();
      expect(free, 0, 0, 0, 0, 0);
      assertThat(free.overlappingUnknownFate()).isEqualTo(1);
    }

    @Test
    void ofACallThatHasRunIntoItsTimeoutIsNone() {
      Verdict verdict =
          new Scene()
              .shard("0", 1)
              .unknown(100, 100 + Scene.TIMEOUT, "0", 0)
              .ok(101 + Scene.TIMEOUT, 109 + Scene.TIMEOUT, "0", 0)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.overlappingUnknownFate()).isZero();
    }

    @Test
    void aCutCallMustBeWaitedOut() {
      expect(
          new Scene().shard("0", 1).cut(100, 110, "0", 0).ok(200, 210, "0", 0).judge(),
          0,
          0,
          1,
          0,
          0);
      Verdict waited =
          new Scene()
              .shard("0", 1)
              .cut(100, 110, "0", 0)
              .ok(100 + Scene.TIMEOUT, 100 + Scene.TIMEOUT + 9, "0", 0)
              .judge();
      expect(waited, 0, 0, 0, 0, 0);
      assertThat(waited.overlappingUnknownFate()).as("it was over").isZero();
    }
  }

  @Nested
  class Repeats {

    /** Records 0 to 5 delivered one by one by process 1, a checkpoint behind the third. */
    private final Scene scene =
        new Scene()
            .shard("0", 8)
            .ok(10, 11, "0", 0)
            .ok(20, 21, "0", 1)
            .ok(30, 31, "0", 2)
            .checkpoint(35, 36)
            .ok(40, 41, "0", 3)
            .ok(50, 51, "0", 4)
            .ok(60, 61, "0", 5);

    @Test
    void ofWhatTheCheckpointLackedAreExplained() {
      Verdict verdict =
          scene.kill(65, "1").by("2").ok(100, 101, "0", 3, 4).ok(110, 111, "0", 5, 6, 7).judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isEqualTo(3);
      assertThat(verdict.bound())
          .as("3, 4, 5, and 2 whose answer may not have been handled")
          .isEqualTo(4);
    }

    @Test
    void behindTheCheckpointAreTooMany() {
      Verdict verdict =
          scene
              .kill(65, "1")
              .by("2")
              .ok(100, 101, "0", 1, 2, 3, 4)
              .ok(110, 111, "0", 5, 6, 7)
              .judge();
      expect(verdict, 0, 0, 0, 1, 0);
      assertThat(verdict.repeats()).isEqualTo(5);
    }

    @Test
    void withoutACrashAreTooMany() {
      expect(scene.ok(100, 101, "0", 5, 6, 7).judge(), 0, 0, 0, 1, 0);
    }

    @Test
    void afterTheDeathOfAnotherProcessAreTooMany() {
      expect(scene.kill(65, "9").ok(100, 101, "0", 5, 6, 7).judge(), 0, 0, 0, 1, 0);
    }

    @Test
    void aPlannedStopExplainsNone() {
      expect(scene.checkpoint(65, 70).by("2").ok(100, 101, "0", 5, 6, 7).judge(), 0, 0, 0, 1, 0);
    }

    @Test
    void aKillBeforeTheFirstCheckpointAfterAPlannedStopGoesBackToTheStop() {
      Verdict verdict =
          scene
              .checkpoint(65, 70)
              .by("2")
              .ok(100, 101, "0", 6)
              .kill(102, "2")
              .by("3")
              .ok(200, 201, "0", 6, 7)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isEqualTo(1);
      expect(scene.by("3").ok(300, 301, "0", 4, 5, 6, 7).judge(), 0, 0, 0, 4, 0);
    }

    @Test
    void ofAProcessGivenUpAreExplainedWhoeverRepeatsThem() {
      for (String next : List.of("1", "2")) {
        Verdict verdict =
            new Scene()
                .shard("0", 8)
                .ok(10, 11, "0", 0, 1, 2)
                .checkpoint(35, 36)
                .ok(40, 41, "0", 3, 4, 5)
                .giveUp(65, 90, "1")
                .by(next)
                .ok(100, 101, "0", 3, 4, 5)
                .ok(110, 111, "0", 6, 7)
                .judge();
        expect(verdict, 0, 0, 0, 0, 0);
        assertThat(verdict.repeats()).isEqualTo(3);
      }
    }

    @Test
    void ofAProcessGivenUpAreExplainedOnce() {
      expect(
          scene
              .giveUp(65, 90, "1")
              .ok(100, 101, "0", 3, 4, 5)
              .ok(110, 111, "0", 3, 4, 5)
              .ok(120, 121, "0", 6, 7)
              .judge(),
          0,
          0,
          0,
          3,
          0);
    }

    @Test
    void longAfterAProcessWasGivenUpAreTooMany() {
      expect(
          scene.giveUp(65, 90, "1").ok(100, 101, "0", 6).ok(110, 111, "0", 4, 5, 6, 7).judge(),
          0,
          0,
          0,
          3,
          0);
    }

    @Test
    void oneCrashExplainsOneReplay() {
      expect(
          scene
              .kill(65, "1")
              .by("2")
              .ok(100, 101, "0", 3, 4, 5)
              .ok(110, 111, "0", 3, 4, 5)
              .ok(120, 121, "0", 6, 7)
              .judge(),
          0,
          0,
          0,
          3,
          0);
    }

    @Test
    void aCrashThatCostNothingExplainsNothingLater() {
      expect(
          scene
              .kill(65, "1")
              .by("2")
              .ok(100, 101, "0", 6)
              .ok(110, 111, "0", 5, 6)
              .ok(120, 121, "0", 7)
              .judge(),
          0,
          0,
          0,
          2,
          0);
    }

    @Test
    void ofAReplayThatIsKilledAreExplainedByBoth() {
      // The second checkpoint is of the replay, which stood at 4 when it was triggered.
      Verdict verdict =
          scene
              .kill(65, "1")
              .by("2")
              .ok(100, 101, "0", 3)
              .checkpoint(102, 103)
              .kill(105, "2")
              .by("3")
              .ok(200, 201, "0", 4, 5, 6, 7)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isEqualTo(3);
    }

    @Test
    void theDeathOfTheJobManagerConcernsAllProcesses() {
      Verdict verdict =
          scene.killJob(55, 90).ok(100, 101, "0", 3, 4, 5).ok(110, 111, "0", 6, 7).judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isEqualTo(3);
    }

    @Test
    void ofACallThatWasAnsweredWhenItHadBeenGivenUpAreNone() {
      long late = Scene.TIMEOUT + 200;
      Verdict verdict =
          new Scene()
              .shard("0", 1)
              .ok(100, 100 + late, "0", 0)
              .ok(200 + late, 201 + late, "0", 0)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isZero();
    }

    @Test
    void ofACutCallAreNone() {
      Verdict verdict =
          new Scene()
              .shard("0", 1)
              .cut(100, 110, "0", 0)
              .ok(100 + Scene.TIMEOUT, 101 + Scene.TIMEOUT, "0", 0)
              .judge();
      expect(verdict, 0, 0, 0, 0, 0);
      assertThat(verdict.repeats()).isZero();
    }
  }

  @Nested
  class Retries {

    @Test
    void withOtherRecordsAreChanged() {
      expect(
          new Scene().shard("0", 3).fails(1, 2, "0", 0, 1).ok(3, 4, "0", 0, 1, 2).judge(),
          0,
          0,
          0,
          0,
          1);
    }

    @Test
    void afterAPlannedStopAreTheSame() {
      expect(
          new Scene()
              .shard("0", 3)
              .fails(1, 2, "0", 0, 1)
              .checkpoint(2, 3)
              .by("2")
              .ok(4, 5, "0", 0, 1, 2)
              .judge(),
          0,
          0,
          0,
          0,
          1);
    }

    @Test
    void afterACrashMayDiffer() {
      expect(
          new Scene()
              .shard("0", 3)
              .fails(1, 2, "0", 0, 1)
              .kill(3, "1")
              .by("2")
              .ok(4, 5, "0", 0, 1, 2)
              .judge(),
          0,
          0,
          0,
          0,
          0);
    }
  }

  @Nested
  class Convergence {

    private final Optional<String> key = Optional.of("k");

    private long notConverged(Scene scene) {
      return scene.judge().notConverged();
    }

    @Test
    void theLastInvocationOfAKeyMustCarryItsLastRecord() {
      Scene scene = new Scene().shard("0", 3, key).ok(10, 20, "0", 0, 1).ok(30, 40, "0", 2);
      assertThat(notConverged(scene)).isZero();
      assertThat(scene.judge().holds()).isTrue();
      scene.ok(50, 60, "0", 1);
      assertThat(notConverged(scene)).isOne();
      assertThat(scene.judge().holds()).isFalse();
      // Whatever went wrong on the way, a function that keeps the latest is right again.
      scene.ok(70, 80, "0", 1, 2);
      assertThat(notConverged(scene)).isZero();
    }

    @Test
    void aChildHasTheLastRecordOfItsParentsKeys() {
      Scene scene =
          new Scene()
              .shard("0", 2, key)
              .shard("1", 1, key, "0")
              .shard("2", 1, key, "1")
              .ok(10, 20, "0", 0, 1)
              .ok(30, 40, "1", 0)
              .ok(50, 60, "2", 0);
      assertThat(notConverged(scene)).isZero();
      scene.ok(70, 80, "0", 1);
      assertThat(notConverged(scene)).isOne();
    }

    @Test
    void shardsThatDoNotContinueEachOtherEachHaveALastRecord() {
      Scene scene =
          new Scene()
              .shard("0", 2, key)
              .shard("1", 1, key)
              .ok(10, 20, "1", 0)
              .ok(30, 40, "0", 0, 1);
      assertThat(notConverged(scene)).isZero();
      scene.ok(50, 60, "0", 0);
      assertThat(notConverged(scene)).isOne();
    }

    @Test
    void aRecordThatWasLostIsAFindingOfItsOwn() {
      Scene scene = new Scene().shard("0", 2, key).ok(10, 20, "0", 0);
      assertThat(scene.judge().lost()).isOne();
      assertThat(notConverged(scene)).isZero();
    }
  }
}
