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

  private static Schedule schedule(long seed, int drawn, int rounds) {
    return Schedule.of(seed, Trial.each(EVERY), Trial.pairs(EVERY), drawn, rounds);
  }

  @Test
  void theSameSeedGivesTheSameOrder() {
    assertThat(schedule(7, 4, 3)).isEqualTo(schedule(7, 4, 3));
    assertThat(schedule(7, 4, 3)).isNotEqualTo(schedule(8, 4, 3));
  }

  @Test
  void everyRoundHasEveryFaultOnce() {
    List<Trial> trials = schedule(7, 0, 2).trials();
    int each = EVERY.size();
    assertThat(trials).hasSize(2 * each);
    assertThat(trials.subList(0, each)).containsExactlyInAnyOrderElementsOf(Trial.each(EVERY));
    assertThat(trials.subList(each, 2 * each))
        .containsExactlyInAnyOrderElementsOf(Trial.each(EVERY));
    assertThat(trials.subList(0, each)).isNotEqualTo(trials.subList(each, 2 * each));
  }

  @Test
  void everyRoundHasSomePairsAndNoneTwiceBeforeAllWere() {
    List<Trial> all = Trial.pairs(EVERY);
    int rounds = all.size() / 10 + 1;
    List<Trial> pairs =
        schedule(7, 10, rounds).trials().stream().filter(each -> each.faults().size() > 1).toList();
    assertThat(pairs).hasSize(10 * rounds);
    assertThat(pairs).containsAll(all);
    assertThat(schedule(7, 10, 1).trials()).hasSize(EVERY.size() + 10);
  }

  @Test
  void aPairStrikesTwoThingsAtOnceAndWhatKillsComesLast() {
    assertThat(Fault.LEDGER_SLOW.pairsWith(Fault.TASKMANAGER_KILL)).isTrue();
    assertThat(Fault.LEDGER_SLOW.pairsWith(Fault.LEDGER_FAILS)).isFalse();
    assertThat(Fault.SPLIT.pairsWith(Fault.TASKMANAGER_KILL)).isFalse();
    assertThat(Trial.of(Fault.JOBMANAGER_KILL, Fault.TASKMANAGER_KILL).title())
        .isEqualTo("taskmanager-kill+jobmanager-kill");
    assertThat(Trial.of(Fault.TASKMANAGER_KILL, Fault.LEDGER_SLOW))
        .isEqualTo(Trial.of(Fault.LEDGER_SLOW, Fault.TASKMANAGER_KILL));
    assertThat(Trial.pairs(EVERY))
        .doesNotHaveDuplicates()
        .contains(
            Trial.of(Fault.SESSION_STOLEN, Fault.TASKMANAGER_KILL),
            Trial.of(Fault.TASKMANAGER_FREEZE, Fault.JOBMANAGER_KILL),
            Trial.of(Fault.CHECKPOINT_EXPIRES, Fault.JOBMANAGER_KILL))
        .allSatisfy(pair -> assertThat(pair.faults()).allMatch(Fault::isPaired));
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
