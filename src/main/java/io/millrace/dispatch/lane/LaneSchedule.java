// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which lane is launched next. Two queues: ready lanes, first come first served, and waiting lanes
 * by the time at which they can be launched. A lane is in one of them or in none.
 *
 * <p>Not thread-safe: it belongs to the task thread.
 */
public final class LaneSchedule {

  private final LinkedHashSet<Lane> ready = new LinkedHashSet<>();
  private final TreeMap<Long, LinkedHashSet<Lane>> waiting = new TreeMap<>();
  private final Map<Lane, Long> waitingSince = new HashMap<>();

  /** Puts the lane where it belongs now; to be called whenever it has changed. */
  public void offer(Lane lane, long now) {
    OptionalLong at = lane.launchableAt();
    if (at.isEmpty()) {
      remove(lane);
    } else if (at.getAsLong() <= now) {
      removeWaiting(lane);
      ready.add(lane);
    } else {
      ready.remove(lane);
      Long before = waitingSince.get(lane);
      if (before == null || before != at.getAsLong()) {
        removeWaiting(lane);
        waitingSince.put(lane, at.getAsLong());
        waiting.computeIfAbsent(at.getAsLong(), time -> new LinkedHashSet<>()).add(lane);
      }
    }
  }

  /** Forgets the lane. */
  public void remove(Lane lane) {
    ready.remove(lane);
    removeWaiting(lane);
  }

  private void removeWaiting(Lane lane) {
    Long at = waitingSince.remove(lane);
    if (at != null) {
      LinkedHashSet<Lane> same = waiting.get(at);
      same.remove(lane);
      if (same.isEmpty()) {
        waiting.remove(at);
      }
    }
  }

  /** True when a lane can be launched at {@code now}. */
  public boolean hasReady(long now) {
    promote(now);
    return !ready.isEmpty();
  }

  /** Takes the lane whose turn it is; there must be one. */
  public Lane take(long now) {
    promote(now);
    Lane next = ready.iterator().next();
    ready.remove(next);
    return next;
  }

  private void promote(long now) {
    while (!waiting.isEmpty() && waiting.firstKey() <= now) {
      for (Lane lane : waiting.pollFirstEntry().getValue()) {
        waitingSince.remove(lane);
        ready.add(lane);
      }
    }
  }

  /** When the next waiting lane becomes ready, in milliseconds since the epoch. */
  public OptionalLong nextAt() {
    return waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(waiting.firstKey());
  }
}
