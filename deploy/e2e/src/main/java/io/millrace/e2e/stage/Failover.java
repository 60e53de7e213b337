// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import java.util.Optional;

/**
 * Flink lost a process, and began tasks anew elsewhere. On a machine that has no time for it, it
 * takes no fault: a heartbeat that comes too late is a missed one.
 *
 * @param from the earliest moment at which it can have lost it, on the journal's clock
 * @param at when it noticed
 * @param over when every task was seen running again
 * @param process the lost TaskManager's, where only its own tasks began anew; nothing where all did
 * @param cause in words
 */
public record Failover(long from, long at, long over, Optional<String> process, String cause) {}
