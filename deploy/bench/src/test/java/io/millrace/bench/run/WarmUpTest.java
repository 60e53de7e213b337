// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.journal.CallLog;
import io.millrace.bench.process.ProcessorTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WarmUpTest {

  private static final int RECORDS_A_SECOND = 1000;

  /** Warms up with looks of a second, each with what a record cost in it, until it is over. */
  private static double seconds(WarmUp warmUp, double... microsPerRecord) {
    double processorMicros = 0;
    for (int second = 0; second <= microsPerRecord.length && !warmUp.isOver(); second++) {
      processorMicros += second == 0 ? 0 : microsPerRecord[second - 1] * RECORDS_A_SECOND;
      warmUp.add(look(second, processorMicros, (long) second * RECORDS_A_SECOND));
    }
    return warmUp.seconds();
  }

  private static Look look(int second, double processorMicros, long records) {
    ProcessorTime time = ProcessorTime.untold(Duration.ofNanos((long) (processorMicros * 1000)));
    return new Look(second * 1_000_000_000L, time, new CallLog.Count(records, records));
  }

  @Test
  void lastsUntilARecordCostsNoLessThanBefore() {
    WarmUp warmUp = new WarmUp(1, 60);
    assertThat(seconds(warmUp, 90, 80, 70, 60, 50, 40, 30, 20, 10, 10, 10, 10, 10, 10))
        .isEqualTo(14);
    assertThat(warmUp.isOver()).isTrue();
  }

  @Test
  void whatDiffersByLittleIsNoLess() {
    assertThat(seconds(new WarmUp(1, 60), 10, 10, 10, 9.6, 9.6, 9.6)).isEqualTo(6);
    assertThat(seconds(new WarmUp(1, 7), 10, 10, 10, 9.4, 9.4, 9.4, 9.4, 9.4)).isEqualTo(7);
  }

  @Test
  void lastsAsLongAsItIsToLastAtLeast() {
    assertThat(seconds(new WarmUp(10, 60), 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)).isEqualTo(10);
  }

  @Test
  void endsThoughNothingIsDelivered() {
    WarmUp warmUp = new WarmUp(1, 9);
    for (int second = 0; !warmUp.isOver(); second++) {
      warmUp.add(look(second, second * 1000, 0));
    }
    assertThat(warmUp.seconds()).isEqualTo(9);
  }

  @Test
  void isNotOverBeforeItHasBegun() {
    assertThat(new WarmUp(0, 0).isOver()).isFalse();
  }
}
