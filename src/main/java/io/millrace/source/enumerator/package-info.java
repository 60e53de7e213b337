// SPDX-License-Identifier: Apache-2.0
/**
 * What happens on the JobManager: which shards there are, when each may be read, and by whom.
 *
 * <p>{@link io.millrace.source.enumerator.ShardEnumerator} translates between Flink and the plain
 * classes that decide: {@code Lineage} (which shard follows which), {@code Custody} (where each
 * split is), {@code Placement} (whose it is) and {@code Discovery} (when to list).
 */
package io.millrace.source.enumerator;
