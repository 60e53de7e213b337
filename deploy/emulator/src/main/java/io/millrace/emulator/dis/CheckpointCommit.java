// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

/**
 * A checkpoint that a client stored.
 *
 * @param at microseconds on the clock of the journal of invocations
 * @param partition in its long form
 */
public record CheckpointCommit(
    long at, String app, String stream, String partition, long sequence, String metadata) {}
