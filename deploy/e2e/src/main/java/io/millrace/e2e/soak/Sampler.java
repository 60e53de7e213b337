// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples the processes of a cluster and its job every ten seconds, on a thread of its own. What
 * dies, or stands still, while it is looked at has no sample then.
 */
public final class Sampler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /**
   * A process of the cluster.
   *
   * @param name that no other has at the time
   * @param files where it keeps its temporary files
   */
  public record Target(Subject subject, String name, long pid, Path files) {}

  /** What is there to be sampled, asked for anew each time. */
  public interface Scene {

    /** The processes that live. */
    List<Target> processes();

    /** Bytes of state in the last checkpoint. */
    OptionalLong checkpoint();

    /** Where the job's checkpoints are. */
    Path checkpoints();

    /** Where all processes keep their temporary files. */
    Path temporary();

    /** Where the files are that ZooKeeper points to. */
    Path highAvailability();
  }

  private final Scene scene;
  private final ProcessProbe probe;
  private final long begun = System.nanoTime();
  private final Map<String, Double> born = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final ScheduledExecutorService thread;
  private final ScheduledFuture<?> sampling;

  /**
   * Begins at once.
   *
   * @param directory for a file of its own
   */
  public Sampler(Scene scene, Path directory) throws IOException {
    this.scene = scene;
    probe = new ProcessProbe(directory);
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "sampler");
              made.setDaemon(true);
              return made;
            });
    sampling =
        thread.scheduleAtFixedRate(
            this::sampleAll, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sampleAll() {
    try {
      for (Target target : scene.processes()) {
        sample(target);
      }
      scene.checkpoint().ifPresent(bytes -> add(Quantity.CHECKPOINT, Subject.JOB, (double) bytes));
      disk(Quantity.CHECKPOINT_FILES, Subject.JOB, scene.checkpoints());
      disk(Quantity.TEMPORARY_FILES, Subject.CLUSTER, scene.temporary());
      disk(Quantity.HIGH_AVAILABILITY, Subject.CLUSTER, scene.highAvailability());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      // The cluster is in the hands of a fault; the next time comes soon.
      LOG.info("Not everything was sampled: {}", e.toString());
    }
  }

  private void disk(Quantity quantity, Subject subject, Path directory) throws IOException {
    DiskUse.of(directory).ifPresent(use -> add(quantity, subject, use.all()));
  }

  private void sample(Target target) throws IOException, InterruptedException {
    // A JobManager that is started anew keeps its name.
    String process = target.name() + "/" + target.pid();
    double at = minutes();
    double age = at - born.computeIfAbsent(process, seen -> at);
    Optional<DiskUse> use = DiskUse.of(target.files());
    Map<Quantity, Double> values = new EnumMap<>(Quantity.class);
    values.putAll(probe.read(target.pid()));
    if (use.isPresent() && !values.isEmpty()) {
      values.put(Quantity.OTHER_FILES, use.get().others());
      // It has none before it has a subtask; nor would it where they are not found.
      if (use.get().rocksDb() > 0) {
        values.put(Quantity.ROCKSDB, use.get().rocksDb());
      }
    }
    values.forEach(
        (quantity, value) -> {
          if (quantity.isOf(target.subject())) {
            add(new Sample(target.subject(), process, quantity, at, age, value));
          }
        });
  }

  /** One of which there is one, as old as the run. */
  private void add(Quantity quantity, Subject subject, double value) {
    double at = minutes();
    add(new Sample(subject, subject.title(), quantity, at, at, value));
  }

  private synchronized void add(Sample sample) {
    samples.add(sample);
  }

  private double minutes() {
    return (System.nanoTime() - begun) / 60e9;
  }

  /** What was sampled so far, compared. */
  public synchronized Growth growth() {
    return Growth.judge(List.copyOf(samples), minutes());
  }

  @Override
  public void close() {
    sampling.cancel(true);
    thread.shutdownNow();
  }
}
