// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.model.ShardRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * The records of a lane that are not acknowledged, in order, under indexes without a gap: the first
 * has the index {@link #head()}, and those that leave take theirs with them.
 */
final class LaneQueue {

  /** Bytes that a queued record takes besides its body: its objects on a 64-bit JVM, rounded up. */
  private static final int RECORD_OVERHEAD = 112;

  private final ArrayDeque<ShardRecord> records = new ArrayDeque<>();
  private long head;
  private long heldBytes;
  private long shiftedBelow;

  LaneQueue(long head) {
    this.head = head;
  }

  void add(ShardRecord record) {
    records.addLast(record);
    heldBytes += bytes(record);
  }

  /** Takes the first record. */
  ShardRecord remove() {
    ShardRecord record = records.removeFirst();
    head++;
    heldBytes -= bytes(record);
    return record;
  }

  /** Takes a record out of its place; those before it move up by one. */
  void remove(int place) {
    Iterator<ShardRecord> each = records.iterator();
    for (int i = 0; i < place; i++) {
      each.next();
    }
    heldBytes -= bytes(each.next());
    each.remove();
    head++;
    shiftedBelow = Math.max(shiftedBelow, head + place);
  }

  void clear() {
    head += records.size();
    records.clear();
    heldBytes = 0;
  }

  private static long bytes(ShardRecord record) {
    return record.body().length + (long) RECORD_OVERHEAD;
  }

  /** The first records, in order. */
  List<ShardRecord> first(int count) {
    List<ShardRecord> first = new ArrayList<>(count);
    Iterator<ShardRecord> each = records.iterator();
    for (int i = 0; i < count; i++) {
      first.add(each.next());
    }
    return first;
  }

  ShardRecord peek() {
    return records.peekFirst();
  }

  Collection<ShardRecord> all() {
    return Collections.unmodifiableCollection(records);
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  int size() {
    return records.size();
  }

  long head() {
    return head;
  }

  long tail() {
    return head + records.size();
  }

  long heldBytes() {
    return heldBytes;
  }

  /** Records with an index below this may have had another one when they were written last. */
  long shiftedBelow() {
    return shiftedBelow;
  }
}
