// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.DataHubProducer;
import java.io.IOException;
import java.util.List;

/** Shards of a topic that are split and merged while records are put into them. */
final class TopicFaults {

  /** Active shards that a topic may have. */
  private static final int MOST = 256;

  private final FaultSite site;
  private final ProvingGround ground;
  private final DataHubProducer producer;

  TopicFaults(FaultSite site, DataHubProducer producer) {
    this.site = site;
    this.ground = site.ground;
    this.producer = producer;
  }

  FaultLog.Entry split() throws IOException, InterruptedException {
    long at = site.now();
    String shard = site.pick(withRoom());
    List<String> children = producer.split(shard);
    return handedOver(Fault.SPLIT, at, "%s into %s".formatted(shard, children), children);
  }

  FaultLog.Entry merge() throws IOException, InterruptedException {
    List<String> active = producer.activeShards();
    if (active.size() < 2) {
      throw new IOException("merge: there is only one active shard");
    }
    int left = site.below(active.size() - 1);
    long at = site.now();
    String child = producer.merge(active.get(left), active.get(left + 1));
    return handedOver(
        Fault.MERGE,
        at,
        "%s and %s into %s".formatted(active.get(left), active.get(left + 1), child),
        List.of(child));
  }

  /** A split of which one child is merged at once, and processes that die in between. */
  FaultLog.Entry withKills(KillFaults kills) throws IOException, InterruptedException {
    long at = site.now();
    String shard = site.pick(withRoom());
    List<String> children = producer.split(shard);
    kills.taskManager(Fault.KILLS_WHILE_RESHARDING, "%s into %s, then ".formatted(shard, children));
    String child = producer.merge(children.get(0), children.get(1));
    kills.jobManager(Fault.KILLS_WHILE_RESHARDING, "%s into %s, then ".formatted(children, child));
    return handedOver(
        Fault.KILLS_WHILE_RESHARDING,
        at,
        "%s into %s into %s".formatted(shard, children, child),
        List.of(child));
  }

  /** The active shards; where a topic has as many as it may, two were merged first. */
  private List<String> withRoom() {
    List<String> active = producer.activeShards();
    if (active.size() < MOST) {
      return active;
    }
    int left = site.below(active.size() - 1);
    var unused = producer.merge(active.get(left), active.get(left + 1));
    return producer.activeShards();
  }

  private FaultLog.Entry handedOver(Fault fault, long at, String what, List<String> children)
      throws IOException, InterruptedException {
    for (String child : children) {
      ground.await(
          "shard %s, child of a %s, is delivered".formatted(child, fault.title()),
          () -> ground.gauge.delivered(child) > 0);
    }
    return site.done(fault, at, what);
  }
}
