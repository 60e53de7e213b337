// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.client.JobInitializationException;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Hands a trigger to a Flink cluster: the graph is built here, and the job's jar goes with it. */
public final class JobSubmission {

  private static final long SUBMIT_SECONDS = 120;

  private JobSubmission() {}

  /**
   * Submits to the JobManager at an address, and does not wait for the job to run.
   *
   * @param jobManagerAddress {@code host:port} of its REST interface
   * @param savepointPath where to go on from; else from {@code source.start}
   * @throws ClusterException when the cluster cannot be reached or refuses
   */
  public static JobID submit(
      String jobManagerAddress, TriggerSpec spec, Optional<String> savepointPath) {
    return submit(ClusterAddress.of(jobManagerAddress), spec, savepointPath);
  }

  /**
   * Submits to a cluster. Waits until the JobManager has taken the job up, so that it can be seen
   * and a savepoint that cannot be read is known, but not until it runs.
   */
  public static JobID submit(
      ClusterAddress cluster, TriggerSpec spec, Optional<String> savepointPath) {
    Path jar = JobJar.find();
    JobGraph graph = graph(cluster.jobDefaults(), spec, savepointPath);
    graph.addJar(new org.apache.flink.core.fs.Path(jar.toUri()));
    cluster.requireListening();
    try (RestClusterClient<StandaloneClusterId> client =
        new RestClusterClient<>(cluster.configuration(), StandaloneClusterId.getInstance())) {
      JobID job = client.submitJob(graph).get(SUBMIT_SECONDS, TimeUnit.SECONDS);
      ClientUtils.waitUntilJobInitializationFinished(
          () -> client.getJobStatus(job).get(SUBMIT_SECONDS, TimeUnit.SECONDS),
          () -> client.requestJobResult(job).get(SUBMIT_SECONDS, TimeUnit.SECONDS),
          JobSubmission.class.getClassLoader());
      return job;
    } catch (JobInitializationException e) {
      throw ClusterFailures.refused(cluster + ": the job could not be started", e);
    } catch (ExecutionException e) {
      throw ClusterFailures.refused(cluster + ": the job was not accepted", e);
    } catch (TimeoutException e) {
      throw new ClusterException(
          cluster + ": no answer to the job within " + SUBMIT_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(cluster + ": interrupted while the job was submitted", e);
    } catch (Exception e) {
      throw new ClusterException(cluster + ": " + e.getMessage(), e);
    }
  }

  /** The trigger's job graph, without jars. */
  static JobGraph graph(Configuration defaults, TriggerSpec spec, Optional<String> savepointPath) {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(defaults);
    Pipeline.build(env, spec);
    StreamGraph stream = env.getStreamGraph();
    JobGraph graph = stream.getJobGraph(JobSubmission.class.getClassLoader(), JobID.generate());
    savepointPath.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path)));
    return graph;
  }
}
