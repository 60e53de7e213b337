// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.lane.Lane;
import io.millrace.source.reader.TaskLink;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the backlog in the stream: a lane that holds as much as its {@link LookAhead} wants, or
 * more than its share of the buffer, closes its shard for fetching, and opens it when it holds less
 * than half of that. A shard of which it is not known where it goes on is held closed besides.
 *
 * <p>A share is the buffer divided by the lanes of the subtask, and at most an eighth of it, so
 * that one lane alone does not fill all. Belongs to the task thread.
 */
final class FlowGate {

  private static final int SMALLEST_PARTS = 8;

  private final TaskLink link;
  private final long buffer;
  private final int envelope;
  private final Map<String, LookAhead> ahead = new HashMap<>();
  private final Set<String> closed = new HashSet<>();
  private final Set<String> held = new HashSet<>();

  /**
   * @param envelope records of an envelope at most
   */
  FlowGate(TaskLink link, long bufferBytes, int envelope) {
    this.link = link;
    this.buffer = bufferBytes;
    this.envelope = envelope;
  }

  /**
   * Opens or closes the lane's shard as its queue demands.
   *
   * @param lanes of this subtask
   * @return true when it was closed just now because its share of the buffer is full
   */
  boolean regulate(Lane lane, int lanes, long now) {
    long share = buffer / Math.max(SMALLEST_PARTS, lanes);
    long records = lane.tail() - lane.head();
    LookAhead demand = ahead.computeIfAbsent(lane.shard(), shard -> new LookAhead(envelope));
    long most = demand.most(now, lane.head());
    boolean full = lane.heldBytes() >= share;
    if (full || records >= most) {
      if (closed.add(lane.shard())) {
        demand.holdsEnough();
        link.close(lane.shard());
        return full;
      }
      return false;
    }
    if (!lane.inFlight()) {
      demand.launchesWith(records);
    }
    if (lane.heldBytes() <= share / 2
        && records <= most / 2
        && closed.remove(lane.shard())
        && !held.contains(lane.shard())) {
      link.open(lane.shard(), (int) (most - records));
    }
    return false;
  }

  /** Forgets a lane that has ended; its shard may be read again one day. */
  void forget(String shard) {
    ahead.remove(shard);
    if (closed.remove(shard) && !held.contains(shard)) {
      link.open(shard);
    }
  }

  /** Closes a shard until it is {@link #release released}, however little its lane holds. */
  void hold(String shard) {
    held.add(shard);
    link.close(shard);
  }

  /** Lets a shard be fetched as far as its lane has room. */
  void release(String shard) {
    if (held.remove(shard) && !closed.contains(shard)) {
      link.open(shard);
    }
  }

  /** How many shards are closed. Any thread: a stale value does no harm. */
  int closed() {
    return closed.size();
  }
}
