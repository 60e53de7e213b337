// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import java.util.HashMap;
import java.util.Map;

/**
 * How often each shard was moved, in this task. What was fetched before a move and is not emitted
 * yet is of an earlier epoch, and is dropped. Belongs to the task thread; not checkpointed: after a
 * restore nothing that was fetched before is left.
 */
final class Moves {

  private final Map<String, Integer> epochs = new HashMap<>();
  private int all;

  /**
   * A shard is moved.
   *
   * @return the epoch that begins
   */
  int begin(String shard) {
    all++;
    return epochs.merge(shard, 1, Integer::sum);
  }

  /** True for what was fetched since the shard was moved last. */
  boolean isCurrent(String shard, int epoch) {
    return epochs.getOrDefault(shard, 0) == epoch;
  }

  /** Changes with every move of any shard. */
  int count() {
    return all;
  }

  /** The shard is not read any more. */
  void forget(String shard) {
    epochs.remove(shard);
  }
}
