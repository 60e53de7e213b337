// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When a shard stood still though a record of it waited: from the end of an invocation, or the
 * arrival of the record, whichever was later, until the next invocation. A shard that has nothing
 * to deliver does not stand still, so this does not depend on how many records come.
 */
public final class Standstills {

  /** One of them, on the journal's clock. */
  record Standstill(String shard, long from, long to) {}

  /**
   * When the records of a shard arrived.
   *
   * @param sequences ascending
   * @param times on the journal's clock, of each
   */
  public record Arrivals(long[] sequences, long[] times) {

    private long of(long sequence) {
      int index = Arrays.binarySearch(sequences, sequence);
      return index < 0 ? Long.MAX_VALUE : times[index];
    }
  }

  private final List<Standstill> all = new ArrayList<>();
  private long first = Long.MAX_VALUE;

  /**
   * Finds them.
   *
   * @param arrivals by shard
   * @param invocations in any order
   */
  public Standstills(
      Map<String, Arrivals> arrivals, List<Invocation> invocations, EventReader events) {
    Map<String, Long> free = new HashMap<>();
    invocations.stream()
        .sorted(Comparator.comparingLong(Invocation::start).thenComparingLong(Invocation::id))
        .forEach(
            invocation -> {
              first = Math.min(first, invocation.acknowledged());
              List<RecordId> records = records(invocation, events);
              if (!records.isEmpty() && arrivals.containsKey(records.get(0).shard())) {
                enter(invocation, records.get(0), arrivals, free);
              }
            });
  }

  private static List<RecordId> records(Invocation invocation, EventReader events) {
    try {
      return events.records(invocation.body());
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private void enter(
      Invocation invocation,
      RecordId head,
      Map<String, Arrivals> arrivals,
      Map<String, Long> free) {
    String shard = head.shard();
    long arrived = arrivals.get(shard).of(head.sequence());
    long from = Math.max(arrived, free.getOrDefault(shard, Long.MIN_VALUE));
    if (from < invocation.start()) {
      all.add(new Standstill(shard, from, invocation.start()));
    }
    free.merge(shard, invocation.end().orElse(invocation.start()), Math::max);
  }

  /** When the first invocation was acknowledged: what waited before it, waited for the job. */
  public long first() {
    return first;
  }

  /**
   * The longest that began or ended within a time, of all shards but some; 0 where there was none.
   */
  public long longest(Set<String> exceptShards, long from, long to) {
    return all.stream()
        .filter(each -> each.to() > from && each.from() < to)
        .filter(each -> !exceptShards.contains(each.shard()))
        .mapToLong(each -> each.to() - each.from())
        .max()
        .orElse(0);
  }

  /** The longest that lay within a time, of all shards but some; 0 where there was none. */
  public long longestWithin(Set<String> exceptShards, long from, long to) {
    return all.stream()
        .filter(each -> each.from() >= from && each.to() <= to)
        .filter(each -> !exceptShards.contains(each.shard()))
        .mapToLong(each -> each.to() - each.from())
        .max()
        .orElse(0);
  }
}
