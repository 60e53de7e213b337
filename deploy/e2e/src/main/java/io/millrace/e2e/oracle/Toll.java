// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

/**
 * What a crash cost one shard, or could have.
 *
 * @param at of the crash, or of the invocation with which the shard went back
 * @param repeats that were made
 * @param bound of those that the crash could explain
 */
public record Toll(long at, long repeats, long bound) {}
