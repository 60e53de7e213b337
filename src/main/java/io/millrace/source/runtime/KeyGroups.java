// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.runtime;

import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** How Flink deals keys to the subtasks of a keyed operator. */
@Internal
public final class KeyGroups {

  private KeyGroups() {}

  /** The key group of a key. */
  public static int of(Integer key, int maxParallelism) {
    return KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
  }

  /** The subtask whose keyed state holds a key. */
  public static int owner(Integer key, int maxParallelism, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, maxParallelism, parallelism);
  }
}
