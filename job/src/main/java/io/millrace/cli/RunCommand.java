// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ControlClient;
import io.millrace.job.EmbeddedCluster;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerCheck;
import io.millrace.job.TriggerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description =
        "Submits a trigger to a Flink cluster and waits until its job runs, or runs it in this"
            + " process until it is interrupted.")
final class RunCommand implements Callable<Integer> {

  private static final long ASK_MILLIS = 500;

  @Spec private CommandSpec command;

  @Mixin private TriggerArguments trigger;

  @Option(
      names = "--jobmanager",
      paramLabel = "HOST:PORT",
      description =
          "The REST interface of the JobManager; by default what config.yaml in FLINK_CONF_DIR"
              + " says.")
  private Optional<String> jobManager = Optional.empty();

  @Option(names = "--embedded", description = "Run in this process, until interrupted.")
  private boolean embedded;

  @Option(
      names = "--rest-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "With --embedded, the port of Flink's REST interface; 0 for any free one.")
  private int restPort;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "With --embedded, where checkpoints go; by default a temporary directory.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--from-savepoint",
      paramLabel = "PATH",
      description = "Go on from a savepoint or checkpoint, instead of source.start.")
  private Optional<String> savepoint = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait until the job runs (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(
      names = "--skip-check",
      description =
          "Submit without looking at the stream and the function first: for a machine that cannot"
              + " reach them, or has no credentials.")
  private boolean skipCheck;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (embedded && jobManager.isPresent()) {
      throw new ParameterException(
          command.commandLine(), "--embedded and --jobmanager exclude each other");
    }
    TriggerSpec spec = trigger.parse();
    try (Progress progress = new Progress(command.commandLine().getErr())) {
      if (!skipCheck) {
        TriggerCheck.run(spec, finding -> tell(progress, "run: " + finding));
      }
      return embedded ? runHere(spec, progress) : submit(spec, progress);
    }
  }

  /** A step is gone with the next one; a warning stays. */
  private static void tell(Progress progress, String finding) {
    if (finding.startsWith("run: warning: ")) {
      progress.say(finding);
    } else {
      progress.step(finding);
    }
  }

  private int submit(TriggerSpec spec, Progress progress) throws InterruptedException {
    ClusterAddress cluster = ClusterAddress.given(jobManager);
    refuseSecond(cluster, spec);
    progress.step("run: submitting " + spec.name() + " to " + cluster);
    JobID job = JobSubmission.submit(cluster, spec, savepoint);
    try (ControlClient client = ControlClient.connect(cluster)) {
      awaitRunning(client, job, progress);
    }
    answer(spec, job, cluster.toString());
    return 0;
  }

  /** Two jobs of one trigger would deliver everything twice, and at the same time. */
  private static void refuseSecond(ClusterAddress cluster, TriggerSpec spec) {
    try (ControlClient client = ControlClient.connect(cluster)) {
      client.jobs().stream()
          .filter(job -> job.trigger().equals(spec.name()))
          .filter(job -> !job.state().isGloballyTerminalState())
          .findFirst()
          .ifPresent(
              job -> {
                throw CommandFailure.badInput(
                    cluster
                        + ": "
                        + spec.name()
                        + " is there already, as job "
                        + job.id()
                        + " ("
                        + job.state()
                        + "); stop it first: millrace stop --job "
                        + job.id());
              });
    }
  }

  private int runHere(TriggerSpec spec, Progress progress)
      throws InterruptedException, IOException {
    Path home =
        directory.isPresent() ? directory.get() : Files.createTempDirectory("millrace-embedded-");
    progress.step("run: starting Flink in this process");
    try (EmbeddedCluster cluster = EmbeddedCluster.start(spec.parallelism(), restPort, home)) {
      JobID job = cluster.submit(spec, savepoint);
      try (ControlClient client = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
        awaitRunning(client, job, progress);
        progress.say("run: checkpoints are in " + home + "; ends when interrupted");
        answer(spec, job, cluster.restAddress());
        JobStatus state = client.state(job);
        while (!state.isGloballyTerminalState()) {
          Thread.sleep(ASK_MILLIS);
          state = client.state(job);
        }
        return ended(client, job, state);
      }
    }
  }

  private static int ended(ControlClient client, JobID job, JobStatus state) {
    if (state == JobStatus.FAILED) {
      throw CommandFailure.failed(
          "job " + job + " failed: " + client.failure(job) + client.goingOn(job));
    }
    return 0;
  }

  private void awaitRunning(ControlClient client, JobID job, Progress progress)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
    while (true) {
      ControlClient.Tasks tasks = client.tasks(job);
      if (tasks.state().isGloballyTerminalState()) {
        throw CommandFailure.failed(
            "job " + job + " is " + tasks.state() + " before it ran: " + client.failure(job));
      }
      if (tasks.running() == tasks.all() && tasks.all() > 0) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw CommandFailure.failed(
            "job "
                + job
                + " is submitted and is "
                + tasks.state()
                + ", but "
                + (tasks.all() - tasks.running())
                + " of "
                + tasks.all()
                + " tasks do not run after "
                + timeoutSeconds
                + " s; it stays there and begins when there are enough free slots; last failure: "
                + client.failure(job));
      }
      progress.step(
          "run: job "
              + job
              + " is "
              + tasks.state()
              + ", "
              + tasks.running()
              + " of "
              + tasks.all()
              + " tasks run");
      Thread.sleep(ASK_MILLIS);
    }
  }

  private void answer(TriggerSpec spec, JobID job, String jobManagerAddress) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("job", job.toString());
    answer.put("name", spec.name());
    answer.put("state", JobStatus.RUNNING.name());
    answer.put("jobManager", jobManagerAddress);
    answer.put("parallelism", spec.parallelism());
    command
        .commandLine()
        .getOut()
        .println(
            json
                ? answer
                : spec.name() + " runs as job " + job + "; Flink: http://" + jobManagerAddress);
    command.commandLine().getOut().flush();
  }
}
