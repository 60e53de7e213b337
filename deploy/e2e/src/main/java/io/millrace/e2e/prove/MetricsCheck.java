// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.e2e.oracle.Finding;
import io.millrace.e2e.oracle.GroundTruth;
import io.millrace.e2e.oracle.MetricsRule;
import io.millrace.e2e.oracle.TaskReading;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.JobMetrics;
import io.millrace.e2e.stage.JournalEvidence;
import io.millrace.e2e.stage.Pause;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient;
import io.millrace.options.OptionException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the job says of itself once all is delivered. Flink collects metrics now and then, so they
 * are read until they agree with the journal, or have had time enough for it.
 */
final class MetricsCheck {

  /**
   * More than the {@code web.timeout} for which Flink collects nothing when a TaskManager died
   * while it was asked, and many times what a status, a metric and the last repeats take to settle.
   */
  private static final Duration TIME_ENOUGH = Duration.ofSeconds(150);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final String ENDED = "ENDED";
  private static final String TASK_MANAGER = "taskmanager-";

  private final ProvingGround ground;
  private final JobMetrics metrics;

  MetricsCheck(ProvingGround ground) {
    this.ground = ground;
    this.metrics = new JobMetrics(ground.rest, ground.journal());
  }

  /**
   * The last reading, whether it agrees or not.
   *
   * @throws IOException where a subtask cannot be asked
   */
  List<TaskReading> settle() throws IOException, InterruptedException {
    GroundTruth truth = ground.stored().truth();
    long deadline = System.nanoTime() + TIME_ENOUGH.toNanos();
    String trouble;
    try (ControlClient control = ControlClient.connect(ClusterAddress.of(ground.rest.address()))) {
      do {
        try {
          List<TaskReading> readings = metrics.read(ground.jobId(), this::process, places(control));
          int subtasks = ground.rest.job(ground.jobId()).map(FlinkRest.Job::parallelism).orElse(-1);
          trouble = "%d of %d subtasks answer".formatted(readings.size(), subtasks);
          if (readings.size() == subtasks) {
            boolean late = System.nanoTime() > deadline;
            if (late || disagreements(truth, readings).isEmpty()) {
              return readings;
            }
          }
        } catch (ClusterException | OptionException e) {
          trouble = e.getMessage();
        }
        Pause.atLeast(INTERVAL);
      } while (System.nanoTime() < deadline + INTERVAL.toNanos());
    }
    throw new IOException("the job's metrics cannot be read: " + trouble);
  }

  private List<Finding> disagreements(GroundTruth truth, List<TaskReading> readings) {
    long from = readings.stream().mapToLong(TaskReading::since).min().orElse(0);
    return MetricsRule.judge(
        truth,
        JournalEvidence.invocations(ground.journal().since(from)),
        readings,
        ground.terms(),
        ground.pair.events());
  }

  private Map<String, JobMetrics.Place> places(ControlClient control) {
    Map<String, JobMetrics.Place> places = new HashMap<>();
    for (JsonNode shard : control.status(control.job(Optional.of(ground.jobId()))).path("shards")) {
      places.put(
          shard.path("shard").asText(),
          new JobMetrics.Place(
              shard.path("subtask").asInt(-1), !shard.path("state").asText().equals(ENDED)));
    }
    return places;
  }

  private Optional<String> process(String taskManager) {
    if (!taskManager.startsWith(TASK_MANAGER)) {
      return Optional.empty();
    }
    int number = Integer.parseInt(taskManager.substring(TASK_MANAGER.length()));
    return Optional.ofNullable(ground.cluster.taskManagerPids().get(number)).map(Object::toString);
  }
}
