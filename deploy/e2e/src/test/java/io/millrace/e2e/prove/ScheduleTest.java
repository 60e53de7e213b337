// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.Ledger;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void theSameSeedGivesTheSameOrder() {
    assertThat(Schedule.of(7, Fault.all(Ledger.Mode.PIPELINED), 3))
        .isEqualTo(Schedule.of(7, Fault.all(Ledger.Mode.PIPELINED), 3));
    assertThat(Schedule.of(7, Fault.all(Ledger.Mode.PIPELINED), 3))
        .isNotEqualTo(Schedule.of(8, Fault.all(Ledger.Mode.PIPELINED), 3));
  }

  @Test
  void everyRoundHasEveryFaultOnce() {
    List<Fault> faults = Schedule.of(7, Fault.all(Ledger.Mode.PIPELINED), 2).faults();
    int each = Fault.all(Ledger.Mode.PIPELINED).size();
    assertThat(faults).hasSize(2 * each);
    assertThat(faults.subList(0, each))
        .containsExactlyInAnyOrderElementsOf(Fault.all(Ledger.Mode.PIPELINED));
    assertThat(faults.subList(each, 2 * each))
        .containsExactlyInAnyOrderElementsOf(Fault.all(Ledger.Mode.PIPELINED));
    assertThat(faults.subList(0, each)).isNotEqualTo(faults.subList(each, 2 * each));
  }

  @Test
  void faultsAreFoundByTheirTitle() {
    for (Fault fault : Fault.all(Ledger.Mode.PIPELINED)) {
      assertThat(Fault.titled(fault.title())).contains(fault);
    }
    assertThat(Fault.titled("earthquake")).isEmpty();
    assertThat(Fault.titles()).startsWith("taskmanager-kill, jobmanager-kill, taskmanager-freeze");
  }

  @Test
  void aLedgerThatIsNotThereIsNotDisturbed() {
    assertThat(Fault.all(Ledger.Mode.NONE))
        .doesNotContain(Fault.LEDGER_FAILS, Fault.SESSION_STOLEN, Fault.REWIND)
        .contains(Fault.OLD_SAVEPOINT, Fault.SEEK_ALL);
    assertThat(Fault.all(Ledger.Mode.STRICT)).containsExactly(Fault.values());
  }
}
