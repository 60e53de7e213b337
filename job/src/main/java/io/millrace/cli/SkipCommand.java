// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import io.millrace.model.Position;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "skip",
    mixinStandardHelpOptions = true,
    description = {
      "Gives up the event at the head of a shard that is suspended or retrying, or one record of it.",
      "What is given up is not delivered; it is logged with the reason, and counted.",
      "Says first what that is, and gives up nothing before it is told to."
    })
final class SkipCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(names = "--shard", required = true, paramLabel = "SHARD", description = "The shard.")
  private String shard;

  @Option(
      names = "--sequence",
      paramLabel = "SEQUENCE[.INDEX]",
      description =
          "Only the record with this sequence; with its index where several records share it.")
  private Optional<String> sequence = Optional.empty();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for those who come later; it is logged.")
  private String reason;

  @Option(names = "--yes", description = "Give it up without asking.")
  private boolean yes;

  @Mixin private WaitArguments waiting;

  @Override
  public Integer call() throws InterruptedException {
    Optional<Record> record = sequence.map(Record::parse);
    if (reason.isBlank()) {
      throw CommandFailure.badInput("--reason: '' is not accepted; accepted: why it is given up");
    }
    String id = UUID.randomUUID().toString();
    try (ControlClient client = cluster.connect();
        Progress progress = new Progress(command.commandLine().getErr())) {
      TriggerJob job = cluster.job(client);
      SkipTarget target = target(ShardChoice.one(shard, client.status(job)), record);
      progress.say(effect(target));
      Confirmation.ask(yes, "Skip", "nothing was given up");
      ObjectNode answer =
          waiting
              .wait("skip", progress)
              .until(
                  () -> client.skip(job, id, shard, target),
                  waiting.stages(),
                  "--shard: ",
                  CommandWait.STANDS);
      return CommandOutcome.print("skip", answer, waiting.json(), command.commandLine().getOut());
    }
  }

  /** One record of an event. */
  private record Record(long sequence, Integer index) {
    static Record parse(String text) {
      if (!text.matches("\\d{1,18}(\\.\\d{1,9})?")) {
        throw CommandFailure.badInput(
            "--sequence: '"
                + text
                + "' is not accepted; accepted: a sequence, or sequence.index, such as 120045.2");
      }
      int dot = text.indexOf('.');
      return dot < 0
          ? new Record(Long.parseLong(text), null)
          : new Record(
              Long.parseLong(text.substring(0, dot)), Integer.valueOf(text.substring(dot + 1)));
    }
  }

  /** What is at the head now; exactly that is given up, or nothing. */
  private SkipTarget target(JsonNode status, Optional<Record> record) {
    JsonNode envelope = status.get("envelope");
    boolean sealed = envelope != null && envelope.isObject();
    // Without one the job refuses, and says why.
    return new SkipTarget(
        sealed ? position(envelope.get("first")) : null,
        sealed ? position(envelope.get("last")) : null,
        record.map(Record::sequence).orElse(null),
        record.map(Record::index).orElse(null),
        reason.strip());
  }

  private static Position position(JsonNode node) {
    return new Position(
        node.get("sequence").asLong(), node.get("index").asInt(), node.get("time").asLong());
  }

  private String effect(SkipTarget target) {
    if (target.first() == null) {
      return "shard " + shard + ": there is no event at its head";
    }
    String event = "the event from " + target.first() + " to " + target.last();
    String what =
        target.sequence() == null
            ? event
            : "the record "
                + target.sequence()
                + (target.index() == null ? "" : "." + target.index())
                + " of "
                + event;
    return "shard " + shard + ": " + what + " is given up and will not be delivered";
  }
}
