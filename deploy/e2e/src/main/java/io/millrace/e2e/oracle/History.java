// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The journal sorted by shard, and what in it belongs to no shard. */
final class History {

  /** An invocation whose event holds what it must not. */
  record Malformed(Invocation invocation, String shard, String why) {}

  private final Map<String, ShardHistory> shards = new LinkedHashMap<>();
  private final List<Malformed> malformed = new ArrayList<>();

  History(GroundTruth truth, List<Invocation> journal, EventReader events) {
    for (ShardTruth shard : truth.shards()) {
      shards.put(shard.shard(), new ShardHistory(shard));
    }
    Map<String, List<Delivery>> deliveries = new LinkedHashMap<>();
    journal.stream()
        .sorted(Comparator.comparingLong(Invocation::start).thenComparingLong(Invocation::id))
        .forEach(invocation -> add(invocation, events, deliveries));
    deliveries.forEach((shard, list) -> shards.get(shard).deliveries(list));
  }

  private void add(
      Invocation invocation, EventReader events, Map<String, List<Delivery>> deliveries) {
    List<RecordId> ids;
    try {
      ids = events.records(invocation.body());
    } catch (IllegalArgumentException e) {
      malformed.add(new Malformed(invocation, "?", e.getMessage()));
      return;
    }
    if (ids.isEmpty()) {
      malformed.add(new Malformed(invocation, "?", "an event without a record"));
      return;
    }
    String shard = ids.get(0).shard();
    List<Integer> own = new ArrayList<>();
    for (RecordId id : ids) {
      ShardHistory holder = shards.get(id.shard());
      int index = holder == null ? -1 : holder.indexOf(id.sequence());
      if (index < 0) {
        malformed.add(new Malformed(invocation, shard, "record " + id + " was never written"));
        continue;
      }
      holder.carried(index, invocation);
      if (id.shard().equals(shard)) {
        own.add(index);
      } else {
        malformed.add(
            new Malformed(invocation, shard, "record " + id + " in an event of shard " + shard));
      }
    }
    if (!own.isEmpty()) {
      deliveries.computeIfAbsent(shard, s -> new ArrayList<>()).add(new Delivery(invocation, own));
    }
  }

  Collection<ShardHistory> shards() {
    return shards.values();
  }

  List<Malformed> malformed() {
    return malformed;
  }

  /** All shards that this one continues, however far back. */
  Set<ShardHistory> ancestors(ShardHistory shard) {
    Set<ShardHistory> found = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(shard.parents());
    while (!open.isEmpty()) {
      ShardHistory parent = shards.get(open.pop());
      if (parent != null && found.add(parent)) {
        open.addAll(parent.parents());
      }
    }
    return found;
  }
}
