// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.nio.file.Path;
import java.util.Properties;

/**
 * The fixed ports of a cluster on loopback. A restarted process gets the same one again; every
 * other port is chosen by Flink and published in ZooKeeper.
 */
record Ports(int rest, int zooKeeper) {

  /** Where Flink's REST listens when nobody said otherwise. */
  static final int USUAL_REST = 8081;

  static final int LAST = 65_535;

  /** Picks what is zero, and refuses what is taken. */
  static Ports pick(int rest) {
    int first = rest == 0 ? LoopbackPort.free() : checked(rest);
    int second = LoopbackPort.free();
    while (second == first) {
      // Nobody listens at the first yet.
      second = LoopbackPort.free();
    }
    return new Ports(first, second);
  }

  private static int checked(int port) {
    if (port < 0 || port > LAST) {
      throw new ClusterException(
          "%d is not a port for Flink's REST; accepted: 1 to %d, or 0 for any that is free"
              .formatted(port, LAST));
    }
    if (!LoopbackPort.isFree(port)) {
      throw new ClusterException(
          "Port " + port + " is taken: give another for Flink's REST, or 0 for any that is free");
    }
    return port;
  }

  static Ports read(Path file) {
    Properties ports = PropertyFile.read(file);
    return new Ports(
        Integer.parseInt(ports.getProperty("rest")),
        Integer.parseInt(ports.getProperty("zookeeper")));
  }

  void write(Path file) {
    Properties ports = new Properties();
    ports.setProperty("rest", Integer.toString(rest));
    ports.setProperty("zookeeper", Integer.toString(zooKeeper));
    PropertyFile.write(file, ports);
  }
}
