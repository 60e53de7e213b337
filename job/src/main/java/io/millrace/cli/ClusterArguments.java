// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import io.millrace.job.ClusterAddress;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which job on which cluster. */
final class ClusterArguments {

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      description =
          "The REST interface of the JobManager; by default what config.yaml in FLINK_CONF_DIR"
              + " says.")
  private Optional<String> jobManager = Optional.empty();

  @Option(
      names = "--job",
      paramLabel = "ID",
      description = "The job; not needed where only one Millrace job is running.")
  private Optional<String> job = Optional.empty();

  ControlClient connect() {
    return ControlClient.connect(ClusterAddress.given(jobManager));
  }

  TriggerJob job(ControlClient client) {
    return client.job(job);
  }
}
