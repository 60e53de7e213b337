// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.control.LaneStatus;
import io.millrace.dispatch.lane.Lane;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of one subtask as metrics: figures over all of them, and for a bounded number of
 * shards a group of each shard's own, which is gone when the shard ends or moves on.
 *
 * <p>Written on the task thread once a second, with the status that goes to the coordinator, so
 * metrics cost nothing per record and agree with the status; read by reporters' threads.
 */
final class LaneMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(LaneMetrics.class);

  /** States as numbers, the worse the higher. Part of what dashboards rely on. */
  private static final List<String> STATES =
      List.of(
          Lane.State.ENDED.name(),
          Lane.State.IDLE.name(),
          Lane.State.READY.name(),
          Lane.State.DELIVERING.name(),
          Lane.State.OPENING.name(),
          Lane.State.RETRYING.name(),
          LaneStatus.BLOCKED,
          Lane.State.SUSPENDED.name());

  private static final class Shard {
    final MetricGroup group;
    final CallTimes times = new CallTimes();
    volatile LaneStatus status;

    Shard(MetricGroup parent, LaneStatus status) {
      this.group = parent.addGroup("shard", status.shard());
      this.status = status;
      gauge("state", each -> (long) STATES.indexOf(each.state()));
      gauge("position", each -> each.position() == null ? -1 : each.position().sequence());
      gauge("lagRecords", each -> orZero(each.lagRecords()));
      gauge("lagMillis", each -> orZero(each.lagMs()));
      gauge("attempts", each -> (long) each.attempts());
      group.histogram("callMillis", times);
    }

    private void gauge(String name, Function<LaneStatus, Long> value) {
      group.gauge(name, () -> value.apply(status));
    }
  }

  private final MetricGroup parent;
  private final int most;
  private final Map<String, Shard> shards = new HashMap<>();
  private boolean toldOfBound;

  private volatile int suspended;
  private volatile int retrying;
  private volatile int blocked;
  private volatile long lagRecords;
  private volatile long lagMillis;
  private volatile int functionBlocked;

  /**
   * @param most shards with metrics of their own
   */
  LaneMetrics(MetricGroup parent, int most) {
    this.parent = parent;
    this.most = most;
    parent.gauge("shardsSuspended", () -> suspended);
    parent.gauge("shardsRetrying", () -> retrying);
    parent.gauge("shardsBlocked", () -> blocked);
    parent.gauge("functionBlocked", () -> functionBlocked);
    parent.gauge("lagRecords", () -> lagRecords);
    parent.gauge("lagMillis", () -> lagMillis);
  }

  /**
   * Takes over how all shards of the subtask stand now.
   *
   * @param unreachable whether the function cannot be reached
   */
  void observe(Collection<LaneStatus> all, boolean unreachable) {
    functionBlocked = unreachable ? 1 : 0;
    suspended = count(all, Lane.State.SUSPENDED.name());
    retrying = count(all, Lane.State.RETRYING.name());
    blocked = count(all, LaneStatus.BLOCKED);
    lagRecords = all.stream().mapToLong(each -> orZero(each.lagRecords())).sum();
    lagMillis = all.stream().mapToLong(each -> orZero(each.lagMs())).max().orElse(0);
    Map<String, LaneStatus> living = new HashMap<>();
    for (LaneStatus status : all) {
      if (!status.state().equals(Lane.State.ENDED.name())) {
        living.put(status.shard(), status);
      }
    }
    for (Iterator<Map.Entry<String, Shard>> each = shards.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Shard> entry = each.next();
      LaneStatus status = living.remove(entry.getKey());
      if (status != null) {
        entry.getValue().status = status;
      } else {
        close(entry.getValue().group);
        each.remove();
      }
    }
    living.values().forEach(this::begin);
  }

  private void begin(LaneStatus status) {
    if (shards.size() < most) {
      shards.put(status.shard(), new Shard(parent, status));
    } else if (!toldOfBound && most > 0) {
      toldOfBound = true;
      LOG.info(
          "Only {} shards of this subtask have metrics of their own, not shard {}; status has all.",
          most,
          status.shard());
    }
  }

  /**
   * Takes over how long the last calls of a shard took.
   *
   * @param sortedMillis never written to again
   */
  void observeCalls(String shard, int[] sortedMillis) {
    Shard observed = shards.get(shard);
    if (observed != null) {
      observed.times.observe(sortedMillis);
    }
  }

  private static int count(Collection<LaneStatus> all, String state) {
    return (int) all.stream().filter(each -> each.state().equals(state)).count();
  }

  private static long orZero(Long value) {
    return value == null ? 0 : value;
  }

  /** Unregisters what is in the group; its interface has no word for that. */
  private static void close(MetricGroup group) {
    if (group instanceof AbstractMetricGroup<?> closable) {
      closable.close();
    }
  }
}
