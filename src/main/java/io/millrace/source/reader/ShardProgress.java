// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import java.util.List;

/**
 * How far the reader is with a shard.
 *
 * @param lane key of the shard's lane
 * @param readSequence sequence of the last record read, −1 before the first
 * @param latestSequence sequence of the newest record that the stream was seen to have, −1 where
 *     unknown
 * @param latestTime when that record was accepted, in milliseconds since the epoch, −1 where
 *     unknown
 * @param parents the shards that this one continues
 */
public record ShardProgress(
    int lane, long readSequence, long latestSequence, long latestTime, List<String> parents) {

  public ShardProgress {
    parents = List.copyOf(parents);
  }
}
