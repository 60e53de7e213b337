// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.Course.Step;
import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * D2, D4 and D5: an invocation comes after all that stands before it was acknowledged. It counts
 * invocations, each once however much is wrong with it:
 *
 * <ul>
 *   <li>its event names a record that was never written, or one of another shard, or leaves out a
 *       record in between that another invocation carries;
 *   <li>it starts before the record in front of its first was acknowledged (D2; after a restore
 *       this is D4);
 *   <li>it starts further ahead than where the invocation before it left off, and no operator asked
 *       for that: then two owners take turns, or a replay skips;
 *   <li>it is made by a process that had been given up, after another was given its shards;
 *   <li>it is of a child shard and starts before every record of every ancestor was acknowledged,
 *       or before a checkpoint made that durable that had not begun before it (D5);
 *   <li>it is of a parent and starts after a child's first (D5 again: a parent that is repeated
 *       behind its child);
 *   <li>it is the first to carry a record whose partition key has an earlier record, in an ancestor
 *       shard, that was not acknowledged by then. This follows from D5, and is judged from the keys
 *       alone all the same, because keys are what a user counts on.
 * </ul>
 */
final class OrderRule {

  private final History history;
  private final Map<ShardHistory, Course> courses;
  private final List<Checkpoint> checkpoints;
  private final List<Crash> crashes;
  private final Map<Long, Finding> findings = new LinkedHashMap<>();

  OrderRule(History history, Map<ShardHistory, Course> courses, Evidence evidence) {
    this.history = history;
    this.courses = courses;
    this.checkpoints = evidence.checkpoints();
    this.crashes = evidence.crashes();
  }

  /** The breaches, one for each offending invocation. */
  List<Finding> judge() {
    for (History.Malformed malformed : history.malformed()) {
      accuse(malformed.shard(), malformed.invocation(), malformed.why());
    }
    for (ShardHistory shard : history.shards()) {
      Delivery previous = null;
      for (Delivery delivery : shard.deliveries()) {
        whole(shard, delivery);
        afterPredecessor(shard, delivery);
        notLate(shard, delivery);
        if (previous != null) {
          noJump(shard, previous, delivery);
        }
        previous = delivery;
      }
      lineage(shard);
    }
    keys();
    return List.copyOf(findings.values());
  }

  private void whole(ShardHistory shard, Delivery delivery) {
    List<Integer> records = delivery.records();
    for (int i = 1; i < records.size(); i++) {
      int before = records.get(i - 1);
      if (records.get(i) != before + 1 && records.get(i) != shard.after(before)) {
        accuse(
            shard.shard(),
            delivery.invocation(),
            "%s follows %s in one event".formatted(shard.id(records.get(i)), shard.id(before)));
      }
    }
  }

  private void afterPredecessor(ShardHistory shard, Delivery delivery) {
    int before = shard.before(delivery.first());
    if (before >= 0 && shard.acknowledged(before) > delivery.start()) {
      accuse(
          shard.shard(),
          delivery.invocation(),
          "%s was invoked at %d, %s before it was acknowledged %s"
              .formatted(
                  shard.id(delivery.first()),
                  delivery.start(),
                  shard.id(before),
                  at(shard.acknowledged(before))));
    }
  }

  private void notLate(ShardHistory shard, Delivery delivery) {
    for (Crash crash : crashes) {
      if (crash.isLate(delivery.invocation())) {
        accuse(
            shard.shard(),
            delivery.invocation(),
            "made at %d by process %s, which was given up when it froze at %d"
                .formatted(delivery.start(), delivery.invocation().process(), crash.at()));
      }
    }
  }

  private void noJump(ShardHistory shard, Delivery previous, Delivery delivery) {
    int next =
        previous.acknowledgedBy(delivery.start()) ? shard.after(previous.last()) : previous.first();
    if (delivery.first() > next && courses.get(shard).step(delivery) == Step.ON) {
      accuse(
          shard.shard(),
          delivery.invocation(),
          "%s was invoked at %d where %s was due"
              .formatted(shard.id(delivery.first()), delivery.start(), shard.id(next)));
    }
  }

  private void lineage(ShardHistory child) {
    if (child.deliveries().isEmpty()) {
      return;
    }
    for (ShardHistory ancestor : history.ancestors(child)) {
      if (ancestor.deliveries().isEmpty()) {
        continue;
      }
      long drained = ancestor.drained();
      long durable =
          checkpoints.stream()
              .filter(checkpoint -> checkpoint.begun() >= drained)
              .mapToLong(checkpoint -> Math.max(drained, checkpoint.acknowledged()))
              .min()
              .orElse(ShardHistory.NEVER);
      for (Delivery delivery : child.deliveries()) {
        if (delivery.start() < drained) {
          accuse(
              child.shard(),
              delivery.invocation(),
              "invoked at %d, its ancestor %s was acknowledged to the end %s"
                  .formatted(delivery.start(), ancestor.shard(), at(drained)));
        } else if (delivery.start() < durable) {
          accuse(
              child.shard(),
              delivery.invocation(),
              "invoked at %d, that its ancestor %s had ended became durable %s"
                  .formatted(delivery.start(), ancestor.shard(), at(durable)));
        }
      }
      for (Delivery delivery : ancestor.deliveries()) {
        if (delivery.start() > child.firstStart()) {
          accuse(
              ancestor.shard(),
              delivery.invocation(),
              "invoked at %d, its descendant %s was first invoked at %d"
                  .formatted(delivery.start(), child.shard(), child.firstStart()));
        }
      }
    }
  }

  private void keys() {
    Map<String, List<ShardHistory>> holders = new HashMap<>();
    for (ShardHistory shard : history.shards()) {
      for (int i = 0; i < shard.size(); i++) {
        String key = shard.key(i);
        if (key != null) {
          List<ShardHistory> shards = holders.computeIfAbsent(key, k -> new ArrayList<>(1));
          if (shards.isEmpty() || shards.get(shards.size() - 1) != shard) {
            shards.add(shard);
          }
        }
      }
    }
    holders.values().removeIf(shards -> shards.size() < 2);
    Map<ShardHistory, Map<String, Span>> spans = new HashMap<>();
    for (Map.Entry<String, List<ShardHistory>> entry : holders.entrySet()) {
      for (ShardHistory shard : entry.getValue()) {
        Set<ShardHistory> ancestors = history.ancestors(shard);
        Span here = span(spans, shard, entry.getKey());
        for (ShardHistory earlier : entry.getValue()) {
          if (!ancestors.contains(earlier)) {
            continue;
          }
          Span there = span(spans, earlier, entry.getKey());
          if (here.start() != ShardHistory.NEVER && there.acknowledged() > here.start()) {
            accuse(
                shard.shard(),
                firstOf(shard, here.start()),
                "partition key %s was invoked at %d, its records in shard %s were acknowledged %s"
                    .formatted(
                        entry.getKey(), here.start(), earlier.shard(), at(there.acknowledged())));
          }
        }
      }
    }
  }

  /** First invocation and last acknowledgement of one key's records in one shard. */
  private record Span(long start, long acknowledged) {
    static final Span EMPTY = new Span(ShardHistory.NEVER, 0);

    Span with(long invoked, long acked) {
      return invoked == ShardHistory.NEVER
          ? this
          : new Span(Math.min(start, invoked), Math.max(acknowledged, acked));
    }
  }

  private static Span span(
      Map<ShardHistory, Map<String, Span>> spans, ShardHistory shard, String key) {
    return spans
        .computeIfAbsent(
            shard,
            s -> {
              Map<String, Span> byKey = new HashMap<>();
              for (int i = 0; i < s.size(); i++) {
                if (s.key(i) != null && !s.leftOut(i)) {
                  byKey.put(
                      s.key(i),
                      byKey
                          .getOrDefault(s.key(i), Span.EMPTY)
                          .with(s.invoked(i), s.acknowledged(i)));
                }
              }
              return byKey;
            })
        .getOrDefault(key, Span.EMPTY);
  }

  private static Invocation firstOf(ShardHistory shard, long start) {
    return shard.deliveries().stream()
        .filter(delivery -> delivery.start() == start)
        .findFirst()
        .map(Delivery::invocation)
        .orElseThrow();
  }

  private void accuse(String shard, Invocation invocation, String what) {
    findings.putIfAbsent(
        invocation.id(),
        new Finding(
            Finding.Kind.OUT_OF_ORDER,
            shard,
            "invocation %d: %s".formatted(invocation.id(), what)));
  }

  private static String at(long time) {
    return time == ShardHistory.NEVER ? "never" : "at " + time;
  }
}
