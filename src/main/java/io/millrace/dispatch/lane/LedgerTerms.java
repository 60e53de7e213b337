// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.ledger.DeliveryLedger;

/**
 * A ledger, and what the user wants of it.
 *
 * @param ledger open
 * @param name of the ledger, for messages
 * @param strict whether a position is in the ledger before the next envelope of its shard is
 *     launched
 * @param rewind whether a job goes back to the state that it is restored from, though the ledger
 *     says that more was delivered
 * @param job the job's id: going back is done once in a job's life
 * @param restored whether the task has a restored state
 * @param resumed whether that state is of this job itself: what it does not have began after it
 */
public record LedgerTerms(
    DeliveryLedger ledger,
    String name,
    boolean strict,
    boolean rewind,
    String job,
    boolean restored,
    boolean resumed) {}
