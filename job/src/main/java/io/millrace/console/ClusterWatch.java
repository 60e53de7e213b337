// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient.Tasks;
import io.millrace.job.TriggerJob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a cluster every two seconds, on a thread of its own, and keeps what it saw in memory.
 * Whoever wants to know reads {@link #overview} and waits for nothing.
 */
final class ClusterWatch implements AutoCloseable {

  static final Duration INTERVAL = Duration.ofSeconds(2);

  /** A session cluster may have run any number of jobs. */
  private static final int MOST_ENDED = 50;

  private static final String NOT_ASKED = "the cluster has not been asked yet";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);

  /**
   * What was seen last.
   *
   * @param problem why the cluster could not be asked; empty when it was
   * @param since the cluster has been reached, or not
   * @param at of the last look
   * @param jobs those that have ended last
   */
  record Overview(Optional<String> problem, long since, long at, List<JobView.Snapshot> jobs) {

    Overview {
      jobs = List.copyOf(jobs);
    }

    Optional<JobView.Snapshot> job(String id) {
      return jobs.stream().filter(job -> job.job().id().toString().equals(id)).findFirst();
    }
  }

  private final Cluster cluster;
  private final InstantSource clock;
  private final Consumer<String> tell;
  private final Map<JobID, JobView> views = new LinkedHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread watch = new Thread(task, "console-watch");
            watch.setDaemon(true);
            return watch;
          });
  private volatile Overview overview;

  /**
   * @param tell gets a line when the cluster cannot be reached any more, and when it can again
   */
  ClusterWatch(Cluster cluster, InstantSource clock, Consumer<String> tell) {
    this.cluster = cluster;
    this.clock = clock;
    this.tell = tell;
    long now = clock.millis();
    overview = new Overview(Optional.of(NOT_ASKED), now, now, List.of());
  }

  /** Looks now and then every two seconds. */
  void start() {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks once more, soon: something has just been done. */
  void hurry() {
    try {
      thread.execute(this::look);
    } catch (RejectedExecutionException closing) {
      // Nobody will ask any more.
    }
  }

  Overview overview() {
    return overview;
  }

  void look() {
    long now = clock.millis();
    Optional<String> problem = Optional.empty();
    try {
      List<TriggerJob> jobs = cluster.jobs();
      jobs.forEach(job -> look(job, now));
      Set<JobID> named = new HashSet<>();
      jobs.forEach(job -> named.add(job.id()));
      views.forEach(
          (id, view) -> {
            if (!named.contains(id)) {
              view.missing(now);
            }
          });
    } catch (ClusterException e) {
      String reason = e.getMessage();
      views.values().forEach(view -> view.silent(now, reason));
      problem = Optional.of(reason);
    } catch (RuntimeException e) {
      // Else the executor would never look again, and say nothing.
      LOG.warn("the cluster was not looked at", e);
      problem = Optional.of("an error of the console: " + e);
    }
    forgetTheOldest();
    publish(problem, now);
  }

  private void look(TriggerJob job, long now) {
    JobView view = views.computeIfAbsent(job.id(), id -> new JobView(job));
    if (view.health().isOver() && job.state().isGloballyTerminalState()) {
      return;
    }
    try {
      Tasks tasks = cluster.tasks(job);
      view.answered(now, job, cluster.status(job), tasks);
    } catch (ClusterException e) {
      view.silent(now, e.getMessage());
    }
  }

  private void forgetTheOldest() {
    long ended = views.values().stream().filter(view -> view.health().isOver()).count();
    Iterator<JobView> oldest = views.values().iterator();
    while (ended > MOST_ENDED && oldest.hasNext()) {
      if (oldest.next().health().isOver()) {
        oldest.remove();
        ended--;
      }
    }
  }

  private void publish(Optional<String> problem, long now) {
    boolean changed = problem.isPresent() != overview.problem().isPresent();
    boolean first = overview.problem().equals(Optional.of(NOT_ASKED));
    overview = new Overview(problem, changed || first ? now : overview.since(), now, snapshots());
    if (problem.isPresent() && (changed || first)) {
      tell.accept(problem.get() + "; the console goes on asking");
    } else if (problem.isEmpty() && changed && !first) {
      tell.accept("the JobManager answers again");
    }
  }

  private List<JobView.Snapshot> snapshots() {
    Collection<JobView.Snapshot> all = views.values().stream().map(JobView::snapshot).toList();
    return all.stream()
        .sorted((a, b) -> Boolean.compare(a.health().isOver(), b.health().isOver()))
        .toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    cluster.close();
  }
}
