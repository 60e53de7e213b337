// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.lane.Lane;
import io.millrace.dispatch.lane.LaneSnapshot;
import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * Lanes in keyed state. Written behind: a record that is delivered before the next checkpoint never
 * touches the state backend; {@link #flush} writes what a checkpoint needs, and removes what was
 * delivered. A lane that stands still can be {@linkplain #write written} earlier, so that the
 * checkpoint finds little to do.
 *
 * <p>Belongs to the task thread. Moves the current key of the backend.
 */
final class LaneStore {

  private static final ValueStateDescriptor<LaneSnapshot> LANE =
      new ValueStateDescriptor<>("lane", LaneSnapshotSerializer.INSTANCE);
  private static final MapStateDescriptor<Long, ShardRecord> QUEUE =
      new MapStateDescriptor<>("queue", LongSerializer.INSTANCE, ShardRecordSerializer.INSTANCE);

  /** Which records of a lane the state holds: indexes from head to before tail. */
  private record Written(long head, long tail) {}

  /** Receives each lane of a restored state. */
  interface Restored {
    void lane(LaneSnapshot snapshot, List<ShardRecord> queued, int key);
  }

  private final KeyedStateBackend<Integer> backend;
  private final ValueState<LaneSnapshot> lane;
  private final MapState<Long, ShardRecord> queue;
  private final Map<Integer, Written> written = new HashMap<>();
  private final Set<Lane> changed = new LinkedHashSet<>();

  LaneStore(KeyedStateBackend<Integer> backend, KeyedStateStore states) {
    this.backend = backend;
    this.lane = states.getState(LANE);
    this.queue = states.getMapState(QUEUE);
  }

  /** Hands over every lane that the state holds. */
  void restore(Restored restored) throws Exception {
    List<Integer> keys;
    try (Stream<Integer> all = backend.getKeys(LANE.getName(), VoidNamespace.INSTANCE)) {
      keys = all.toList();
    }
    for (int key : keys) {
      backend.setCurrentKey(key);
      LaneSnapshot snapshot = lane.value();
      List<ShardRecord> queued = new ArrayList<>();
      for (long index = snapshot.head(); index < snapshot.tail(); index++) {
        ShardRecord record = queue.get(index);
        if (record == null) {
          throw new IllegalStateException(
              "state of shard " + snapshot.shard() + " lacks its record " + index);
        }
        queued.add(record);
      }
      written.put(key, new Written(snapshot.head(), snapshot.tail()));
      restored.lane(snapshot, queued, key);
    }
  }

  /** The lane must be written with the next checkpoint. */
  void changed(Lane changedLane) {
    changed.add(changedLane);
  }

  /** Writes all lanes that have changed. */
  void flush() throws Exception {
    for (Lane each : changed) {
      put(each);
    }
    changed.clear();
  }

  /** Writes one lane now. */
  void write(Lane now) throws Exception {
    put(now);
    changed.remove(now);
  }

  private void put(Lane current) throws Exception {
    backend.setCurrentKey(current.key());
    Written before = written.getOrDefault(current.key(), new Written(0, 0));
    for (long index = before.head(); index < Math.min(before.tail(), current.head()); index++) {
      queue.remove(index);
    }
    long index = current.head();
    for (ShardRecord record : current.queued()) {
      if (index >= before.tail() || index < current.shiftedBelow()) {
        queue.put(index, record);
      }
      index++;
    }
    lane.update(current.snapshot());
    written.put(current.key(), new Written(current.head(), current.tail()));
  }

  /** Removes a lane that is no longer needed. */
  void remove(Lane ended) {
    changed.remove(ended);
    written.remove(ended.key());
    backend.setCurrentKey(ended.key());
    lane.clear();
    queue.clear();
  }
}
