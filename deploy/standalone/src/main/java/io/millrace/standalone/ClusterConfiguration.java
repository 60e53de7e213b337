// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The configuration files of a cluster: Flink's, ZooKeeper's and log4j's. */
final class ClusterConfiguration {

  private ClusterConfiguration() {}

  /** Flink's settings; what the operator gave comes last and wins. */
  static Map<String, String> flink(
      ClusterLayout layout, Ports ports, int slots, Map<String, String> given) {
    Map<String, String> flink = new LinkedHashMap<>();
    flink.put("jobmanager.rpc.address", "127.0.0.1");
    flink.put("jobmanager.bind-host", "127.0.0.1");
    flink.put("taskmanager.host", "127.0.0.1");
    flink.put("taskmanager.bind-host", "127.0.0.1");
    flink.put("rest.address", "127.0.0.1");
    flink.put("rest.bind-address", "127.0.0.1");
    flink.put("rest.port", Integer.toString(ports.rest()));
    flink.put("rest.bind-port", Integer.toString(ports.rest()));

    flink.put("high-availability.type", "zookeeper");
    flink.put("high-availability.storageDir", ClusterLayout.uri(layout.highAvailability()));
    flink.put("high-availability.cluster-id", "millrace");
    flink.put("high-availability.jobmanager.port", "0");
    flink.put("high-availability.zookeeper.quorum", "127.0.0.1:" + ports.zooKeeper());
    // A killed JobManager stays leader until its session ends; Flink's default is a minute.
    flink.put("high-availability.zookeeper.client.session-timeout", "6 s");
    flink.put("high-availability.zookeeper.client.connection-timeout", "6 s");
    flink.put("high-availability.zookeeper.client.retry-wait", "1 s");
    // With Flink's three attempts every process would end when ZooKeeper is away for some seconds.
    flink.put("high-availability.zookeeper.client.max-retry-attempts", "300");
    flink.put("high-availability.zookeeper.client.tolerate-suspended-connections", "true");

    // There is no login to ZooKeeper; without this every process logs that it has none.
    flink.put("zookeeper.sasl.disable", "true");

    // A silent TaskManager is noticed in seconds: the default is up to 50.
    flink.put("heartbeat.interval", "500 ms");
    flink.put("heartbeat.timeout", "6 s");
    // And one that refuses connections sooner, but not before its lease of 3 s has ended.
    flink.put("heartbeat.rpc-failure-threshold", "8");
    // Else a TaskManager that dies while it is asked for metrics silences all for ten minutes.
    flink.put("web.timeout", "1 min");
    // A lost TaskManager takes fewer shards with it, and those that take them over are running
    // already, with the job's classes: one that has nothing to do yet needs seconds more.
    flink.put("taskmanager.load-balance.mode", "SLOTS");

    flink.put("state.backend.type", "rocksdb");
    flink.put("execution.checkpointing.incremental", "true");
    flink.put("execution.checkpointing.storage", "filesystem");
    flink.put("execution.checkpointing.dir", ClusterLayout.uri(layout.checkpoints()));
    flink.put("execution.checkpointing.savepoint-dir", ClusterLayout.uri(layout.savepoints()));

    flink.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
    flink.put("taskmanager.memory.process.size", "1152m");
    flink.put("taskmanager.memory.jvm-metaspace.size", "192m");
    flink.put("taskmanager.memory.jvm-overhead.min", "128m");
    flink.put("taskmanager.memory.jvm-overhead.max", "128m");
    flink.put("taskmanager.memory.managed.size", "128m");
    flink.put("taskmanager.memory.network.min", "64m");
    flink.put("taskmanager.memory.network.max", "64m");
    flink.put("taskmanager.memory.framework.heap.size", "64m");
    flink.put("taskmanager.memory.framework.off-heap.size", "96m");
    flink.put("taskmanager.memory.task.off-heap.size", "64m");
    flink.put("jobmanager.memory.process.size", "768m");
    flink.put("jobmanager.memory.jvm-metaspace.size", "192m");
    flink.put("jobmanager.memory.jvm-overhead.min", "128m");
    flink.put("jobmanager.memory.jvm-overhead.max", "128m");

    flink.put("metrics.reporters", "prometheus");
    flink.put(
        "metrics.reporter.prometheus.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    flink.put("metrics.reporter.prometheus.port", "9249-9348");

    flink.putAll(given);
    return flink;
  }

  static void write(ClusterLayout layout, Ports ports, Map<String, String> flink) {
    write(
        layout.conf().resolve("config.yaml"),
        flink.entrySet().stream()
            .map(each -> each.getKey() + ": '" + each.getValue().replace("'", "''") + "'\n")
            .collect(Collectors.joining()));
    write(
        layout.conf().resolve("zoo.cfg"),
        """
        tickTime=1000
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        admin.enableServer=false
        autopurge.purgeInterval=1
        maxClientCnxns=0
        """
            .formatted(layout.zooKeeper(), ports.zooKeeper()));
    write(
        layout.conf().resolve("log4j.properties"),
        """
        rootLogger.level = INFO
        rootLogger.appenderRef.file.ref = file
        logger.zookeeper.name = org.apache.flink.shaded.zookeeper3
        logger.zookeeper.level = WARN
        logger.curator.name = org.apache.flink.shaded.curator5
        logger.curator.level = WARN
        logger.pekko.name = org.apache.pekko
        logger.pekko.level = WARN
        # At DEBUG it logs the wire, security tokens included.
        logger.jetty.name = org.eclipse.jetty
        logger.jetty.level = INFO
        appender.file.type = RollingFile
        appender.file.name = file
        appender.file.fileName = ${sys:log.file}
        appender.file.filePattern = ${sys:log.file}.%i
        appender.file.append = true
        appender.file.layout.type = PatternLayout
        appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
        appender.file.policies.type = Policies
        appender.file.policies.size.type = SizeBasedTriggeringPolicy
        appender.file.policies.size.size = 20MB
        appender.file.strategy.type = DefaultRolloverStrategy
        appender.file.strategy.max = 5
        """);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new ClusterException("Cannot write " + file + ": " + e, e);
    }
  }
}
