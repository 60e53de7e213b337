// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a function sees in the end: the last invocation that touches a partition key carries the
 * last record of that key. A function that only keeps the latest state of each key is then right,
 * whatever was repeated on the way.
 *
 * <p>The last record of a key is the one in the youngest shard of a lineage that holds any. Shards
 * that do not continue each other, as the partitions of a stream that was scaled, have a last
 * record each. One that was lost, or that an operator left out, is judged elsewhere.
 */
final class ConvergenceRule {

  /** Where a key ends in one shard: its last record, and the last invocation that touched it. */
  private static final class Ending {
    private int last;
    private Delivery touched;
  }

  private final History history;
  private final Map<String, Map<ShardHistory, Ending>> keys = new LinkedHashMap<>();
  private final Map<ShardHistory, Set<ShardHistory>> ancestors = new HashMap<>();

  private ConvergenceRule(History history) {
    this.history = history;
  }

  static List<Finding> judge(History history) {
    ConvergenceRule rule = new ConvergenceRule(history);
    history.shards().forEach(rule::read);
    List<Finding> findings = new ArrayList<>();
    rule.keys.forEach((key, endings) -> rule.judge(key, endings, findings));
    return findings;
  }

  private void read(ShardHistory shard) {
    for (int i = 0; i < shard.size(); i++) {
      if (shard.key(i) != null) {
        ending(shard, i).last = i;
      }
    }
    for (Delivery delivery : shard.deliveries()) {
      for (int index : delivery.records()) {
        if (shard.key(index) != null) {
          ending(shard, index).touched = delivery;
        }
      }
    }
  }

  private Ending ending(ShardHistory shard, int index) {
    return keys.computeIfAbsent(shard.key(index), key -> new LinkedHashMap<>())
        .computeIfAbsent(shard, each -> new Ending());
  }

  private void judge(String key, Map<ShardHistory, Ending> endings, List<Finding> findings) {
    for (Map.Entry<ShardHistory, Ending> each : endings.entrySet()) {
      ShardHistory shard = each.getKey();
      Ending ending = each.getValue();
      boolean continued =
          endings.keySet().stream().anyMatch(other -> ancestors(other).contains(shard));
      if (continued || shard.acknowledged(ending.last) == ShardHistory.NEVER) {
        continue;
      }
      Delivery latest = ending.touched;
      boolean overtaken = false;
      for (ShardHistory ancestor : ancestors(shard)) {
        Ending earlier = endings.get(ancestor);
        if (earlier != null
            && earlier.touched != null
            && earlier.touched.start() > latest.start()) {
          latest = earlier.touched;
          overtaken = true;
        }
      }
      if (overtaken || !latest.records().contains(ending.last)) {
        findings.add(
            new Finding(
                Finding.Kind.NOT_CONVERGED,
                shard.shard(),
                "the last invocation with key %s is %d at %d, without its last record %s"
                    .formatted(
                        key, latest.invocation().id(), latest.start(), shard.id(ending.last))));
      }
    }
  }

  private Set<ShardHistory> ancestors(ShardHistory shard) {
    return ancestors.computeIfAbsent(shard, history::ancestors);
  }
}
