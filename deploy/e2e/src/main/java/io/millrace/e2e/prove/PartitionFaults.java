// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.DisProducer;
import io.millrace.e2e.stage.StoredStream.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A stream of DIS that is scaled while records are put into it. */
final class PartitionFaults {

  /** By so many partitions at most. */
  private static final int STEP = 3;

  /** Partitions in service that a stream may have. */
  private static final int MOST = 256;

  private final FaultSite site;
  private final ProvingGround ground;
  private final DisProducer producer;

  PartitionFaults(FaultSite site, DisProducer producer) {
    this.site = site;
    this.ground = site.ground;
    this.producer = producer;
  }

  /** Partitions that were out of service come back first, then there are new ones. */
  FaultLog.Entry up() throws IOException, InterruptedException {
    Set<String> before = withRoom();
    int target = Math.min(MOST, before.size() + 1 + site.below(STEP));
    Map<String, Long> had =
        ground.stored().shards().stream().collect(Collectors.toMap(Shard::id, Shard::count));
    long at = site.now();
    producer.scale(target);
    Set<String> added = new TreeSet<>(site.activeShards());
    added.removeAll(before);
    for (String partition : added) {
      long least = had.getOrDefault(partition, 0L);
      ground.await(
          "partition %s, added by %s, is delivered".formatted(partition, Fault.SCALE_UP.title()),
          () -> ground.gauge.delivered(partition) > least);
    }
    long back = added.stream().filter(had::containsKey).count();
    return site.done(
        Fault.SCALE_UP,
        at,
        "%d to %d partitions, %d of them back in service".formatted(before.size(), target, back));
  }

  /** The partitions in service; where a stream has as many as it may, some were taken out first. */
  private Set<String> withRoom() {
    Set<String> active = site.activeShards();
    if (active.size() < MOST) {
      return active;
    }
    producer.scale(MOST - STEP);
    return site.activeShards();
  }

  /** Up, down and up again, and processes that die in between. */
  FaultLog.Entry withKills(KillFaults kills) throws IOException, InterruptedException {
    int before = withRoom().size();
    int more = Math.min(MOST, before + STEP);
    int fewer = Math.max(1, before - 1);
    long at = site.now();
    producer.scale(more);
    kills.taskManager(
        Fault.KILLS_WHILE_RESHARDING, "%d to %d partitions, then ".formatted(before, more));
    producer.scale(fewer);
    kills.jobManager(
        Fault.KILLS_WHILE_RESHARDING, "%d to %d partitions, then ".formatted(more, fewer));
    producer.scale(before);
    site.awaitDelivered(site.activeShards(), ground.calls.mark());
    return site.done(
        Fault.KILLS_WHILE_RESHARDING,
        at,
        "%d to %d to %d to %d partitions".formatted(before, more, fewer, before));
  }

  /** The last partitions go out of service, and what is in them is still to be delivered. */
  FaultLog.Entry down() throws IOException, InterruptedException {
    Set<String> before = site.activeShards();
    int target = Math.max(1, before.size() - 1 - site.below(STEP));
    if (target == before.size()) {
      throw new IOException(Fault.SCALE_DOWN.title() + ": there is only one active partition");
    }
    long at = site.now();
    producer.scale(target);
    Set<String> removed = new TreeSet<>(before);
    removed.removeAll(site.activeShards());
    for (Shard partition : new ArrayList<>(ground.stored().shards())) {
      if (removed.contains(partition.id())) {
        ground.await(
            "the rest of partition %s is delivered".formatted(partition.id()),
            () -> ground.gauge.delivered(partition.id()) >= partition.count());
      }
    }
    return site.done(
        Fault.SCALE_DOWN,
        at,
        "%d to %d partitions, without %s".formatted(before.size(), target, removed));
  }
}
