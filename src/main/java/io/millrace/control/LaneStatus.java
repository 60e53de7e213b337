// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

import io.millrace.dispatch.lane.CallSummary;
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
 * @param waitingFor what would let it go on: one of {@code Lane.Waiting}, {@link #FUNCTION}, or
 *     {@link #PARENTS}
 * @param position last record delivered, or given up
 * @param readPosition sequence of the last record read
 * @param lagRecords records behind the newest one that the stream was seen to have
 * @param lagMs by how much the last delivered record is older than the newest one
 * @param attempts failed attempts of the envelope at the head
 * @param nextAttemptAt when it is tried again
 * @param inFlightSince when the call under way was launched
 * @param lastError why the last attempt failed
 * @param envelope at the head, once it is sealed
 * @param calls the last ones that the function answered
 * @param envelopes delivered so far
 * @param records delivered so far
 * @param discarded records given up so far
 * @param repeated records invoked again after a restore
 * @param commands ids of the operators' commands that were done last, oldest first
 * @param parents the shards that this one continues
 */
public record LaneStatus(
    String shard,
    String state,
    String waitingFor,
    Position position,
    Long readPosition,
    Long lagRecords,
    Long lagMs,
    int attempts,
    Long nextAttemptAt,
    Long inFlightSince,
    LastError lastError,
    Sealed envelope,
    CallSummary calls,
    long envelopes,
    long records,
    long discarded,
    long repeated,
    List<String> commands,
    List<String> parents)
    implements Serializable {

  /** The state of a shard with records to deliver while the function cannot be reached. */
  public static final String BLOCKED = "BLOCKED";

  /** What such a shard waits for. */
  public static final String FUNCTION = "FUNCTION";

  /** What a shard waits for that has not begun: its parents' end, delivered and durable. */
  public static final String PARENTS = "PARENTS";

  /** The envelope that is tried until it is delivered, or given up. */
  public record Sealed(Position first, Position last, int records) implements Serializable {}
}
