// SPDX-License-Identifier: Apache-2.0
package io.millrace.model;

import java.io.Serializable;
import java.util.List;

/**
 * A shard as discovery sees it.
 *
 * @param id as the stream names it
 * @param ordinal a small number, unique in the stream and never re-used, that spreads shards over
 *     subtasks; for streams that number their shards it is that number
 * @param parents ids of the shards that this one continues; empty, one (split) or two (merge)
 * @param readable false while the stream still prepares the shard
 * @param open false when no record can be added any more
 */
public record Shard(String id, int ordinal, List<String> parents, boolean readable, boolean open)
    implements Serializable {

  public Shard {
    parents = List.copyOf(parents);
  }
}
