// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.Invocation;
import io.millrace.e2e.oracle.Standstills;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two shards with a record each second, and a kill at the tenth that shard 0 was cut off by. */
class RecoveriesTest {

  private static final long SECOND = 1_000_000;
  private static final int RECORDS = 20;

  private final List<Invocation> journal = new ArrayList<>();
  private final FaultLog log = new FaultLog();

  /** A record is invoked so long after it arrived or the one before it was done. */
  private void call(String shard, long sequence, double seconds) {
    long start = (long) (seconds * SECOND);
    journal.add(
        new Invocation(
            journal.size(),
            start,
            OptionalLong.of(start + SECOND / 10),
            "1",
            "{\"records\":[{\"eventId\":\"%s:%d\"}]}".formatted(shard, sequence),
            Invocation.Fate.ACKNOWLEDGED));
  }

  private Recoveries.Recovery judge(double delayElsewhere, int restarted) {
    for (int i = 0; i < RECORDS; i++) {
      call("0", i, i < 10 ? i + 0.5 : i + 8);
      double turn = i < 11 ? 0 : 11 + delayElsewhere + (i - 11) / 5.0;
      call("1", i, Math.max(i + 0.25, turn));
    }
    log.add(
        new FaultLog.Kill(
            Fault.TASKMANAGER_KILL,
            10 * SECOND,
            18 * SECOND,
            Set.of("0"),
            OptionalInt.of(restarted)));
    log.add(
        new FaultLog.Entry(
            Fault.TASKMANAGER_KILL,
            10 * SECOND,
            19 * SECOND,
            OptionalLong.of(18 * SECOND),
            "taskmanager-0"));
    long[] sequences = new long[RECORDS];
    long[] times = new long[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
      sequences[i] = i;
      times[i] = i * SECOND;
    }
    Standstills.Arrivals arrivals = new Standstills.Arrivals(sequences, times);
    Standstills standstills =
        new Standstills(Map.of("0", arrivals, "1", arrivals), journal, EventReader.dataHub());
    return Recoveries.of(log, standstills).each().get(0);
  }

  @Test
  void shardsElsewhereGoOnAsBefore() {
    Recoveries.Recovery recovery = judge(0.25, 0);
    assertThat(recovery.seconds()).isEqualTo(8);
    assertThat(recovery.within()).isEqualTo(10);
    assertThat(recovery.normal()).hasValue(0.25);
    assertThat(recovery.elsewhere()).hasValue(0.25);
    assertThat(recovery.withinLimits()).isTrue();
  }

  @Test
  void aGapElsewhereIsSeen() {
    Recoveries.Recovery recovery = judge(6.5, 0);
    assertThat(recovery.elsewhere()).hasValue(6.5);
    assertThat(recovery.limit()).hasValue(3.5);
    assertThat(recovery.withinLimits()).isFalse();
  }

  @Test
  void aRestartElsewhereIsSeenHoweverShort() {
    assertThat(judge(0.25, 2).withinLimits()).isFalse();
  }

  @Test
  void aJobManagersKillStopsEverything() {
    log.add(
        new FaultLog.Kill(
            Fault.JOBMANAGER_KILL,
            10 * SECOND,
            31 * SECOND,
            Set.of("0", "1"),
            OptionalInt.empty()));
    Standstills none = new Standstills(Map.of(), List.of(), EventReader.dataHub());
    Recoveries recoveries = Recoveries.of(log, none);
    assertThat(recoveries.each().get(0).withinLimits()).isFalse();
    ArrayNode json = new ObjectMapper().createArrayNode();
    recoveries.write(json);
    assertThat(json.get(0).get("recoverySeconds").asDouble()).isEqualTo(21);
    assertThat(json.get(0).get("gapElsewhereSeconds").isNull()).isTrue();
    assertThat(recoveries.table().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains("jobmanager-kill 21.0 20 - - - -");
  }
}
