// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.source.reader.TaskLink;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * What the lanes of a test job received, in the order in which they did. The lanes count in keyed
 * state what came: a record that is missing, or comes twice in one history, is a complaint.
 */
final class DeliveryLog implements AutoCloseable {

  private static final Map<String, DeliveryLog> LOGS = new ConcurrentHashMap<>();

  /** A record that reached its lane. */
  record Arrival(int subtask, String attempt, ShardRecord record) {}

  private final String id = UUID.randomUUID().toString();
  private final List<Arrival> arrivals = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final Set<String> holdingEnds = new HashSet<>();

  DeliveryLog() {
    LOGS.put(id, this);
  }

  @Override
  public void close() {
    LOGS.remove(id);
  }

  /** The lanes of a job whose arrivals are to be found here. */
  Lanes lanes() {
    return new Lanes(id);
  }

  synchronized List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** The position that each shard has reached, whatever was repeated on the way. */
  synchronized Map<String, Position> reached() {
    Map<String, Position> reached = new HashMap<>();
    for (Arrival arrival : arrivals) {
      if (!arrival.record().end()) {
        reached.merge(
            arrival.record().shard(),
            arrival.record().position(),
            (a, b) -> a.compareTo(b) > 0 ? a : b);
      }
    }
    return reached;
  }

  /** How many different records of each shard have arrived. */
  synchronized Map<String, Integer> counts() {
    Map<String, Set<Position>> seen = new HashMap<>();
    for (Arrival arrival : arrivals) {
      if (!arrival.record().end()) {
        seen.computeIfAbsent(arrival.record().shard(), shard -> new HashSet<>())
            .add(arrival.record().position());
      }
    }
    Map<String, Integer> counts = new HashMap<>();
    seen.forEach((shard, positions) -> counts.put(shard, positions.size()));
    return counts;
  }

  /** Index of the first, or last, arrival of a shard; −1 where there is none. */
  synchronized int first(String shard) {
    for (int i = 0; i < arrivals.size(); i++) {
      if (arrivals.get(i).record().shard().equals(shard)) {
        return i;
      }
    }
    return -1;
  }

  synchronized int last(String shard) {
    for (int i = arrivals.size() - 1; i >= 0; i--) {
      if (arrivals.get(i).record().shard().equals(shard)) {
        return i;
      }
    }
    return -1;
  }

  /** The lane of this shard does not pass its end. */
  synchronized void holdEnd(String shard) {
    holdingEnds.add(shard);
  }

  private synchronized void arrived(Arrival arrival) {
    arrivals.add(arrival);
  }

  private synchronized void complain(String complaint) {
    complaints.add(complaint);
  }

  private synchronized boolean isHeld(String shard) {
    return holdingEnds.contains(shard);
  }

  /** Stands for the lanes: counts in keyed state, and passes the ends of shards. */
  static final class Lanes extends KeyedProcessFunction<Integer, ShardRecord, Integer>
      implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String id;
    private transient ValueState<Long> next;
    private transient TaskLink link;
    private transient String attempt;

    private Lanes(String id) {
      this.id = id;
    }

    @Override
    public void open(OpenContext context) {
      next = getRuntimeContext().getState(new ValueStateDescriptor<>("next", Types.LONG));
      attempt = getRuntimeContext().getMetricGroup().getAllVariables().get("<task_attempt_id>");
      link = TaskLink.acquire(attempt);
      if (!link.isChained()) {
        LOGS.get(id).complain("no reader in this task");
      }
    }

    @Override
    public void close() {
      if (link != null) {
        link.release();
      }
    }

    @Override
    public void processElement(ShardRecord record, Context context, Collector<Integer> out)
        throws Exception {
      DeliveryLog log = LOGS.get(id);
      log.arrived(
          new Arrival(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), attempt, record));
      if (record.end()) {
        if (!log.isHeld(record.shard())) {
          link.drained(record.shard());
        }
        return;
      }
      Long expected = next.value();
      if (expected != null && record.sequence() != expected) {
        log.complain(record + " came instead of sequence " + expected);
      }
      next.update(record.sequence() + 1);
    }
  }
}
