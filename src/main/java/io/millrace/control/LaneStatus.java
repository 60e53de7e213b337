// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.LastError;
import io.millrace.model.Position;
import java.io.Serializable;
import java.util.List;

/**
 * How one shard stands, as its subtask last saw it. Times are milliseconds since the epoch; what is
 * unknown or does not apply is null.
 *
 * @param shard id
 * @param state OPENING, IDLE, READY, DELIVERING, RETRYING, SUSPENDED, BLOCKED or ENDED
 * @param position last record delivered
 * @param readPosition sequence of the last record read
 * @param lagRecords records behind the newest one that the stream was seen to have
 * @param lagMs by how much the last delivered record is older than the newest one
 * @param attempts failed attempts of the envelope at the head
 * @param nextAttemptAt when it is tried again
 * @param inFlightSince when the call under way was launched
 * @param lastError why the last attempt failed
 * @param envelopes delivered so far
 * @param records delivered so far
 * @param repeated records invoked again after a restore
 * @param parents the shards that this one continues
 */
public record LaneStatus(
    String shard,
    String state,
    Position position,
    Long readPosition,
    Long lagRecords,
    Long lagMs,
    int attempts,
    Long nextAttemptAt,
    Long inFlightSince,
    LastError lastError,
    long envelopes,
    long records,
    long repeated,
    List<String> parents)
    implements Serializable {

  /** The state of a shard with records to deliver while the function cannot be reached. */
  public static final String BLOCKED = "BLOCKED";
}
