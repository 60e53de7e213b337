// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that tells shards what to do, and waits until they have done it. */
abstract class OperatorCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(
      names = "--shard",
      paramLabel = "SHARD",
      description = "The shard; without it all shards that the command fits.")
  private Optional<String> shard = Optional.empty();

  @Option(
      names = "--wait",
      defaultValue = "accepted",
      paramLabel = "accepted|durable",
      description = "accepted: until the task has done it. durable: until a checkpoint has it.")
  private Wait wait;

  @Option(
      names = "--timeout",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  private final Verb verb;

  OperatorCommand(Verb verb) {
    this.verb = verb;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    ObjectNode answer;
    try (ControlClient client = cluster.connect();
        Progress progress = new Progress(command.commandLine().getErr())) {
      answer = await(client, cluster.job(client), progress);
    }
    if (json) {
      out.println(answer);
    } else {
      print(answer, out);
    }
    out.flush();
    return 0;
  }

  private ObjectNode await(ControlClient client, TriggerJob job, Progress progress)
      throws InterruptedException {
    String id = UUID.randomUUID().toString();
    return new CommandWait(word(), timeoutSeconds, progress)
        .until(
            () -> client.command(job, id, verb, shard),
            wait.stages(),
            shard.isPresent() ? "--shard: " : "",
            "the command stands, and status shows what becomes of it");
  }

  private void print(JsonNode answer, PrintWriter out) {
    JsonNode shards = answer.get("shards");
    if (shards.isEmpty()) {
      out.println(word() + ": there is no shard that it fits");
    }
    for (JsonNode target : shards) {
      out.println(
          word()
              + ": shard "
              + target.get("shard").asText()
              + " "
              + target.get("stage").asText().toLowerCase(Locale.ROOT));
    }
  }

  private String word() {
    return verb.name().toLowerCase(Locale.ROOT);
  }
}
