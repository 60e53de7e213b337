// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.List;
import java.util.Optional;

/**
 * What the stream held in the end, every record of every shard that ever existed.
 *
 * @param shards in any order
 */
public record GroundTruth(List<ShardTruth> shards) {

  public GroundTruth {
    shards = List.copyOf(shards);
  }

  /** How many records there are. */
  public long size() {
    return shards.stream().mapToLong(shard -> shard.records().size()).sum();
  }

  /**
   * One shard.
   *
   * @param shard its id
   * @param parents ids of the shards that it continues
   * @param records in the order of their sequences, which increase strictly
   */
  public record ShardTruth(String shard, List<String> parents, List<Written> records) {

    public ShardTruth {
      parents = List.copyOf(parents);
      records = List.copyOf(records);
      for (int i = 1; i < records.size(); i++) {
        if (records.get(i).sequence() <= records.get(i - 1).sequence()) {
          throw new IllegalArgumentException(
              "shard %s: sequence %d follows %d"
                  .formatted(shard, records.get(i).sequence(), records.get(i - 1).sequence()));
        }
      }
    }
  }

  /**
   * One record as it was written.
   *
   * @param sequence its sequence in the shard
   * @param key its partition key, where it has one; records of one key are in order across
   *     resharding
   */
  public record Written(long sequence, Optional<String> key) {}
}
