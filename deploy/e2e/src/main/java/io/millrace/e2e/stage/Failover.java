// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.Crash;
import java.util.Optional;

/**
 * Flink lost a process, and began tasks anew elsewhere. On a machine that has no time for it, it
 * takes no fault: a heartbeat that comes too late is a missed one.
 *
 * @param from the earliest moment at which it can have lost it, on the journal's clock
 * @param at when it noticed
 * @param over when every task was seen running again
 * @param process the lost TaskManager's, where only its own tasks began anew; nothing where all did
 * @param cause in words
 */
public record Failover(long from, long at, long over, Optional<String> process, String cause) {

  /** It as a crash: the delivery cannot know who killed or starved a process. */
  public Crash crash() {
    return process
        .map(lost -> Crash.ofProcessGivenUp(from, over, lost))
        .orElseGet(() -> Crash.ofJob(from, over));
  }

  /** Whether it is what a crash that was made has brought about. */
  public boolean isExplainedBy(Crash made) {
    if (at < made.at()) {
      return false;
    }
    return made.processes().isEmpty()
        ? at <= made.over()
        : process.filter(made.processes()::contains).isPresent();
  }
}
