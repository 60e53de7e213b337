// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.e2e.oracle.Crash;
import io.millrace.e2e.oracle.Move;
import io.millrace.e2e.oracle.Toll;
import io.millrace.e2e.stage.Failover;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class FaultLogTest {

  private final FaultLog log = new FaultLog();

  private void recovery(long at, long recovered) {
    log.add(
        new FaultLog.Entry(
            Fault.TASKMANAGER_KILL,
            at,
            recovered + 1,
            OptionalLong.of(recovered),
            "taskmanager-0"));
  }

  @Test
  void recoveriesAreSortedSeconds() {
    recovery(1_000_000, 9_000_000);
    recovery(20_000_000, 22_500_000);
    log.add(new FaultLog.Entry(Fault.SPLIT, 30, 40, OptionalLong.empty(), "3 into [4, 5]"));
    assertThat(log.recoverySeconds()).containsExactly(2.5, 8.0);
  }

  @Test
  void percentiles() {
    double[] sorted = {1, 2, 3, 4};
    assertThat(FaultLog.percentile(sorted, 0.5)).isEqualTo(2);
    assertThat(FaultLog.percentile(sorted, 1)).isEqualTo(4);
    assertThat(FaultLog.percentile(new double[] {7}, 0.5)).isEqualTo(7);
    assertThat(FaultLog.percentile(new double[0], 0.5)).isZero();
  }

  @Test
  void theTableHasALineForEachKindOfFaultWithWhatItCost() {
    recovery(1_000_000, 9_000_000);
    log.add(
        new FaultLog.Entry(Fault.SPLIT, 10_000_000, 11_000_000, OptionalLong.empty(), "3 into 4"));
    recovery(20_000_000, 22_500_000);
    List<Toll> tolls =
        List.of(
            new Toll(1_000_000, 0, 5),
            new Toll(7_000_000, 3, 0),
            new Toll(10_500_000, 1, 0),
            new Toll(20_000_000, 0, 6),
            new Toll(21_000_000, 4, 0));
    assertThat(log.table(tolls).lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "fault times back in s at most s repeats bound",
            "taskmanager-kill 2 2.5 8.0 7 11",
            "split 1 - - 1 0");
  }

  @Test
  void theKeptLogHasFaultsAndCrashes() throws Exception {
    recovery(1, 2);
    log.add(Crash.ofProcess(1, 2, "4711"));
    log.add(Crash.ofJob(3, 4));
    log.add(Crash.ofFrozenProcess(5, 6, "4712", 9));
    log.add(Crash.ofOldState(10, 12, new Crash.State(7, true)));
    log.add(new Move("3", 17, 20, 30));
    JsonNode kept = new ObjectMapper().readTree(log.json(new ObjectMapper()));
    assertThat(kept.path("faults").path(0).path("recovered").asLong()).isEqualTo(2);
    assertThat(kept.path("crashes").path(0).path("processes").path(0).asText()).isEqualTo("4711");
    assertThat(kept.path("crashes").path(1).path("processes")).isEmpty();
    assertThat(kept.path("crashes").path(1).has("thawed")).isFalse();
    assertThat(kept.path("crashes").path(2).path("thawed").asInt()).isEqualTo(9);
    assertThat(kept.path("crashes").path(3).path("rewinds").asBoolean()).isTrue();
    assertThat(kept.path("moves").path(0).path("sequence").asInt()).isEqualTo(17);
  }

  private static Failover failover(long at, long over, String process) {
    return new Failover(at, at, over, Optional.of(process), "Heartbeat of TaskManager missed");
  }

  @Test
  void whatFlinkDidOfItselfIsACrashUnlessAFaultExplainsIt() {
    log.add(Crash.ofProcess(10, 20, "4711"));
    log.add(Crash.ofJob(100, 120));
    Failover early = failover(9, 12, "4711");
    Failover another = failover(15, 18, "4712");
    Failover late = failover(121, 130, "4713");
    Failover anew = new Failover(150, 160, 170, Optional.empty(), "a JobManager began it anew");
    log.addUnplanned(
        List.of(
            early,
            failover(25, 30, "4711"),
            another,
            failover(100, 130, "4714"),
            new Failover(99, 110, 140, Optional.empty(), "a JobManager began it anew"),
            late,
            anew));
    assertThat(log.unplanned()).containsExactly(early, another, late, anew);
    assertThat(log.crashes())
        .containsExactly(
            Crash.ofProcess(10, 20, "4711"),
            Crash.ofJob(100, 120),
            Crash.ofProcessGivenUp(9, 12, "4711"),
            Crash.ofProcessGivenUp(15, 18, "4712"),
            Crash.ofProcessGivenUp(121, 130, "4713"),
            Crash.ofJob(150, 170));
  }
}
