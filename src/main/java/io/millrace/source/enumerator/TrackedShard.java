// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;
import java.util.List;
import java.util.Objects;

/**
 * What the enumerator knows, and checkpoints, about a shard.
 *
 * @param id of the shard
 * @param lane key of its lane
 * @param parents the shards that it continues
 * @param start where its reading begins; of no meaning while it is read, and once it is drained
 *     where it would go on
 * @param state how far it is
 */
record TrackedShard(
    String id, int lane, List<String> parents, StartPosition start, ShardState state) {

  TrackedShard {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(state, "state");
    parents = List.copyOf(parents);
  }

  TrackedShard in(ShardState other) {
    return new TrackedShard(id, lane, parents, start, other);
  }

  TrackedShard from(StartPosition other) {
    return new TrackedShard(id, lane, parents, other, state);
  }

  /** The split with which its reading begins. */
  ShardSplit split() {
    return new ShardSplit(id, lane, start, parents, false);
  }
}
