// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.List;
import java.util.OptionalLong;

/**
 * The positions that a job kept outside of its checkpoints.
 *
 * @param mode how it kept them
 * @param writes those that the store accepted, by hand or by the job, in the order in which they
 *     took effect
 */
public record Ledger(Mode mode, List<Write> writes) {

  /** No ledger at all. */
  public static final Ledger NONE = new Ledger(Mode.NONE, List.of());

  public Ledger {
    writes = List.copyOf(writes);
  }

  /** When a position is written. */
  public enum Mode {
    NONE,
    /** Before the next invocation of its shard. */
    STRICT,
    /** While the next invocation is made. */
    PIPELINED
  }

  /**
   * One that was accepted.
   *
   * @param sequence of the last record delivered
   */
  public record Write(long at, String shard, long sequence) {}

  /**
   * What was written last of a shard between two moments: the sequence of the last record
   * delivered.
   */
  OptionalLong delivered(String shard, long from, long to) {
    OptionalLong last = OptionalLong.empty();
    for (Write write : writes) {
      if (write.at() > to) {
        break;
      }
      if (write.shard().equals(shard) && write.at() >= from) {
        last = OptionalLong.of(write.sequence());
      }
    }
    return last;
  }
}
