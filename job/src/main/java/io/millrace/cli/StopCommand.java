// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description =
        "Stops a job with a savepoint, after the calls under way; run --from-savepoint goes on"
            + " without a repeat.")
final class StopCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(
      names = "--savepoint-dir",
      paramLabel = "DIR",
      description = "Where the savepoint goes; by default the cluster's setting.")
  private Optional<String> directory = Optional.empty();

  @Option(
      names = "--timeout",
      defaultValue = "900",
      paramLabel = "SECONDS",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    try (ControlClient client = cluster.connect();
        Progress progress = new Progress(command.commandLine().getErr())) {
      TriggerJob job = cluster.job(client);
      progress.step("stop: waiting for the calls under way and the savepoint of job " + job.id());
      String savepoint = client.stop(job.id(), directory, timeoutSeconds);
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("job", job.id().toString());
      answer.put("name", job.trigger());
      answer.put("savepoint", savepoint);
      out.println(json ? answer : "stopped; savepoint: " + savepoint);
    }
    out.flush();
    return 0;
  }
}
