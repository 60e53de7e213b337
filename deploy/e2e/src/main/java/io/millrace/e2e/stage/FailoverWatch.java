// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.emulator.Journal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes down every failover of a job, and of those that continue it, on the journal's clock. It
 * asks Flink's REST from a thread of its own, because a JobManager that is lost forgets its
 * history.
 */
public final class FailoverWatch implements AutoCloseable {

  private static final long INTERVAL_MILLIS = 1_000;

  private final FlinkRest rest;
  private final Journal journal;
  private final Supplier<Map<String, String>> processes;
  private final Failovers failovers;
  private final Watch watch;
  private volatile Optional<String> job = Optional.empty();

  /**
   * @param processes of the TaskManagers that live, by their ids
   * @param restartsAll whether the loss of one of them makes Flink begin all tasks anew
   */
  public FailoverWatch(
      FlinkRest rest,
      Journal journal,
      Supplier<Map<String, String>> processes,
      boolean restartsAll) {
    this.rest = rest;
    this.journal = journal;
    this.processes = processes;
    this.failovers = new Failovers(restartsAll);
    this.watch = new Watch("failover-watch", INTERVAL_MILLIS, this::look);
  }

  /** From now on this job. */
  public synchronized void follow(String jobId) {
    look();
    failovers.anotherJob(journal.now());
    job = Optional.of(jobId);
  }

  /** All that were seen. */
  public synchronized List<Failover> failovers() {
    look();
    return failovers.list(journal.now());
  }

  private synchronized void look() {
    if (job.isEmpty()) {
      return;
    }
    Map<String, String> alive = processes.get();
    long now = journal.now();
    long epoch = now - System.currentTimeMillis() * 1000;
    // In this order: a job that runs has got over the failures that were told before.
    List<FlinkRest.Failure> failures = rest.failures(job.get());
    rest.job(job.get()).ifPresent(state -> failovers.observe(now, epoch, failures, state, alive));
  }

  @Override
  public void close() {
    watch.close();
  }
}
