// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.bench.process.Orders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

/**
 * What the bench may ask a contender's process. Orders:
 *
 * <ul>
 *   <li>{@code census}: answers with the bytes of the heap after a collection, and the threads
 *   <li>{@code checkpoints MILLIS}: answers with median and longest time and median size of the
 *       checkpoints since; with nothing where there were none
 * </ul>
 */
final class Inspection {

  private final Optional<Cluster> cluster;

  /**
   * @param cluster empty for a contender without Flink
   */
  Inspection(Optional<Cluster> cluster) {
    this.cluster = cluster;
  }

  /** Answers until standard input ends. */
  void serve() throws IOException {
    Orders.serve(this::carryOut);
  }

  private String carryOut(String verb, List<String> arguments) throws Exception {
    return switch (verb) {
      case "census" -> census();
      case "checkpoints" -> checkpoints(Long.parseLong(arguments.get(0)));
      default -> throw new IllegalArgumentException("no order: " + verb);
    };
  }

  private static String census() {
    // What is in use is the question, not what has not been collected yet.
    System.gc();
    long bytes = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return bytes + " " + ManagementFactory.getThreadMXBean().getThreadCount();
  }

  private String checkpoints(long since) throws Exception {
    return cluster.isEmpty()
        ? ""
        : cluster
            .get()
            .checkpointsSince(since)
            .map(of -> of.millis() + " " + of.mostMillis() + " " + of.bytes())
            .orElse("");
  }
}
