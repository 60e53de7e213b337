// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoversTest {

  private static final Map<String, String> PROCESSES =
      Map.of("taskmanager-0", "4711", "taskmanager-1", "4712");
  private static final FlinkRest.Job RUNS = new FlinkRest.Job("RUNNING", 2, true, 1);
  private static final FlinkRest.Job RESTARTS = new FlinkRest.Job("RUNNING", 2, false, 1);

  private static FlinkRest.Failure lost(long at, String taskManager) {
    return new FlinkRest.Failure(
        at,
        Optional.of(taskManager),
        "java.util.concurrent.TimeoutException\nHeartbeat of TaskManager with id %s timed out."
            .formatted(taskManager));
  }

  @Test
  void theTasksOfOneTaskManagerBeginAnewTogether() {
    Failovers failovers = new Failovers(false);
    failovers.observe(5_000, 0, List.of(), RUNS, PROCESSES);
    List<FlinkRest.Failure> failures =
        List.of(lost(10, "taskmanager-0"), lost(11, "taskmanager-0"), lost(12, "taskmanager-1"));
    failovers.observe(15_000, 0, failures, RESTARTS, PROCESSES);
    failovers.observe(20_000, 0, failures, RUNS, PROCESSES);
    failovers.observe(25_000, 0, failures, RUNS, PROCESSES);
    assertThat(failovers.list(30_000))
        .extracting(Failover::at, Failover::over, Failover::process)
        .containsExactly(
            tuple(10_000L, 20_000L, Optional.of("4711")),
            tuple(12_000L, 20_000L, Optional.of("4712")));
  }

  /** A TaskManager that stood still has lost its session, and fails its tasks by itself. */
  @Test
  void aTaskManagerThatZooKeeperHasMissedIsLost() {
    Failovers failovers = new Failovers(false);
    FlinkRest.Failure failure =
        new FlinkRest.Failure(
            10,
            Optional.of("taskmanager-0"),
            "org.apache.flink.util.FlinkException: ResourceManager leader changed to new address"
                + " null");
    failovers.observe(15_000, 0, List.of(failure), RESTARTS, PROCESSES);
    failovers.observe(20_000, 0, List.of(failure), RUNS, PROCESSES);
    assertThat(failovers.list(30_000))
        .extracting(Failover::at, Failover::over, Failover::process)
        .containsExactly(tuple(10_000L, 20_000L, Optional.of("4711")));
  }

  @Test
  void aTaskManagerIsLostTwice() {
    Failovers failovers = new Failovers(false);
    failovers.observe(15_000, 0, List.of(lost(10, "taskmanager-0")), RUNS, PROCESSES);
    failovers.observe(
        35_000,
        0,
        List.of(lost(30, "taskmanager-0"), lost(10, "taskmanager-0")),
        RESTARTS,
        PROCESSES);
    assertThat(failovers.list(40_000))
        .extracting(Failover::at, Failover::over)
        .containsExactly(tuple(10_000L, 15_000L), tuple(30_000L, 40_000L));
  }

  @Test
  void whoWasLostIsKnownWhenItIsGone() {
    Failovers failovers = new Failovers(false);
    failovers.observe(5_000, 0, List.of(), RUNS, PROCESSES);
    failovers.observe(15_000, 0, List.of(lost(10, "taskmanager-0")), RESTARTS, Map.of());
    assertThat(failovers.list(20_000))
        .extracting(Failover::process)
        .containsExactly(Optional.of("4711"));
  }

  @Test
  void aSchedulerThatRestartsAllLosesNoProcessAlone() {
    Failovers failovers = new Failovers(true);
    failovers.observe(
        15_000,
        0,
        List.of(lost(10, "taskmanager-0"), lost(10, "taskmanager-1")),
        RESTARTS,
        PROCESSES);
    failovers.observe(20_000, 0, List.of(), RUNS, PROCESSES);
    assertThat(failovers.list(20_000))
        .extracting(Failover::process)
        .containsExactly(Optional.empty());
  }

  @Test
  void aNewLeaderBeginsTheJobAnewAndAnotherJobIsNone() {
    Failovers failovers = new Failovers(false);
    failovers.observe(5_000, 100, List.of(), RUNS, PROCESSES);
    failovers.observe(
        7_000, 100, List.of(), new FlinkRest.Job("INITIALIZING", 0, false, 8), PROCESSES);
    FlinkRest.Job anew = new FlinkRest.Job("RUNNING", 2, false, 8);
    failovers.observe(9_000, 100, List.of(), anew, PROCESSES);
    failovers.anotherJob(12_000);
    failovers.observe(15_000, 100, List.of(), new FlinkRest.Job("RUNNING", 2, true, 14), PROCESSES);
    assertThat(failovers.list(20_000))
        .containsExactly(
            new Failover(
                5_000, 8_100, 12_000, Optional.empty(), "a JobManager began the job anew"));
  }

  @Test
  void whatAFunctionOrATaskDidWrongIsNoLostProcess() {
    Failovers failovers = new Failovers(false);
    failovers.observe(
        15_000,
        0,
        List.of(
            new FlinkRest.Failure(
                10, Optional.of("taskmanager-0"), "java.lang.IllegalStateException\nat a.B.c()")),
        RESTARTS,
        PROCESSES);
    assertThat(failovers.list(20_000)).isEmpty();
  }
}
