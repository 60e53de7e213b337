// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that says of itself what the journal says agrees with it; each wrong word is found. */
class MetricsRuleTest {

  private static final long DEPLOYED = 1_000;

  /** Shard 0 before and after the attempt began, with a failure; shard 1 of another subtask. */
  private final Scene scene =
      new Scene()
          .shard("0", 6)
          .shard("1", 1)
          .by("old")
          .ok(100, 200, "0", 0, 1)
          .by("new")
          .fails(1_100, 1_200, "0", 2, 3)
          .ok(1_300, 1_400, "0", 2, 3)
          .ok(1_500, 1_600, "0", 4, 5)
          .by("other")
          .ok(1_510, 1_520, "1", 0);

  private final Map<String, Long> values =
      new TreeMap<>(
          Map.of(
              "invocations", 3L,
              "invocationsAcknowledged", 2L,
              "invocationsFailed", 1L,
              "recordsDelivered", 4L,
              "numRecordsSend", 6L,
              "numRecordsSendErrors", 2L));

  private final Map<String, Long> ofShard =
      new HashMap<>(
          Map.of("position", 5L, "lagRecords", 0L, "lagMillis", 0L, "attempts", 0L, "state", 1L));

  private String process = "new";

  MetricsRuleTest() {
    for (String name :
        List.of(
            "invocationsThrottled",
            "invocationsUnknownFate",
            "invocationsNotSent",
            "targetFaults",
            "lagRecords",
            "lagMillis",
            "pendingRecords",
            "recordsLost",
            "shardsSuspended",
            "shardsRetrying",
            "shardsBlocked",
            "functionBlocked",
            "shardsHeldBack")) {
      values.put(name, 0L);
    }
  }

  private List<String> findings() {
    TaskReading first =
        new TaskReading(0, process, DEPLOYED, Set.of("0"), values, Map.of("0", ofShard));
    Map<String, Long> others = new TreeMap<>();
    values.keySet().forEach(name -> others.put(name, 0L));
    others.putAll(
        Map.of(
            "invocations", 1L,
            "invocationsAcknowledged", 1L,
            "recordsDelivered", 1L,
            "numRecordsSend", 1L));
    TaskReading second =
        new TaskReading(
            1,
            "other",
            DEPLOYED,
            Set.of("1"),
            others,
            Map.of(
                "1",
                Map.of(
                    "position",
                    0L,
                    "lagRecords",
                    0L,
                    "lagMillis",
                    0L,
                    "attempts",
                    0L,
                    "state",
                    0L)));
    Evidence evidence = scene.evidence();
    return MetricsRule.judge(
            evidence.truth(),
            evidence.invocations(),
            List.of(first, second),
            evidence.terms(),
            EventReader.dataHub())
        .stream()
        .map(Finding::toString)
        .toList();
  }

  @Test
  void countsSinceTheAttemptBeganAgree() {
    assertThat(findings()).isEmpty();
  }

  @Test
  void everyWrongMetricIsNamed() {
    for (String name : List.copyOf(values.keySet())) {
      for (long wrong : List.of(1L, -1L)) {
        long right = values.get(name);
        values.put(name, right + wrong);
        assertThat(findings()).as("%s off by %d", name, wrong).isNotEmpty();
        assertThat(findings().toString()).contains(name);
        values.put(name, right);
      }
    }
  }

  @Test
  void aMetricThatIsNotThereIsADisagreement() {
    for (String name : List.copyOf(values.keySet())) {
      long value = values.remove(name);
      assertThat(findings())
          .contains("METRIC_DISAGREES shard of subtask 0: " + name + " is not there");
      values.put(name, value);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"position", "lagRecords", "lagMillis", "attempts", "state"})
  void everyWrongMetricOfAShardIsNamed(String name) {
    ofShard.merge(name, 1L, Long::sum);
    assertThat(findings()).hasSize(1).first().asString().contains("shard 0: " + name + " is");
  }

  @Test
  void callsOfAnotherProcessAreNotThisAttempts() {
    process = "somebody";
    assertThat(findings())
        .anyMatch(each -> each.contains("invocationsAcknowledged is 2, and by the journal"));
  }

  @Test
  void aCallThatFoundNobodyIsInNoJournal() {
    values.put("targetFaults", 1L);
    values.put("invocations", 4L);
    values.put("numRecordsSend", 8L);
    values.put("numRecordsSendErrors", 4L);
    assertThat(findings()).isEmpty();
    values.put("numRecordsSend", 5L);
    values.put("numRecordsSendErrors", 1L);
    assertThat(findings())
        .containsExactly(
            "METRIC_DISAGREES shard of subtask 0: numRecordsSend is 5, and by the journal and the"
                + " stream 6 or more");
  }

  @Test
  void anAnswerThatCameTooLateMayHaveBeenReadByNobody() {
    scene.by("new").ok(2_000, 2_000 + Scene.TIMEOUT, "0", 5);
    values.put("invocations", 4L);
    values.put("invocationsUnknownFate", 1L);
    values.put("numRecordsSend", 7L);
    values.put("numRecordsSendErrors", 3L);
    assertThat(findings()).isEmpty();
  }

  @Test
  void aShardThatNobodyHasIsADisagreement() {
    scene.shard("2", 1).by("new").ok(3_000, 3_100, "2", 0);
    assertThat(findings()).hasSize(1).first().asString().contains("no task says that it has");
  }

  @Test
  void aDisagreementIsInTheVerdict() {
    Evidence evidence = scene.evidence();
    values.put("invocations", 7L);
    Verdict verdict =
        Oracle.judge(
            new Evidence(
                evidence.truth(),
                evidence.invocations(),
                evidence.crashes(),
                evidence.checkpoints(),
                evidence.terms(),
                evidence.ledger(),
                evidence.moves(),
                new ArrayList<>(
                    List.of(
                        new TaskReading(
                            0, "new", DEPLOYED, Set.of("0", "1"), values, Map.of("0", ofShard))))),
            EventReader.dataHub());
    assertThat(verdict.metricsAgainstJournal()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }
}
