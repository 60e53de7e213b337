// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.source.ShardSplit;
import io.millrace.source.runtime.KeyGroups;

/**
 * Which lane a shard has, and which subtask owns it.
 *
 * <p>The key group of the {@code n}-th shard is {@code n} with its bits reversed, so that any run
 * of ordinals lies evenly over all key groups, and with them over the subtasks at every
 * parallelism. The lane key is an integer that Flink hashes into that key group. Keys and key
 * groups are part of the state format.
 */
public final class Placement {

  /** The job's maximum parallelism, fixed because keyed state and lane keys depend on it. */
  public static final int MAX_PARALLELISM = 1024;

  private Placement() {}

  /**
   * The key of a shard's lane, different for each ordinal.
   *
   * @param ordinal of the shard, from 0
   * @param maxParallelism of the job, a power of two
   */
  public static int laneKey(int ordinal, int maxParallelism) {
    if (Integer.bitCount(maxParallelism) != 1) {
      throw new IllegalArgumentException(
          "maximum parallelism " + maxParallelism + " is not a power of two");
    }
    if (ordinal < 0) {
      throw new IllegalArgumentException("ordinal " + ordinal + " is negative");
    }
    int group = keyGroup(ordinal, maxParallelism);
    int round = ordinal / maxParallelism;
    for (int key = 0; ; key++) {
      if (KeyGroups.of(key, maxParallelism) == group && round-- == 0) {
        return key;
      }
    }
  }

  /** The key group of the shard with an ordinal: the ordinal's bits, reversed. */
  static int keyGroup(int ordinal, int maxParallelism) {
    int bits = Integer.numberOfTrailingZeros(maxParallelism);
    return bits == 0 ? 0 : Integer.reverse(ordinal % maxParallelism) >>> (Integer.SIZE - bits);
  }

  /** The subtask that owns a lane, and therefore reads its shard. */
  public static int owner(int laneKey, int parallelism) {
    return KeyGroups.owner(laneKey, MAX_PARALLELISM, parallelism);
  }

  /** The subtask that reads a split. */
  static int owner(ShardSplit split, int parallelism) {
    return owner(split.lane(), parallelism);
  }
}
