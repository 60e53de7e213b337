// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Ledger;
import io.millrace.e2e.stage.StreamService;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final List<Fault> EVERY =
      Fault.all(StreamService.DATAHUB, Ledger.Mode.PIPELINED, Scheduler.DEFAULT);

  @Test
  void theSameSeedGivesTheSameOrder() {
    assertThat(Schedule.of(7, EVERY, 3)).isEqualTo(Schedule.of(7, EVERY, 3));
    assertThat(Schedule.of(7, EVERY, 3)).isNotEqualTo(Schedule.of(8, EVERY, 3));
  }

  @Test
  void everyRoundHasEveryFaultOnce() {
    List<Fault> faults = Schedule.of(7, EVERY, 2).faults();
    int each = EVERY.size();
    assertThat(faults).hasSize(2 * each);
    assertThat(faults.subList(0, each)).containsExactlyInAnyOrderElementsOf(EVERY);
    assertThat(faults.subList(each, 2 * each)).containsExactlyInAnyOrderElementsOf(EVERY);
    assertThat(faults.subList(0, each)).isNotEqualTo(faults.subList(each, 2 * each));
  }

  @Test
  void faultsAreFoundByTheirTitle() {
    for (Fault fault : EVERY) {
      assertThat(Fault.titled(fault.title())).contains(fault);
    }
    assertThat(Fault.titled("earthquake")).isEmpty();
    assertThat(Fault.titles()).startsWith("taskmanager-kill, jobmanager-kill, taskmanager-freeze");
  }

  @Test
  void aLedgerThatIsNotThereIsNotDisturbed() {
    assertThat(Fault.all(StreamService.DATAHUB, Ledger.Mode.NONE, Scheduler.DEFAULT))
        .doesNotContain(Fault.LEDGER_FAILS, Fault.SESSION_STOLEN, Fault.REWIND)
        .contains(Fault.OLD_SAVEPOINT, Fault.SEEK_ALL);
    assertThat(Fault.all(StreamService.DATAHUB, Ledger.Mode.STRICT, Scheduler.DEFAULT))
        .isEqualTo(EVERY);
  }

  @Test
  void eachStreamIsReshardedInItsOwnWay() {
    List<Fault> dis = Fault.all(StreamService.DIS, Ledger.Mode.PIPELINED, Scheduler.DEFAULT);
    assertThat(dis)
        .contains(Fault.SCALE_UP, Fault.SCALE_DOWN, Fault.LEDGER_FAILS)
        .doesNotContain(Fault.SPLIT, Fault.MERGE, Fault.SESSION_STOLEN, Fault.OFFSET_RESET);
    assertThat(EVERY)
        .contains(Fault.SPLIT, Fault.MERGE, Fault.SESSION_STOLEN, Fault.OFFSET_RESET)
        .doesNotContain(Fault.SCALE_UP, Fault.SCALE_DOWN);
    Set<Fault> together = EnumSet.copyOf(dis);
    together.addAll(EVERY);
    assertThat(EnumSet.complementOf(EnumSet.copyOf(together)))
        .containsExactly(Fault.IN_PLACE_RESCALE);
  }

  @Test
  void onlyTheAdaptiveSchedulerRescalesInPlace() {
    List<Fault> adaptive = Fault.all(StreamService.DIS, Ledger.Mode.PIPELINED, Scheduler.ADAPTIVE);
    assertThat(adaptive).contains(Fault.IN_PLACE_RESCALE);
    assertThat(EVERY).doesNotContain(Fault.IN_PLACE_RESCALE);
  }
}
