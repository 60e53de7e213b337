// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.DeliveryOptions;
import java.time.Duration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.ReadableConfig;

/** A lease must have ended before others take over the shards of a task that is not heard of. */
final class LeaseRule {

  private LeaseRule() {}

  /**
   * Compares the lease with the time after which this cluster gives a TaskManager up.
   *
   * @throws IllegalArgumentException when it is longer, with what is accepted
   */
  static void check(Duration lease, ReadableConfig cluster) {
    requireShorter(
        lease,
        HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.key(),
        cluster.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT));
    // A TaskManager that refuses connections is given up after so many heartbeats already.
    int refused = cluster.get(HeartbeatManagerOptions.HEARTBEAT_RPC_FAILURE_THRESHOLD);
    if (refused > 0) {
      requireShorter(
          lease,
          HeartbeatManagerOptions.HEARTBEAT_INTERVAL.key()
              + " times "
              + (refused - 1)
              + " ("
              + HeartbeatManagerOptions.HEARTBEAT_RPC_FAILURE_THRESHOLD.key()
              + " less one; -1 lifts this)",
          cluster.get(HeartbeatManagerOptions.HEARTBEAT_INTERVAL).multipliedBy(refused - 1L));
    }
  }

  private static void requireShorter(Duration lease, String name, Duration limit) {
    if (lease.compareTo(limit) >= 0) {
      throw new IllegalArgumentException(
          DeliveryOptions.LEASE.key()
              + ": '"
              + lease.toMillis()
              + " ms' is not accepted; accepted: less than this cluster's "
              + name
              + ", which is "
              + limit.toMillis()
              + " ms");
    }
  }
}
