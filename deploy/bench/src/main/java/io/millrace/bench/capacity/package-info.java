// SPDX-License-Identifier: Apache-2.0
/**
 * What a load needs that no machine here can carry: calculated from the cost of a call, a record
 * and a shard, and simulated with the same.
 */
package io.millrace.bench.capacity;
