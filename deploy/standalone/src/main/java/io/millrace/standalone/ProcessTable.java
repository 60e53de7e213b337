// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of a cluster since its last stop, dead ones included, as the files of their pids
 * tell them to any JVM. It has no state of its own.
 */
final class ProcessTable {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessTable.class);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private final ClusterLayout layout;

  ProcessTable(ClusterLayout layout) {
    this.layout = layout;
  }

  /**
   * Starts one.
   *
   * @throws ClusterException where Flink refuses the configuration
   */
  ClusterProcess launch(Role role, int number) {
    String name = role.process(number);
    removeLeftOvers();
    layout.createTemporaryOf(name);
    Map<String, String> flink = PropertyFile.map(layout.settings());
    try {
      List<String> command =
          switch (role) {
            case ZOOKEEPER -> FlinkCommand.zooKeeper(layout, name);
            case JOBMANAGER -> FlinkCommand.jobManager(layout, name, flink);
            case TASKMANAGER -> FlinkCommand.taskManager(layout, name, flink);
          };
      return ClusterProcess.start(
          layout,
          name,
          command,
          Map.of(
              "CLASSPATH",
              FlinkClassPath.find(),
              "FLINK_CONF_DIR",
              layout.conf().toString(),
              ConfigConstants.ENV_FLINK_PLUGINS_DIR,
              layout.plugins().toString()));
    } catch (IllegalConfigurationException | IllegalArgumentException e) {
      throw new ClusterException("Flink refuses the configuration: " + e.getMessage(), e);
    }
  }

  /** Removes the temporary files of processes that were killed, and could not do so themselves. */
  void removeLeftOvers() {
    for (ClusterProcess process : all()) {
      if (!process.isAlive()) {
        try {
          ClusterLayout.remove(layout.temporaryOf(process.name()));
        } catch (IOException | UncheckedIOException e) {
          LOG.warn(
              "{} stays until the cluster is stopped: {}",
              layout.temporaryOf(process.name()),
              e.toString());
        }
      }
    }
  }

  /** Those of a role, by number. */
  SortedMap<Integer, ClusterProcess> of(Role role) {
    SortedMap<Integer, ClusterProcess> processes = new TreeMap<>();
    for (ClusterProcess process : all()) {
      String prefix = role.title() + "-";
      if (process.name().startsWith(prefix)) {
        processes.put(Integer.valueOf(process.name().substring(prefix.length())), process);
      }
    }
    return processes;
  }

  /** The one of a role that has one. */
  ClusterProcess only(Role role) {
    return Optional.ofNullable(of(role).get(0))
        .orElseThrow(() -> new ClusterException("The cluster has been stopped"));
  }

  boolean anyAlive() {
    return all().stream().anyMatch(ClusterProcess::isAlive);
  }

  private List<ClusterProcess> all() {
    if (!Files.exists(layout.pids())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(layout.pids())) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".pid"))
          .map(ClusterProcess::read)
          .toList();
    } catch (IOException e) {
      throw new ClusterException("Cannot list " + layout.pids() + ": " + e, e);
    }
  }

  /**
   * Waits for what some processes are needed for.
   *
   * @throws ClusterException when one of them has ended, or after three minutes
   */
  void await(String what, List<ClusterProcess> needed, BooleanSupplier condition) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      requireAlive(needed);
      if (System.nanoTime() > deadline) {
        throw new ClusterException(
            "%s did not come up within %d s; see the logs in %s"
                .formatted(what, START_TIMEOUT.toSeconds(), layout.logs()));
      }
      ClusterProcess.pause();
    }
  }

  /**
   * @throws ClusterException naming the one that has ended
   */
  void requireAlive(Iterable<ClusterProcess> processes) {
    for (ClusterProcess process : processes) {
      if (!process.isAlive()) {
        throw new ClusterException(lastWords(process));
      }
    }
  }

  /** Where to look when a process has ended. */
  String lastWords(ClusterProcess process) {
    return "%s (pid %d) has ended; see %s and %s"
        .formatted(
            process.name(),
            process.pid(),
            layout.logOf(process.name()),
            layout.outputOf(process.name()));
  }
}
