// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

/**
 * How a lane stands to the ledger. Checkpointed with the lane, so that whoever restores it knows
 * what the ledger's word is worth.
 *
 * @param version that the ledger had when the lane was opened; another one tells that somebody has
 *     moved the shard by hand. −1 before the first opening
 * @param behind true after the lane was moved, until a position delivered since is in the ledger:
 *     what the ledger says is from before the move
 * @param rewoundIn id of the job that went back to the restored state on purpose, and need not do
 *     so again; empty for none
 */
public record LedgerMark(long version, boolean behind, String rewoundIn) {

  private static final long UNKNOWN = -1;

  /** Of a lane that has never heard of a ledger. */
  public static final LedgerMark NONE = new LedgerMark(UNKNOWN, false, "");

  /** True when somebody has moved the shard by hand since the lane was opened. */
  boolean isMovedBy(long found) {
    return version != UNKNOWN && version != found;
  }

  /** True before the first opening. */
  boolean isNew() {
    return version == UNKNOWN;
  }

  LedgerMark at(long found) {
    return new LedgerMark(found, behind, rewoundIn);
  }

  LedgerMark behind(boolean value) {
    return new LedgerMark(version, value, rewoundIn);
  }

  LedgerMark rewound(String job) {
    return new LedgerMark(version, true, job);
  }
}
