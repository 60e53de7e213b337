// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
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

  @Mixin private WaitArguments waiting;

  private final Verb verb;

  OperatorCommand(Verb verb) {
    this.verb = verb;
  }

  @Override
  public Integer call() throws InterruptedException {
    String word = verb.name().toLowerCase(Locale.ROOT);
    String id = UUID.randomUUID().toString();
    try (ControlClient client = cluster.connect();
        Progress progress = new Progress(command.commandLine().getErr())) {
      TriggerJob job = cluster.job(client);
      ObjectNode answer =
          waiting
              .wait(word, progress)
              .until(
                  () -> client.command(job, id, verb, shard),
                  waiting.stages(),
                  shard.isPresent() ? "--shard: " : "",
                  CommandWait.STANDS);
      return CommandOutcome.print(word, answer, waiting.json(), command.commandLine().getOut());
    }
  }
}
