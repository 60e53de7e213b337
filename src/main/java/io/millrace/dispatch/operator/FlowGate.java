// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.lane.Lane;
import io.millrace.source.reader.TaskLink;
import java.util.HashSet;
import java.util.Set;

/**
 * Keeps the backlog in the stream: a lane that holds more than its share of the buffer closes its
 * shard for fetching, and opens it when it holds less than half of that. A shard of which it is not
 * known where it goes on is held closed besides.
 *
 * <p>A share is the buffer divided by the lanes of the subtask, and at most an eighth of it, so
 * that one lane alone does not fill all. Belongs to the task thread.
 */
final class FlowGate {

  private static final int SMALLEST_PARTS = 8;

  private final TaskLink link;
  private final long buffer;
  private final Set<String> closed = new HashSet<>();
  private final Set<String> held = new HashSet<>();

  FlowGate(TaskLink link, long bufferBytes) {
    this.link = link;
    this.buffer = bufferBytes;
  }

  /**
   * Opens or closes the lane's shard as its queue demands.
   *
   * @param lanes of this subtask
   * @return true when it was closed just now
   */
  boolean regulate(Lane lane, int lanes) {
    long share = buffer / Math.max(SMALLEST_PARTS, lanes);
    if (lane.heldBytes() >= share) {
      if (closed.add(lane.shard())) {
        link.close(lane.shard());
        return true;
      }
    } else if (lane.heldBytes() <= share / 2
        && closed.remove(lane.shard())
        && !held.contains(lane.shard())) {
      link.open(lane.shard());
    }
    return false;
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
