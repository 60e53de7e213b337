// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.Checkpoint;
import io.millrace.emulator.Journal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes down every completed checkpoint of a job, and of those that continue it, on the journal's
 * clock. It asks Flink's REST from a thread of its own, because a killed JobManager forgets its
 * history.
 */
public final class CheckpointWatch implements AutoCloseable {

  private static final FlinkRest.Checkpoints NONE =
      new FlinkRest.Checkpoints(0, 0, 0, List.of(), OptionalLong.empty());

  private static final long INTERVAL_MILLIS = 150;

  private final FlinkRest rest;
  private final Journal journal;
  private final Watch watch;
  private final Set<String> seen = new HashSet<>();
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  private volatile Optional<String> job = Optional.empty();
  private FlinkRest.Checkpoints latest = NONE;
  private long completedOfEarlierJobs;
  private long restoresOfEarlierJobs;

  public CheckpointWatch(FlinkRest rest, Journal journal) {
    this.rest = rest;
    this.journal = journal;
    this.watch = new Watch("checkpoint-watch", INTERVAL_MILLIS, this::look);
  }

  /** From now on this job. */
  public synchronized void follow(String jobId) {
    look();
    completedOfEarlierJobs += latest.count();
    restoresOfEarlierJobs += latest.restores();
    latest = NONE;
    job = Optional.of(jobId);
  }

  /**
   * A savepoint with which a job was stopped: the job is gone before anybody could ask it.
   *
   * @param from when the stop was asked for, on the journal's clock
   * @param to when it was done
   */
  public synchronized void stopped(long from, long to) {
    checkpoints.add(new Checkpoint(from, to, to, to));
  }

  /** All that were seen complete. */
  public synchronized List<Checkpoint> checkpoints() {
    look();
    return List.copyOf(checkpoints);
  }

  /** How many of them were triggered after a moment on the journal's clock. */
  public synchronized long triggeredSince(long moment) {
    look();
    return checkpoints.stream().filter(each -> each.triggered() >= moment).count();
  }

  /** How many of them were triggered between two moments on the journal's clock. */
  public synchronized long triggeredBetween(long from, long to) {
    look();
    return checkpoints.stream()
        .filter(each -> each.triggered() >= from && each.triggered() <= to)
        .count();
  }

  /** How many Flink says it has completed, savepoints included. */
  public synchronized long completed() {
    look();
    return completedOfEarlierJobs + latest.count();
  }

  /** How often Flink says that it has restored state. */
  public synchronized long restores() {
    look();
    return restoresOfEarlierJobs + latest.restores();
  }

  private synchronized void look() {
    job.ifPresent(id -> rest.checkpoints(id).ifPresent(answer -> note(id, answer)));
  }

  private void note(String jobId, FlinkRest.Checkpoints answer) {
    long now = journal.now();
    long offset = now - System.currentTimeMillis() * 1000;
    latest = answer;
    for (FlinkRest.Completed each : answer.completed()) {
      // A failed job goes back to no savepoint, and what ended is not durable through one.
      if (!each.savepoint() && seen.add(jobId + "/" + each.id())) {
        // Flink's times are cut to milliseconds, so both lie up to one too early.
        long acknowledged = Math.min(now, each.acknowledged() * 1000 + offset);
        long triggered = Math.min(acknowledged, each.triggered() * 1000 + offset);
        // What cannot be asked for any more is taken for as late as it can have been.
        OptionalLong first = rest.firstReached(jobId, each);
        long begun = first.isPresent() ? (first.getAsLong() + 1) * 1000 + offset : now;
        checkpoints.add(
            new Checkpoint(
                triggered, Math.max(triggered, Math.min(now, begun)), acknowledged, now));
      }
    }
    answer
        .restored()
        .ifPresent(
            id -> {
              if (seen.add(jobId + "/" + id) && !checkpoints.isEmpty()) {
                // Complete, but its JobManager died before it could be asked: somewhere in between.
                Checkpoint last = checkpoints.get(checkpoints.size() - 1);
                checkpoints.add(new Checkpoint(last.triggered(), now, last.acknowledged(), now));
              }
            });
  }

  @Override
  public void close() {
    watch.close();
  }
}
