// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;

/** The tasks of a job on a MiniCluster, as its JobManager sees them, and how patient that is. */
public final class JobTasks {

  /** How long a test waits for what comes soon: a limit for what hangs, not for what is slow. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private JobTasks() {}

  /**
   * What a MiniCluster needs where the processors are busy with other things: that an answer of its
   * own parts is late is no failure.
   */
  public static Configuration patientCluster() {
    Configuration settings = new Configuration();
    settings.set(RpcOptions.ASK_TIMEOUT_DURATION, PATIENCE);
    return settings;
  }

  /**
   * Waits until the JobManager sees all tasks of the job run; before that it refuses savepoints and
   * checkpoints. What the tasks did is no sign of it: one can be at work while another still
   * starts, and while the news of itself is on the way.
   */
  public static void awaitRunning(MiniCluster cluster, JobID job) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .untilAsserted(
            () -> {
              AccessExecutionGraph graph =
                  cluster.getExecutionGraph(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
              assertThat(graph.getState()).isEqualTo(JobStatus.RUNNING);
              // A job that initializes has no tasks yet.
              assertThat(graph.getAllExecutionVertices())
                  .isNotEmpty()
                  .extracting(AccessExecutionVertex::getExecutionState)
                  .containsOnly(ExecutionState.RUNNING);
            });
  }
}
