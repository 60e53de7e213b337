// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.GroundTruth.ShardTruth;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One shard's records next to the invocations that carried them. A record is called by its index in
 * the shard, from 0, whatever its sequence.
 */
final class ShardHistory {

  /** For a moment that never came. */
  static final long NEVER = Long.MAX_VALUE;

  /**
   * One invocation of this shard.
   *
   * @param invocation as journalled
   * @param records indices in the order of the event, at least one
   */
  record Delivery(Invocation invocation, List<Integer> records) {

    Delivery {
      records = List.copyOf(records);
    }

    int first() {
      return records.get(0);
    }

    int last() {
      return records.get(records.size() - 1);
    }

    long start() {
      return invocation.start();
    }

    boolean acknowledgedBy(long time) {
      return invocation.acknowledged() <= time;
    }
  }

  private final ShardTruth truth;
  private final Map<Long, Integer> indices = new HashMap<>();
  private final long[] invoked;
  private final long[] acknowledged;
  private final BitSet leftOut = new BitSet();
  private List<Delivery> deliveries = List.of();

  ShardHistory(ShardTruth truth) {
    this.truth = truth;
    int size = truth.records().size();
    for (int i = 0; i < size; i++) {
      indices.put(truth.records().get(i).sequence(), i);
    }
    invoked = new long[size];
    acknowledged = new long[size];
    Arrays.fill(invoked, NEVER);
    Arrays.fill(acknowledged, NEVER);
  }

  /** Index of a record, −1 where the shard never held it. */
  int indexOf(long sequence) {
    return indices.getOrDefault(sequence, -1);
  }

  /** Index of the first record with a sequence or a later one, {@link #size} for none. */
  int firstFrom(long sequence) {
    int i = 0;
    while (i < size() && truth.records().get(i).sequence() < sequence) {
      i++;
    }
    return i;
  }

  /** Notes that an operator's move has passed a record over. */
  void leaveOut(int index) {
    leftOut.set(index);
  }

  /** Whether a record need not have been delivered. */
  boolean leftOut(int index) {
    return leftOut.get(index);
  }

  /** Notes that an invocation carried a record. */
  void carried(int index, Invocation invocation) {
    invoked[index] = Math.min(invoked[index], invocation.start());
    acknowledged[index] = Math.min(acknowledged[index], invocation.acknowledged());
  }

  void deliveries(List<Delivery> inOrderOfStart) {
    deliveries = List.copyOf(inOrderOfStart);
  }

  /** The invocations of this shard by their start. */
  List<Delivery> deliveries() {
    return deliveries;
  }

  String shard() {
    return truth.shard();
  }

  List<String> parents() {
    return truth.parents();
  }

  int size() {
    return invoked.length;
  }

  RecordId id(int index) {
    return new RecordId(truth.shard(), truth.records().get(index).sequence());
  }

  /** The record's partition key, or null. */
  String key(int index) {
    return truth.records().get(index).key().orElse(null);
  }

  /** When the record was first invoked. */
  long invoked(int index) {
    return invoked[index];
  }

  /** When the record was first acknowledged. */
  long acknowledged(int index) {
    return acknowledged[index];
  }

  /**
   * The nearest earlier record that was ever invoked and not left out, −1 for none. One that no
   * invocation ever carried is lost, which is a finding of its own and no disorder.
   */
  int before(int index) {
    int i = index - 1;
    while (i >= 0 && (invoked[i] == NEVER || leftOut.get(i))) {
      i--;
    }
    return i;
  }

  /** The nearest later record that was ever invoked, {@link #size} for none. */
  int after(int index) {
    int i = index + 1;
    while (i < size() && invoked[i] == NEVER) {
      i++;
    }
    return i;
  }

  /** When the shard was first invoked. */
  long firstStart() {
    return deliveries.isEmpty() ? NEVER : deliveries.get(0).start();
  }

  /** When every record that was ever invoked had been acknowledged; 0 for a shard without any. */
  long drained() {
    long last = 0;
    for (int i = 0; i < size(); i++) {
      if (invoked[i] != NEVER && !leftOut.get(i)) {
        last = Math.max(last, acknowledged[i]);
      }
    }
    return last;
  }
}
