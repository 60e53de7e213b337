// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

/**
 * Records of one shard that stand behind each other in an event and follow each other in the shard.
 *
 * @param first sequence
 * @param count of records, at least 1
 */
public record Run(int shard, long first, int count) {

  /** The sequence behind the last one. */
  long next() {
    return first + count;
  }
}
