// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.SourceEvent;

/** What readers and the enumerator tell each other. */
@Internal
public sealed interface ShardEvent extends SourceEvent {

  /**
   * Reader to enumerator, once after each registration: ready for splits.
   *
   * @param maxParallelism the job's, which only the task knows
   */
  record ReaderStarted(int maxParallelism) implements ShardEvent {}

  /**
   * Reader to enumerator: the lane of the shard has passed its end.
   *
   * @param shard its id
   * @param next what would follow, should the shard be open again one day
   */
  record ShardDrained(String shard, StartPosition next) implements ShardEvent {}

  /**
   * Enumerator to reader: that these shards are drained is durable, so their splits can be
   * forgotten.
   *
   * @param shards their ids
   */
  record ShardsRetired(List<String> shards) implements ShardEvent {
    public ShardsRetired {
      shards = List.copyOf(shards);
    }
  }

  /**
   * Enumerator to reader: the shards that the reader will read, but that have not begun because
   * their parents are not delivered to their end, or that is not durable. Replaces what was told
   * before.
   *
   * @param parents of each shard
   */
  record ShardsWaiting(Map<String, List<String>> parents) implements ShardEvent {
    public ShardsWaiting {
      parents = Map.copyOf(parents);
    }
  }
}
