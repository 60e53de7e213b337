// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The failovers of a job, read off what Flink says of it at one moment after the other. Times are
 * microseconds. Used by one thread at a time.
 */
final class Failovers {

  /** One that is not known to be over. */
  private record Open(long from, long at, Optional<String> process, String cause) {

    Failover over(long time) {
      return new Failover(from, at, Math.max(at, time), process, cause);
    }
  }

  private final boolean restartsAll;
  private final List<Failover> over = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();
  private final Set<FlinkRest.Failure> seen = new HashSet<>();
  private final Map<String, String> processes = new HashMap<>();
  private OptionalLong begun = OptionalLong.empty();
  private long lastSeen;

  /**
   * @param restartsAll whether the loss of one TaskManager makes Flink begin all tasks anew
   */
  Failovers(boolean restartsAll) {
    this.restartsAll = restartsAll;
  }

  /** From now on another job, which is to begin. */
  void anotherJob(long now) {
    end(now);
    begun = OptionalLong.empty();
  }

  /**
   * Reads on.
   *
   * @param now when Flink was asked
   * @param epoch the moment that Flink's times count from
   * @param failures that it remembers
   * @param job as it was not before those
   * @param processes by the ids of the TaskManagers that live
   */
  void observe(
      long now,
      long epoch,
      List<FlinkRest.Failure> failures,
      FlinkRest.Job job,
      Map<String, String> processes) {
    this.processes.putAll(processes);
    if (begun.isPresent() && begun.getAsLong() != job.begun()) {
      long at = Math.max(lastSeen, job.begun() * 1000 + epoch);
      begin(new Open(lastSeen, at, Optional.empty(), "a JobManager began the job anew"));
    }
    begun = OptionalLong.of(job.begun());
    lastSeen = now;
    for (FlinkRest.Failure failure : failures) {
      if (seen.add(failure) && failure.isOfALostProcess()) {
        long at = failure.at() * 1000 + epoch;
        begin(new Open(at, at, lost(failure), failure.text()));
      }
    }
    if (job.running()) {
      end(now);
    }
  }

  /** All so far; what is not over yet is taken for over now. */
  List<Failover> list(long now) {
    List<Failover> all = new ArrayList<>(over);
    open.forEach(each -> all.add(each.over(now)));
    return all;
  }

  private Optional<String> lost(FlinkRest.Failure failure) {
    return restartsAll ? Optional.empty() : failure.taskManager().map(processes::get);
  }

  /** Flink tells the loss of one process for each of its tasks. */
  private void begin(Open failover) {
    boolean known =
        open.stream().anyMatch(each -> each.process().equals(failover.process()))
            || over.stream()
                .anyMatch(
                    each ->
                        each.process().equals(failover.process())
                            && each.from() <= failover.at()
                            && failover.at() <= each.over());
    if (!known) {
      open.add(failover);
    }
  }

  private void end(long now) {
    open.forEach(each -> over.add(each.over(now)));
    open.clear();
  }
}
