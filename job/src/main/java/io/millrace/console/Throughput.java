// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many records a second a job delivers, over the last seconds, out of counts that go back when
 * a checkpoint is restored. Tasks tell their counts once a second and are asked at other times, so
 * a shorter window would show a beat that is not there.
 *
 * <p>Not thread-safe: it belongs to the watch's thread.
 */
final class Throughput {

  static final long WINDOW_MILLIS = 10_000;

  /** A count that only grows, at some moment. */
  private record Mark(long at, long total) {}

  private static final class Counter {
    private final Deque<Mark> marks = new ArrayDeque<>();
    private long last;
    private long total;

    /** Gives what was delivered since the last count. */
    long add(long at, long count) {
      // What is delivered again after a restore is work, too; what is taken back is not undone.
      long delivered = marks.isEmpty() ? 0 : Math.max(0, count - last);
      total += delivered;
      last = count;
      mark(at);
      return delivered;
    }

    void mark(long at) {
      marks.addLast(new Mark(at, total));
      while (marks.size() > 2 && marks.getFirst().at() < at - WINDOW_MILLIS) {
        marks.removeFirst();
      }
    }

    Optional<Double> perSecond() {
      Mark first = marks.getFirst();
      Mark newest = marks.getLast();
      return newest.at() == first.at()
          ? Optional.empty()
          : Optional.of((newest.total() - first.total()) * 1000.0 / (newest.at() - first.at()));
    }
  }

  private final Map<String, Counter> shards = new HashMap<>();
  private final Counter all = new Counter();

  /** Takes the records delivered so far, shard by shard. */
  void update(long at, Map<String, Long> records) {
    shards.keySet().retainAll(records.keySet());
    for (Map.Entry<String, Long> shard : records.entrySet()) {
      all.total +=
          shards.computeIfAbsent(shard.getKey(), id -> new Counter()).add(at, shard.getValue());
    }
    all.mark(at);
  }

  /** Nothing is known of the time since the last update. */
  void interrupt() {
    shards.clear();
    all.marks.clear();
  }

  /** Of all shards; empty after the first update only. */
  Optional<Double> perSecond() {
    return all.marks.isEmpty() ? Optional.empty() : all.perSecond();
  }

  Optional<Double> perSecond(String shard) {
    return Optional.ofNullable(shards.get(shard)).flatMap(Counter::perSecond);
  }
}
