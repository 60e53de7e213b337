// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.Position;
import java.util.List;

/**
 * How a lane stands to the ledger. Checkpointed with the lane, so that whoever restores it knows
 * what the ledger's word is worth.
 *
 * @param ledger name of the ledger in which the lane was opened; another one knows nothing of the
 *     lane. Empty before the first opening
 * @param version that the ledger had then; another one tells that somebody has moved the shard by
 *     hand
 * @param past what the ledger said, or may say, from before the lane was moved: not to be believed
 * @param rewoundIn id of the job that went back to the restored state on purpose, and need not do
 *     so again; empty for none
 */
public record LedgerMark(String ledger, long version, List<Position> past, String rewoundIn) {

  /** Of a lane that has never heard of a ledger. */
  public static final LedgerMark NONE = new LedgerMark("", 0, List.of(), "");

  public LedgerMark {
    past = List.copyOf(past);
  }

  /** True when somebody has moved the shard by hand since the lane was opened. */
  boolean isMovedBy(String name, long found) {
    return ledger.equals(name) && version != found;
  }

  /** True before the first opening in this ledger. */
  boolean isNewTo(String name) {
    return !ledger.equals(name);
  }

  /** True when the ledger may have this position only from before a move. */
  boolean isPast(Position found) {
    return past.stream().anyMatch(before -> before.compareTo(found) == 0);
  }

  LedgerMark at(String name, long found) {
    return new LedgerMark(name, found, past, rewoundIn);
  }

  LedgerMark past(List<Position> before) {
    return new LedgerMark(ledger, version, before, rewoundIn);
  }

  LedgerMark rewoundIn(String job) {
    return new LedgerMark(ledger, version, past, job);
  }
}
