// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.soak.Growth;
import io.millrace.e2e.soak.Sampler;
import io.millrace.e2e.soak.Subject;
import io.millrace.e2e.stage.Pause;
import io.millrace.standalone.ClusterException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The long run: faults at their pace until the time is over, while processes and job are sampled.
 * One TaskManager is spared, so that it lives through all of it.
 */
final class Soak implements Sampler.Scene, AutoCloseable {

  static final int SPARED = 0;

  private final ProvingGround ground;
  private final Pace pace;
  private final List<Trial> trials;
  private final long begun = System.nanoTime();
  private final Sampler sampler;

  Soak(ProvingGround ground, Pace pace, List<Trial> trials) throws IOException {
    this.ground = ground;
    this.pace = pace;
    this.trials = trials;
    sampler = new Sampler(this, ground.directory);
  }

  /** Makes faults until the time is over. */
  void run(FaultMaker maker, Supply supply, Random random, Consumer<String> talk) throws Exception {
    int number = 0;
    while (left().compareTo(pace.faultEvery()) > 0) {
      supply.check();
      long next = System.nanoTime() + pace.faultEvery().toNanos();
      FaultLog.Entry made = maker.make(trials.get(random.nextInt(trials.size())));
      number++;
      talk.accept(
          "%d, %d min left: %s, over after %.1f s: %s (%d records delivered)"
              .formatted(
                  number,
                  left().toMinutes(),
                  made.trial().title(),
                  (made.over() - made.at()) / 1e6,
                  made.what(),
                  ground.gauge.delivered()));
      Pause.atLeast(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
    }
    Pause.atLeast(left().isNegative() ? Duration.ZERO : left());
  }

  private Duration left() {
    return Duration.ofMinutes(pace.minutes()).minusNanos(System.nanoTime() - begun);
  }

  /** What was sampled until now. */
  Growth growth() {
    return sampler.growth();
  }

  // ---- what is sampled ----

  @Override
  public List<Sampler.Target> processes() {
    List<Sampler.Target> targets = new ArrayList<>();
    jobManager()
        .ifPresent(
            pid ->
                targets.add(
                    new Sampler.Target(
                        Subject.JOBMANAGER,
                        "jobmanager-0",
                        pid,
                        temporary().resolve("jobmanager-0"))));
    ground
        .cluster
        .taskManagerPids()
        .forEach(
            (number, pid) -> {
              String name = "taskmanager-" + number;
              targets.add(
                  new Sampler.Target(Subject.TASKMANAGER, name, pid, temporary().resolve(name)));
            });
    return targets;
  }

  private Optional<Long> jobManager() {
    try {
      return Optional.of(ground.cluster.jobManagerPid());
    } catch (ClusterException killed) {
      return Optional.empty();
    }
  }

  @Override
  public OptionalLong checkpoint() {
    return ground.rest.checkpointBytes(ground.jobId());
  }

  @Override
  public Path checkpoints() {
    return ground.directory.resolve("checkpoints").resolve(ground.jobId());
  }

  @Override
  public Path temporary() {
    return ground.cluster.temporaryDirectory();
  }

  @Override
  public Path highAvailability() {
    return ground.cluster.highAvailabilityDirectory();
  }

  @Override
  public void close() {
    sampler.close();
  }
}
