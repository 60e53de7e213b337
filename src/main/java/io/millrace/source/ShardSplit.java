// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * Flink's handle on a shard, and all that a reader checkpoints about it.
 *
 * @param shard id of the shard, and of the split
 * @param lane key of the shard's lane; its key group decides which subtask owns the split
 * @param next where reading goes on; never a {@linkplain StartPosition#isRelative relative}
 *     position
 * @param parents the shards that this one continues
 * @param finished true when the end of the shard was read and handed to its lane; such a split
 *     stays with its reader until the lane has passed the end and that is durable
 */
@PublicEvolving
public record ShardSplit(
    String shard, int lane, StartPosition next, List<String> parents, boolean finished)
    implements SourceSplit {

  public ShardSplit {
    Objects.requireNonNull(shard, "shard");
    Objects.requireNonNull(next, "next");
    parents = List.copyOf(parents);
    if (next.isRelative()) {
      throw new IllegalArgumentException("shard " + shard + ": not resolved: " + next);
    }
  }

  /** The same split, read from somewhere else; itself where that is no change. */
  public ShardSplit from(StartPosition other) {
    return other.equals(next) ? this : new ShardSplit(shard, lane, other, parents, false);
  }

  @Override
  public String splitId() {
    return shard;
  }
}
