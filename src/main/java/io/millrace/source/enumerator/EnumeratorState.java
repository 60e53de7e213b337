// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.source.ShardSplit;
import java.util.List;
import org.apache.flink.annotation.Internal;

/** The enumerator's checkpoint; opaque to everyone else. */
@Internal
public final class EnumeratorState {

  private final int maxParallelism;
  private final boolean begun;
  private final List<TrackedShard> shards;
  private final List<ShardSplit> waiting;

  /**
   * @param maxParallelism for which lanes were placed
   * @param begun true when the first listing was taken in
   * @param shards all shards known
   * @param waiting splits that are with no reader
   */
  EnumeratorState(
      int maxParallelism, boolean begun, List<TrackedShard> shards, List<ShardSplit> waiting) {
    this.maxParallelism = maxParallelism;
    this.begun = begun;
    this.shards = List.copyOf(shards);
    this.waiting = List.copyOf(waiting);
  }

  int maxParallelism() {
    return maxParallelism;
  }

  boolean begun() {
    return begun;
  }

  List<TrackedShard> shards() {
    return shards;
  }

  List<ShardSplit> waiting() {
    return waiting;
  }

  /** Ids of the shards whose splits are in the state of readers. */
  List<String> scattered() {
    List<String> kept = waiting.stream().map(ShardSplit::shard).toList();
    return shards.stream()
        .filter(shard -> shard.state() == ShardState.READING)
        .map(TrackedShard::id)
        .filter(id -> !kept.contains(id))
        .toList();
  }
}
