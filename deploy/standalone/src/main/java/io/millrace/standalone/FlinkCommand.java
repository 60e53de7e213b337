// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * The command lines of Flink's processes: what the distribution's shell scripts would run, with
 * heap and dynamic properties computed from the configured process sizes.
 */
final class FlinkCommand {

  /** What the configuration file of a Flink distribution opens to Flink on Java 17. */
  private static final List<String> OPENS =
      Stream.of(
              "java.lang",
              "java.net",
              "java.io",
              "java.nio",
              "sun.nio.ch",
              "java.lang.reflect",
              "java.text",
              "java.time",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.atomic",
              "java.util.concurrent.locks",
              "sun.net.util")
          .map(each -> "--add-opens=java.base/" + each + "=ALL-UNNAMED")
          .toList();

  /** Processes that coordinate and compute little: better up soon than fast in the long run. */
  private static final List<String> QUICK_START =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private FlinkCommand() {}

  static List<String> zooKeeper(ClusterLayout layout, String name) {
    List<String> command = java(layout, name);
    command.addAll(QUICK_START);
    command.addAll(List.of("-Xmx96m", Role.ZOOKEEPER.mainClass()));
    command.addAll(
        List.of("--zkConfigFile", layout.conf().resolve("zoo.cfg").toString(), "--peerId", "1"));
    return command;
  }

  static List<String> jobManager(ClusterLayout layout, String name, Map<String, String> flink) {
    Configuration configuration = Configuration.fromMap(flink);
    JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    List<String> command = java(layout, name);
    command.addAll(words(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration)));
    command.addAll(QUICK_START);
    command.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    command.addAll(words(configuration.get(CoreOptions.FLINK_JM_JVM_OPTIONS)));
    command.addAll(List.of(Role.JOBMANAGER.mainClass(), "--configDir", layout.conf().toString()));
    command.addAll(List.of("--executionMode", "cluster"));
    command.addAll(words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
    return command;
  }

  static List<String> taskManager(ClusterLayout layout, String name, Map<String, String> flink) {
    Configuration configuration = Configuration.fromMap(flink);
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    List<String> command = java(layout, name);
    command.addAll(words(ProcessMemoryUtils.generateJvmParametersStr(memory)));
    command.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
    command.addAll(words(configuration.get(CoreOptions.FLINK_TM_JVM_OPTIONS)));
    command.addAll(List.of(Role.TASKMANAGER.mainClass(), "--configDir", layout.conf().toString()));
    command.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
    // REST then shows a TaskManager by the name that its log and pid file have.
    command.addAll(List.of("-D", "taskmanager.resource-id=" + name));
    return command;
  }

  private static List<String> java(ClusterLayout layout, String name) {
    String log4j = layout.conf().resolve("log4j.properties").toUri().toString();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPENS);
    command.add("-Dlog.file=" + layout.logOf(name));
    command.add("-Dlog4j2.configurationFile=" + log4j);
    // Flink's temporary directories are this one, too, unless the operator names others.
    command.add("-Djava.io.tmpdir=" + layout.temporaryOf(name));
    return command;
  }

  private static List<String> words(String line) {
    return Stream.of(line.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }
}
