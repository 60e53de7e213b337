// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.runtime.client.JobInitializationException;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * A Flink cluster inside this process, with Flink's REST interface on loopback: for a try-out and
 * for tests. What it runs ends with the process; checkpoints stay where they were written.
 */
@PublicEvolving
public final class EmbeddedCluster implements AutoCloseable {

  private static final long START_SECONDS = 120;

  private final MiniCluster cluster;
  private final String restAddress;

  private EmbeddedCluster(MiniCluster cluster, String restAddress) {
    this.cluster = cluster;
    this.restAddress = restAddress;
  }

  /**
   * Starts a cluster.
   *
   * @param slots how parallel its jobs can be, in sum
   * @param restPort 0 for any free one
   * @param directory for checkpoints and savepoints
   */
  public static EmbeddedCluster start(int slots, int restPort, Path directory) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_ADDRESS, "localhost");
    configuration.set(RestOptions.PORT, restPort);
    configuration.set(RestOptions.BIND_PORT, String.valueOf(restPort));
    configuration.set(JobManagerOptions.ADDRESS, "localhost");
    // In one process an answer is never lost, but it may be late where the processors are busy.
    configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofSeconds(START_SECONDS));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, flinkPath(directory.resolve("checkpoints")));
    configuration.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY, flinkPath(directory.resolve("savepoints")));
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    try {
      cluster.start();
      String authority =
          cluster.getRestAddress().get(START_SECONDS, TimeUnit.SECONDS).getAuthority();
      return new EmbeddedCluster(cluster, authority);
    } catch (Exception e) {
      ClusterException failure =
          new ClusterException(
              "the embedded cluster did not start: " + ClusterFailures.reason(e), e);
      try {
        cluster.close();
      } catch (Exception onClose) {
        failure.addSuppressed(onClose);
      }
      throw failure;
    }
  }

  /** Flink does not decode what a URI encodes, such as a space. */
  private static String flinkPath(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri()).toString();
  }

  /** {@code host:port} of Flink's REST interface. */
  public String restAddress() {
    return restAddress;
  }

  /**
   * Submits a trigger. Waits until the JobManager has taken the job up, so that it can be seen, but
   * not until it runs.
   *
   * @param savepointPath where to go on from; else from {@code source.start}
   */
  public JobID submit(TriggerSpec spec, Optional<String> savepointPath) {
    try {
      JobID job =
          cluster
              .submitJob(JobSubmission.graph(new Configuration(), spec, savepointPath))
              .get(START_SECONDS, TimeUnit.SECONDS)
              .getJobID();
      ClientUtils.waitUntilJobInitializationFinished(
          () -> cluster.getJobStatus(job).get(START_SECONDS, TimeUnit.SECONDS),
          () -> cluster.requestJobResult(job).get(START_SECONDS, TimeUnit.SECONDS),
          EmbeddedCluster.class.getClassLoader());
      return job;
    } catch (JobInitializationException e) {
      throw ClusterFailures.refused("the job could not be started", e);
    } catch (ExecutionException | TimeoutException e) {
      throw ClusterFailures.refused("the job was not accepted", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted while the job was submitted", e);
    }
  }

  /** Ends the cluster and what runs in it. */
  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception e) {
      throw new ClusterException(
          "the embedded cluster did not end: " + ClusterFailures.reason(e), e);
    }
  }
}
