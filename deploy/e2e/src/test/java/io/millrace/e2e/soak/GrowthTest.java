// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import static io.millrace.e2e.soak.Subject.JOBMANAGER;
import static io.millrace.e2e.soak.Subject.TASKMANAGER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** An hour of samples, with and without growth. */
class GrowthTest {

  private static final double HOUR = 60;
  private static final double MB = 1e6;

  private final List<Sample> samples = new ArrayList<>();
  private final Random random = new Random(1);

  /** One that lives from one minute to another, with some noise. */
  private void sampled(
      Subject subject,
      String name,
      double from,
      double to,
      Quantity what,
      DoubleUnaryOperator value) {
    for (double at = from; at < to; at += 1 / 6.0) {
      double noise = 1 + 0.02 * random.nextGaussian();
      samples.add(
          new Sample(subject, name, what, at, at - from, value.applyAsDouble(at - from) * noise));
    }
  }

  /** Whatever there are no samples of yet stays the same. */
  private Growth judge() {
    List<Sample> given = List.copyOf(samples);
    for (Subject subject : Subject.values()) {
      for (Quantity quantity : Quantity.values()) {
        if (quantity.isOf(subject)
            && given.stream()
                .noneMatch(each -> each.subject() == subject && each.quantity() == quantity)) {
          sampled(subject, subject.title(), 0, HOUR, quantity, age -> 50 * MB);
        }
      }
    }
    return Growth.judge(samples, HOUR);
  }

  private static List<Growth.Row> rows(Growth growth, Subject subject, Quantity quantity) {
    return growth.rows().stream()
        .filter(row -> row.subject() == subject && row.quantity() == quantity)
        .toList();
  }

  @Test
  void whatStaysTheSameHasNotGrown() {
    sampled(TASKMANAGER, "taskmanager-0", 0, HOUR, Quantity.HEAP, age -> 80 * MB);
    Growth growth = judge();
    assertThat(rows(growth, TASKMANAGER, Quantity.HEAP))
        .singleElement()
        .matches(Growth.Row::judged);
    assertThat(growth.holds()).isTrue();
  }

  /** A fault in progress, or a collection that came late: three samples of ten are far off. */
  @Test
  void whatSwingsWithoutGrowingHasNotGrown() {
    sampled(
        TASKMANAGER,
        "taskmanager-0",
        0,
        HOUR,
        Quantity.HEAP,
        age -> (random.nextInt(10) < 3 ? 80 + 80 * random.nextDouble() : 80) * MB);
    assertThat(judge().holds()).isTrue();
  }

  @Test
  void whatSwingsAndGrowsHasGrown() {
    sampled(
        TASKMANAGER,
        "taskmanager-0",
        0,
        HOUR,
        Quantity.HEAP,
        age -> (random.nextInt(10) < 3 ? 160 : 80) * MB * (1 + age / HOUR / 3));
    assertThat(judge().grown()).isEqualTo(1);
  }

  @Test
  void aSlowLeakIsFound() {
    sampled(TASKMANAGER, "taskmanager-0", 0, HOUR, Quantity.HEAP, age -> (80 + age / 5) * MB);
    Growth growth = judge();
    assertThat(growth.grown()).isEqualTo(1);
    assertThat(growth.holds()).isFalse();
    assertThat(SoakReport.markdown(growth)).contains("| taskmanager-0 |").contains("**grown**");
  }

  @Test
  void growthBeforeTheRunHasSettledIsWarmingUp() {
    sampled(
        TASKMANAGER,
        "taskmanager-0",
        0,
        HOUR,
        Quantity.HEAP,
        age -> (40 + 40 * Math.min(1, age / 9)) * MB);
    assertThat(judge().holds()).isTrue();
  }

  @Test
  void oneMoreConnectionIsNoGrowthAndTenAre() {
    sampled(JOBMANAGER, "jobmanager-0", 0, HOUR, Quantity.SOCKETS, age -> 20 + age / HOUR);
    assertThat(judge().holds()).isTrue();
    samples.clear();
    sampled(JOBMANAGER, "jobmanager-0", 0, HOUR, Quantity.SOCKETS, age -> 20 + age / 5);
    assertThat(judge().grown()).isEqualTo(1);
  }

  @Test
  void replacedProcessesAreComparedAtTheSameAge() {
    // Each warms up for four minutes and is killed after six.
    for (int i = 0; i < 10; i++) {
      sampled(
          TASKMANAGER,
          "taskmanager-" + i,
          6 * i,
          6 * i + 6,
          Quantity.HEAP,
          age -> (40 + 10 * Math.min(4, age)) * MB);
    }
    Growth growth = judge();
    assertThat(rows(growth, TASKMANAGER, Quantity.HEAP))
        .singleElement()
        .extracting(Growth.Row::of)
        .asString()
        .contains("at an age of 2.0 to 10.0 min");
    assertThat(growth.holds()).isTrue();
  }

  @Test
  void whatEachReplacementBeginsWithMustNotGrow() {
    for (int i = 0; i < 10; i++) {
      double heap = 60 + i;
      sampled(TASKMANAGER, "taskmanager-" + i, 6 * i, 6 * i + 6, Quantity.HEAP, age -> heap * MB);
    }
    assertThat(judge().grown()).isEqualTo(1);
  }

  @Test
  void aSurvivorIsComparedWithItselfAndTheOthersWithEachOther() {
    sampled(TASKMANAGER, "taskmanager-0", 0, HOUR, Quantity.THREADS, age -> 70);
    sampled(TASKMANAGER, "taskmanager-1", 0, 30, Quantity.THREADS, age -> 70);
    sampled(TASKMANAGER, "taskmanager-2", 30, HOUR, Quantity.THREADS, age -> 70);
    assertThat(rows(judge(), TASKMANAGER, Quantity.THREADS))
        .extracting(Growth.Row::of)
        .containsExactly("taskmanager-0", "each taskmanager at an age of 2.0 to 10.0 min");
  }

  @Test
  void whatFlinkLeavesBehindIsToldAndNotLimited() {
    sampled(Subject.JOB, "job", 0, HOUR, Quantity.CHECKPOINT_FILES, age -> (1 + age) * MB);
    Growth growth = judge();
    assertThat(growth.holds()).isTrue();
    assertThat(SoakReport.markdown(growth)).contains("%, not limited |");
  }

  @Test
  void whatCannotBeComparedDoesNotHold() {
    sampled(JOBMANAGER, "jobmanager-0", 0, 20, Quantity.HEAP, age -> 50 * MB);
    Growth growth = judge();
    assertThat(growth.grown()).isZero();
    assertThat(growth.unjudged()).containsExactly("heap after a full collection of the jobmanager");
    assertThat(growth.holds()).isFalse();
  }

  @Test
  void whatCouldNeverBeReadDoesNotHold() {
    Growth growth = Growth.judge(List.of(), HOUR);
    assertThat(growth.unjudged())
        .contains("metaspace of the taskmanager", "files of checkpoints of the job")
        .doesNotContain("files of RocksDB of the jobmanager");
    assertThat(growth.holds()).isFalse();
  }

  @Test
  void programsAreToldTheSame() {
    sampled(Subject.JOB, "job", 0, HOUR, Quantity.CHECKPOINT, age -> (1 + age / 10) * MB);
    ObjectNode json = new ObjectMapper().createObjectNode();
    Growth growth = judge();
    Growth.Row checkpoint = rows(growth, Subject.JOB, Quantity.CHECKPOINT).get(0);
    SoakReport.write(growth, json);
    assertThat(json.get("grown").asInt()).isEqualTo(1);
    JsonNode row = json.at("/quantities").get(growth.rows().indexOf(checkpoint));
    assertThat(row.path("of").asText()).isEqualTo("job");
    assertThat(row.path("quantity").asText()).isEqualTo("checkpoint");
    assertThat(row.path("growthPercent").asDouble()).isGreaterThan(100);
  }

  @Test
  void theCourseIsDrawnFromNothingToTheMost() {
    assertThat(SoakReport.bars(List.of(0.0, 50.0, 100.0))).isEqualTo("▁▅█");
    assertThat(SoakReport.bars(List.of(0.0))).isEqualTo("▁");
  }
}
