// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

/**
 * A record that was put while time was taken.
 *
 * @param at right before it was put, in microseconds since 1970
 */
public record Put(int shard, long sequence, long at) {}
