// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What readers know of the shards that wait for their parents, for operators to see. Each is told
 * by the reader that will read it.
 *
 * <p>Plain and confined to one thread. Not checkpointed: a reader that begins anew knows nothing.
 */
final class WaitingShards {

  private final Map<Integer, Map<String, List<String>>> told = new HashMap<>();

  /** A reader begins anew. */
  void forget(int reader) {
    told.remove(reader);
  }

  /**
   * What is news to readers, which are taken to be told.
   *
   * @param waiting shards that wait for their parents
   * @param readers that can be told
   * @return parents by shard, by reader
   */
  Map<Integer, Map<String, List<String>>> news(
      Collection<TrackedShard> waiting, int parallelism, Collection<Integer> readers) {
    Map<Integer, Map<String, List<String>>> all = new HashMap<>();
    for (TrackedShard shard : waiting) {
      all.computeIfAbsent(Placement.owner(shard.lane(), parallelism), reader -> new TreeMap<>())
          .put(shard.id(), shard.parents());
    }
    Map<Integer, Map<String, List<String>>> news = new TreeMap<>();
    for (int reader : readers) {
      Map<String, List<String>> of = all.getOrDefault(reader, Map.of());
      if (!of.equals(told.getOrDefault(reader, Map.of()))) {
        told.put(reader, of);
        news.put(reader, of);
      }
    }
    return news;
  }
}
