// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.oracle.RecordId;
import io.millrace.emulator.Journal;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the delivery is, counted in the journal while it grows. For progress and for waiting; the
 * verdict is the oracle's. Safe for use by several threads.
 */
public final class DeliveryGauge {

  private static final int WINDOW = 200;

  private final Journal journal;
  private final EventReader events;
  private final Map<String, BitSet> acknowledged = new HashMap<>();
  private long cursor;
  private long count;
  private long lastProgress = System.nanoTime();

  public DeliveryGauge(Journal journal, EventReader events) {
    this.journal = journal;
    this.events = events;
  }

  /** Distinct records acknowledged so far. */
  public synchronized long delivered() {
    read();
    return count;
  }

  /** Of one shard. */
  public synchronized long delivered(String shard) {
    read();
    BitSet records = acknowledged.get(shard);
    return records == null ? 0 : records.cardinality();
  }

  /** Takes what lies before a record for delivered: its shard was moved there. */
  public synchronized void goesOnAt(String shard, long sequence) {
    read();
    BitSet records = acknowledged.computeIfAbsent(shard, absent -> new BitSet());
    int before = records.cardinality();
    records.set(0, Math.toIntExact(sequence));
    count += records.cardinality() - before;
  }

  /** True when an invocation that started after a moment of the journal's clock has succeeded. */
  public boolean acknowledgedSince(long moment) {
    for (Journal.Entry entry : journal.entries(journal.size() - WINDOW)) {
      if (entry.succeeded() && entry.start() > moment) {
        return true;
      }
    }
    return false;
  }

  /** Seconds since a record was acknowledged for the first time. */
  public synchronized long secondsWithoutProgress() {
    read();
    return (System.nanoTime() - lastProgress) / 1_000_000_000;
  }

  /** Starts the count of seconds without progress anew. */
  public synchronized void expectProgress() {
    lastProgress = System.nanoTime();
  }

  private void read() {
    boolean settled = true;
    for (Journal.Entry entry : journal.entries(cursor)) {
      if (entry.succeeded()) {
        add(entry);
      }
      // An open invocation is looked at again; what ended behind it is only counted twice as seen.
      settled &= entry.end().isPresent();
      if (settled) {
        cursor = entry.id() + 1;
      }
    }
  }

  private void add(Journal.Entry entry) {
    for (RecordId id : events.records(entry.body())) {
      BitSet records = acknowledged.computeIfAbsent(id.shard(), shard -> new BitSet());
      int bit = Math.toIntExact(id.sequence());
      if (!records.get(bit)) {
        records.set(bit);
        count++;
        lastProgress = System.nanoTime();
      }
    }
  }
}
