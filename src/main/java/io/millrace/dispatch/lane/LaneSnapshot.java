// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.Position;
import java.util.List;
import java.util.Optional;

/**
 * What of a lane is checkpointed, besides its queued records.
 *
 * @param shard id
 * @param head index of the first queued record
 * @param tail index behind the last queued record
 * @param sealed how many records from the head are sealed as the next envelope, 0 for none
 * @param attempts failed attempts of the sealed envelope
 * @param notBefore no attempt before this time, in milliseconds since the epoch
 * @param heldUntil till then an earlier call may still be running
 * @param suspension why the lane launches nothing by itself
 * @param ended whether the end of the shard was appended
 * @param delivered position of the last record delivered
 * @param lastError of the lane, empty while all is well
 * @param envelopes delivered so far
 * @param records delivered so far
 * @param repeated records that were invoked again after a restore, though they may have been
 *     delivered
 * @param discarded records given up so far
 * @param through the last record of the sealed envelope that was given up, where it stood behind
 *     all others: delivered up to there when the envelope is
 * @param ledger how the lane stands to the ledger
 * @param commands ids of the operator's commands that were done last, oldest first
 */
public record LaneSnapshot(
    String shard,
    long head,
    long tail,
    int sealed,
    int attempts,
    long notBefore,
    long heldUntil,
    Suspension suspension,
    boolean ended,
    Optional<Position> delivered,
    Optional<LastError> lastError,
    long envelopes,
    long records,
    long repeated,
    long discarded,
    Optional<Position> through,
    LedgerMark ledger,
    List<String> commands) {

  public LaneSnapshot {
    commands = List.copyOf(commands);
  }
}
