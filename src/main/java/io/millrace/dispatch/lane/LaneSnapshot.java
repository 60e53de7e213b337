// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.Position;
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
 * @param suspended whether the lane waits for an operator
 * @param ended whether the end of the shard was appended
 * @param delivered position of the last record delivered
 * @param lastError of the lane, empty while all is well
 * @param envelopes delivered so far
 * @param records delivered so far
 * @param repeated records that were invoked again after a restore, though they may have been
 *     delivered
 * @param ledger how the lane stands to the ledger
 * @param movedBy id of the command that moved the lane last; empty for none
 */
public record LaneSnapshot(
    String shard,
    long head,
    long tail,
    int sealed,
    int attempts,
    long notBefore,
    boolean suspended,
    boolean ended,
    Optional<Position> delivered,
    Optional<LastError> lastError,
    long envelopes,
    long records,
    long repeated,
    LedgerMark ledger,
    String movedBy) {}
