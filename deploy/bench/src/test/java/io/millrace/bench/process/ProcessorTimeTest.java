// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProcessorTimeTest {

  private static ProcessorTime time(long all, long jit, long gc, long task) {
    return new ProcessorTime(
        Duration.ofMillis(all),
        Optional.of(Duration.ofMillis(jit)),
        Optional.of(Duration.ofMillis(gc)),
        Optional.of(Duration.ofMillis(task)));
  }

  @Test
  void sharesAreThoseOfWhatWasUsedInBetween() {
    ProcessorTime spent = time(3000, 900, 110, 1050).minus(time(1000, 400, 10, 50));
    assertThat(spent).isEqualTo(time(2000, 500, 100, 1000));
    assertThat(spent.jitPercent()).hasValue(25);
    assertThat(spent.gcPercent()).hasValue(5);
    assertThat(spent.taskPercent()).hasValue(50);
  }

  @Test
  void whatASystemDoesNotTellHasNoShare() {
    ProcessorTime untold = ProcessorTime.untold(Duration.ofSeconds(1));
    assertThat(time(3000, 1, 1, 1).minus(untold).jitPercent()).isEmpty();
    assertThat(time(1, 1, 1, 1).minus(time(1, 1, 1, 1)).gcPercent()).isEmpty();
  }

  /** Where the system tells nothing of threads, it tells what the whole process has used. */
  @Test
  void thisProcessHasBeenCompiled() {
    ProcessorTime time = ProcessorTime.of(ProcessHandle.current());
    assertThat(time.all()).isPositive();
    time.jit().ifPresent(jit -> assertThat(jit).isPositive().isLessThanOrEqualTo(time.all()));
    time.gc().ifPresent(gc -> assertThat(gc).isLessThanOrEqualTo(time.all()));
  }
}
