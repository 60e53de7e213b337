// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.ShardRecord;
import java.util.List;

/**
 * What one fetch brought for one shard, on its way to the lane.
 *
 * @param shard id of the shard
 * @param records in order, the end marker included
 * @param bytes memory that the records take
 * @param epoch of the shard in which it was fetched, see {@link Moves}
 * @param reached how far the reader is once they are emitted
 */
record Portion(
    String shard, List<ShardRecord> records, long bytes, int epoch, ShardProgress reached) {}
