// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ControlClient;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how the shards of a job stand.")
final class StatusCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(names = "--shard", paramLabel = "SHARD", description = "Only this shard.")
  private Optional<String> shard = Optional.empty();

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode status;
    try (ControlClient client = cluster.connect()) {
      status = client.status(cluster.job(client));
    }
    shard.ifPresent(wanted -> keepOnly(wanted, status));
    PrintWriter out = command.commandLine().getOut();
    if (json) {
      out.println(status);
    } else {
      StatusTable.print(status, Clock.systemUTC(), out);
    }
    out.flush();
    return 0;
  }

  private static void keepOnly(String wanted, ObjectNode status) {
    JsonNode shards = status.get("shards");
    ArrayNode kept = status.arrayNode();
    shards.forEach(
        candidate -> {
          if (candidate.get("shard").asText().equals(wanted)) {
            kept.add(candidate);
          }
        });
    if (kept.isEmpty()) {
      throw CommandFailure.badInput(
          "--shard: '"
              + wanted
              + "' is not accepted; accepted: "
              + StreamSupport.stream(shards.spliterator(), false)
                  .map(known -> known.get("shard").asText())
                  .collect(Collectors.joining(", ")));
    }
    status.set("shards", kept);
  }
}
