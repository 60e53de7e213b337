// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ClusterException;
import io.millrace.job.ControlClient;
import io.millrace.job.TriggerJob;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how the shards of a job stand.",
    footer = {
      "",
      "Exit code 1: a shard is suspended, the function cannot be reached, or the job does not run."
    })
final class StatusCommand implements Callable<Integer> {

  /** As often as tasks tell how their shards stand. */
  private static final long WATCH_MILLIS = 1_000;

  @Spec private CommandSpec command;

  @Mixin private ClusterArguments cluster;

  @Option(names = "--shard", paramLabel = "SHARD", description = "Only this shard.")
  private Optional<String> shard = Optional.empty();

  @Option(
      names = "--watch",
      description = "Again every second, until Ctrl-C; shards in trouble come first.")
  private boolean watch;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    try (ControlClient client = cluster.connect()) {
      TriggerJob job = cluster.job(client);
      if (watch) {
        return watch(client, job, out);
      }
      ObjectNode status = status(client, job);
      if (json) {
        out.println(status);
      } else {
        StatusTable.print(status, Clock.systemUTC(), out);
      }
      out.flush();
      return isWell(status) ? 0 : CommandFailure.FAILED;
    }
  }

  private ObjectNode status(ControlClient client, TriggerJob job) {
    ObjectNode status = client.status(job);
    // A job that does not run tells of no shard.
    if (shard.isPresent() && status.path("state").asText().equals(JobStatus.RUNNING.name())) {
      status.set("shards", status.arrayNode().add(ShardChoice.one(shard.get(), status)));
    }
    return status;
  }

  private int watch(ControlClient client, TriggerJob job, PrintWriter out)
      throws InterruptedException {
    try (Screen screen = Screen.open(out, !json && Progress.isTerminal())) {
      while (true) {
        show(client, job, screen, out);
        Thread.sleep(WATCH_MILLIS);
      }
    }
  }

  private void show(ControlClient client, TriggerJob job, Screen screen, PrintWriter out) {
    try {
      ObjectNode status = status(client, job);
      if (json) {
        out.println(status);
        out.flush();
      } else {
        status.set("shards", troubledFirst(status));
        StringWriter page = new StringWriter();
        StatusTable.print(status, Clock.systemUTC(), new PrintWriter(page, true));
        screen.show(page.toString().lines().toList());
      }
    } catch (ClusterException e) {
      // The JobManager may be about to come back; who watches wants to see that.
      if (json) {
        command.commandLine().getErr().println("millrace: " + e.getMessage());
      } else {
        screen.show(
            List.of(
                job.trigger() + "  no answer  " + Clock.systemUTC().instant(), "", e.getMessage()));
      }
    }
  }

  private static JsonNode troubledFirst(ObjectNode status) {
    List<JsonNode> shards = new ArrayList<>();
    status.get("shards").forEach(shards::add);
    shards.sort(Comparator.comparing(each -> !each.path("lastError").isObject()));
    return status.arrayNode().addAll(shards);
  }

  static boolean isWell(JsonNode status) {
    String state = status.path("state").asText();
    boolean runs =
        state.equals(JobStatus.RUNNING.name()) || state.equals(JobStatus.FINISHED.name());
    return runs
        && !status.path("blocked").isObject()
        && !status.path("shards").findValuesAsText("state").contains("SUSPENDED");
  }
}
