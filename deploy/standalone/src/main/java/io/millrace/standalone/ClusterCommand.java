// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace cluster}: starts and stops a standalone cluster that outlives the command. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "A Flink cluster of real processes on this machine.",
    synopsisSubcommandLabel = "(start | stop)",
    subcommands = {ClusterCommand.Start.class, ClusterCommand.Stop.class})
public final class ClusterCommand {

  private static final String DEFAULT_DIRECTORY = "${sys:user.home}/.millrace/cluster";

  /** {@code millrace cluster start}. */
  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Starts ZooKeeper, a JobManager and TaskManagers; prints Flink's REST address.")
  static final class Start implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
        names = "--taskmanagers",
        paramLabel = "N",
        defaultValue = "2",
        description = "How many TaskManagers; ${DEFAULT-VALUE} if not given.")
    private int taskManagers;

    @Option(
        names = "--slots",
        paramLabel = "M",
        defaultValue = "2",
        description = "Slots per TaskManager; ${DEFAULT-VALUE} if not given.")
    private int slots;

    @Option(
        names = "--directory",
        paramLabel = "D",
        defaultValue = DEFAULT_DIRECTORY,
        description = "Logs, checkpoints and the cluster's files; ${DEFAULT-VALUE} if not given.")
    private Path directory;

    @Option(
        names = "--port",
        paramLabel = "P",
        description = "Flink's REST; 0 is any free one. 8081, or any when that is taken.")
    private Optional<Integer> port = Optional.empty();

    @Option(
        names = "-D",
        paramLabel = "key=value",
        description = "A Flink setting, for example -Dtaskmanager.memory.process.size=2g.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Override
    public Integer call() {
      return answering(
          spec,
          () -> {
            accept("--taskmanagers", taskManagers, 0, StandaloneCluster.MOST_TASK_MANAGERS, "");
            accept("--slots", slots, 1, StandaloneCluster.MOST_SLOTS, "");
            accept("--port", port.orElse(0), 0, Ports.LAST, ", 0 for any that is free");
            Optional<StandaloneCluster> running = StandaloneCluster.attach(directory);
            if (running.isPresent()) {
              requireAnswer(running.get());
              say(
                  spec,
                  "A cluster runs in %s already; millrace cluster stop ends it"
                      .formatted(directory));
              differences(running.get())
                  .forEach(
                      each -> say(spec, each + "; for another: millrace cluster stop, then start"));
              answer(spec, running.get());
              return 0;
            }
            say(
                spec,
                "Starting ZooKeeper, a JobManager and %d TaskManagers …".formatted(taskManagers));
            StandaloneCluster cluster =
                StandaloneCluster.in(directory)
                    .taskManagers(taskManagers)
                    .slots(slots)
                    .restPort(
                        port.orElse(LoopbackPort.isFree(Ports.USUAL_REST) ? Ports.USUAL_REST : 0))
                    .config(settings)
                    .start();
            say(spec, "Flink's REST and web page: http://" + cluster.restAddress());
            say(spec, "Logs: " + directory.resolve("log"));
            answer(spec, cluster);
            return 0;
          });
    }

    private static void requireAnswer(StandaloneCluster cluster) {
      try {
        cluster.requireAnswer();
      } catch (ClusterException e) {
        throw new ClusterException(e.getMessage() + "; millrace cluster stop, then start", e);
      }
    }

    /** What was asked for and is otherwise in the cluster that runs, a line for each. */
    private List<String> differences(StandaloneCluster cluster) {
      List<String> lines = new ArrayList<>();
      compare(lines, "--taskmanagers", taskManagers, cluster.taskManagerPids().size());
      compare(lines, "--slots", slots, cluster.slots());
      port.filter(asked -> asked != 0)
          .ifPresent(asked -> compare(lines, "--port", asked, cluster.restPort()));
      settings.forEach(
          (key, asked) ->
              compare(lines, "-D" + key, asked, cluster.setting(key).orElse("not set")));
      return lines;
    }

    private void compare(List<String> lines, String option, Object asked, Object running) {
      boolean given =
          option.startsWith("-D") || spec.commandLine().getParseResult().hasMatchedOption(option);
      if (given && !asked.equals(running)) {
        lines.add("%s: it runs with %s, not %s".formatted(option, running, asked));
      }
    }

    private static void accept(String option, int value, int from, int to, String more) {
      if (value < from || value > to) {
        throw new ClusterException(
            "%s: %d is not accepted; accepted: %d to %d%s"
                .formatted(option, value, from, to, more));
      }
    }
  }

  /** {@code millrace cluster stop}. */
  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "Ends every process of the cluster; its files stay.")
  static final class Stop implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
        names = "--directory",
        paramLabel = "D",
        defaultValue = DEFAULT_DIRECTORY,
        description = "The cluster's directory; ${DEFAULT-VALUE} if not given.")
    private Path directory;

    @Override
    public Integer call() {
      return answering(
          spec,
          () -> {
            Optional<StandaloneCluster> running = StandaloneCluster.attach(directory);
            running.ifPresent(StandaloneCluster::stop);
            say(
                spec,
                running.isPresent()
                    ? "Stopped; logs and state stay in " + directory
                    : "No cluster runs in " + directory);
            return 0;
          });
    }
  }

  private static int answering(CommandSpec spec, Callable<Integer> command) {
    try {
      return command.call();
    } catch (ClusterException e) {
      say(spec, "millrace: " + e.getMessage());
      return 2;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void say(CommandSpec spec, String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  private static void answer(CommandSpec spec, StandaloneCluster cluster) {
    ObjectNode answer = new ObjectMapper().createObjectNode();
    answer.put("jobManager", cluster.restAddress());
    answer.put("directory", cluster.directory().toString());
    answer.put("taskManagers", cluster.taskManagerPids().size());
    spec.commandLine().getOut().println(answer);
    spec.commandLine().getOut().flush();
  }
}
