// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a cluster keeps what on disk. Logs and state outlive a stop; {@code pids} and {@code tmp}
 * do not.
 *
 * @param directory the cluster's own directory, absolute
 */
record ClusterLayout(Path directory) {

  ClusterLayout {
    directory = directory.toAbsolutePath().normalize();
    String path = directory.toString();
    if (path.contains(File.pathSeparator) || path.contains(",")) {
      throw new ClusterException(
          "The cluster's directory: %s is not accepted; accepted: a path without %s and ,"
              .formatted(path, File.pathSeparator));
    }
  }

  /** As Flink reads it, which does not decode what a URI of Java's encodes: a space, for one. */
  static String uri(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri()).toString();
  }

  /** Held by the process that starts or stops the cluster. */
  Path lock() {
    return directory.resolve("lock");
  }

  /** {@code config.yaml}, {@code zoo.cfg}, {@code log4j.properties}. */
  Path conf() {
    return directory.resolve("conf");
  }

  Path logs() {
    return directory.resolve("log");
  }

  /** One file per process that was started since the last stop. */
  Path pids() {
    return directory.resolve("pids");
  }

  Path temporary() {
    return directory.resolve("tmp");
  }

  /** What is a process's own there, and goes with it. */
  Path temporaryOf(String process) {
    return temporary().resolve(process);
  }

  Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  Path savepoints() {
    return directory.resolve("savepoints");
  }

  /** Flink's plugins, each in a directory of its own. */
  Path plugins() {
    return directory.resolve("plugins");
  }

  /** Job graphs and checkpoint handles, which ZooKeeper points to. */
  Path highAvailability() {
    return directory.resolve("ha");
  }

  Path zooKeeper() {
    return directory.resolve("zookeeper");
  }

  /** The ports of the running cluster, for other processes of the operator. */
  Path ports() {
    return pids().resolve("ports.properties");
  }

  /** Flink's settings as they were at the start, for processes started later. */
  Path settings() {
    return pids().resolve("settings.properties");
  }

  Path logOf(String process) {
    return logs().resolve(process + ".log");
  }

  /** Standard output and error, next to the log, where Flink's web page looks for it. */
  Path outputOf(String process) {
    return logs().resolve(process + ".out");
  }

  Path pidOf(String process) {
    return pids().resolve(process + ".pid");
  }

  void create() {
    try {
      for (Path each :
          List.of(
              conf(),
              logs(),
              pids(),
              temporary(),
              checkpoints(),
              savepoints(),
              highAvailability(),
              zooKeeper(),
              plugins())) {
        Files.createDirectories(each);
      }
    } catch (IOException e) {
      throw new ClusterException("The cluster's directory cannot be made: " + e, e);
    }
  }

  /** Puts a plugin's jar into a directory of its name. */
  void install(Path plugin) {
    String file = plugin.getFileName().toString();
    try {
      Path directory = plugins().resolve(file.substring(0, file.lastIndexOf('.')));
      Files.createDirectories(directory);
      Files.copy(plugin, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ClusterException("The plugin cannot be installed: " + e, e);
    }
  }

  /** Removes what must not outlive a stop. */
  void clear() {
    for (Path each : List.of(pids(), temporary())) {
      try {
        remove(each);
      } catch (IOException e) {
        throw new ClusterException("Left over after the stop: " + e, e);
      }
    }
  }

  /** Gives a process that is about to start an empty directory for its temporary files. */
  void createTemporaryOf(String process) {
    try {
      remove(temporaryOf(process));
      Files.createDirectories(temporaryOf(process));
    } catch (IOException e) {
      throw new ClusterException("The directory for temporary files cannot be made: " + e, e);
    }
  }

  static void remove(Path directory) throws IOException {
    try (Stream<Path> tree = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
