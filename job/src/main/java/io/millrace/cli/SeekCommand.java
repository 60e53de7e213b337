// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "seek",
    mixinStandardHelpOptions = true,
    description = {
      "Moves shards of a running job to another place in the stream.",
      "Says first what will be delivered again or left out, and moves nothing before it is told to."
    })
final class SeekCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(names = "--shard", paramLabel = "SHARD", description = "The shard.")
  private Optional<String> shard = Optional.empty();

  @Option(names = "--all", description = "All shards that have not ended.")
  private boolean all;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "PLACE",
      description = {
        "earliest: the oldest record that the stream has. latest: behind the newest one.",
        "A number: the record with this sequence. A time with its zone, such as"
            + " 2021-10-12T00:00:00Z: the first record accepted then or later."
      })
  private String to;

  @Option(names = "--yes", description = "Move them without asking.")
  private boolean yes;

  @Mixin private WaitArguments waiting;

  @Override
  public Integer call() throws InterruptedException {
    if (shard.isPresent() == all) {
      throw CommandFailure.badInput("--shard or --all: one of them is needed, to say what to move");
    }
    StartPosition place = Place.of(to, shard);
    String id = UUID.randomUUID().toString();
    try (ControlClient client = cluster.connect();
        Progress progress = new Progress(command.commandLine().getErr())) {
      TriggerJob job = cluster.job(client);
      CommandWait answers = waiting.wait("seek", progress);
      String option = shard.isPresent() ? "--shard: " : "";
      ObjectNode found =
          answers.until(
              () -> client.survey(job, id, shard, place),
              Set.of("FOUND", "REFUSED"),
              option,
              "nothing was moved");
      effects(found).forEach(progress::say);
      Confirmation.ask(yes, "Move", "nothing was moved");
      ObjectNode answer =
          answers.until(
              () -> client.command(job, id, Verb.SEEK, shard),
              waiting.stages(),
              option,
              CommandWait.STANDS);
      print(answer, found);
      for (JsonNode target : answer.get("shards")) {
        if (isMissed(target)) {
          return CommandFailure.FAILED;
        }
      }
    }
    return 0;
  }

  /** A shard can end while the command is on its way. */
  private static boolean isMissed(JsonNode target) {
    return target.get("stage").asText().equals("MISSED");
  }

  /** What moving each shard does; fails where one cannot be moved there. */
  private List<String> effects(ObjectNode found) {
    List<String> effects = new ArrayList<>();
    for (JsonNode target : found.get("shards")) {
      if (target.get("stage").asText().equals("REFUSED")) {
        throw CommandFailure.badInput(
            "--to: '" + to + "': " + target.get("refusal").asText() + "; nothing was moved");
      }
      effects.add(Place.effect(target));
    }
    if (effects.isEmpty()) {
      throw CommandFailure.badInput("--all: there is no shard that can be moved");
    }
    return effects;
  }

  private void print(ObjectNode answer, ObjectNode found) {
    PrintWriter out = command.commandLine().getOut();
    if (waiting.json()) {
      ObjectNode both = answer.deepCopy();
      both.set("found", found.get("shards"));
      out.println(both);
    } else {
      for (JsonNode target : answer.get("shards")) {
        String stage = target.get("stage").asText();
        String what =
            isMissed(target) ? "had ended before" : "moved, " + stage.toLowerCase(Locale.ROOT);
        out.println("seek: shard " + target.get("shard").asText() + " " + what);
      }
    }
    out.flush();
  }
}
