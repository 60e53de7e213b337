// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import java.util.Arrays;
import java.util.List;

/**
 * One shard: its records in memory, its key range and its lineage. Safe for use by several threads.
 *
 * <p>A record is held as the bytes in which it goes over the wire (attributes and data of a
 * protobuf {@code RecordEntry}), so that reading it back costs a copy.
 */
final class ShardLog {

  private final int number;
  private final KeyRange range;
  private final List<String> parents;
  private final long createdAt;

  private byte[][] records = new byte[16][];
  private String[] partitionKeys = new String[16];
  private long[] times = new long[16];
  private long[] sequences = new long[16];
  private int count;
  private long next;
  private long lastTime;
  private long closedAt;

  ShardLog(int number, KeyRange range, List<String> parents, long createdAt) {
    this.number = number;
    this.range = range;
    this.parents = List.copyOf(parents);
    this.createdAt = createdAt;
  }

  /** A record that is to be appended; the partition key may be empty. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Incoming(byte[] record, String partitionKey) {}

  /**
   * What a reader gets: records in order, and where the shard ends.
   *
   * @param places of the records, and behind them the place that follows
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Slice(
      byte[][] records,
      String[] partitionKeys,
      Place[] places,
      long latestSequence,
      long latestTime) {

    /** The place behind the records. */
    Place next() {
      return places[records.length];
    }
  }

  /**
   * A position with the time that its cursor names.
   *
   * @param index among the records that share the sequence
   */
  record Place(long sequence, int index, long time) {}

  int number() {
    return number;
  }

  String id() {
    return Integer.toString(number);
  }

  KeyRange range() {
    return range;
  }

  List<String> parents() {
    return parents;
  }

  long createdAt() {
    return createdAt;
  }

  /** When it was split or merged; 0 while it is active. */
  synchronized long closedAt() {
    return closedAt;
  }

  boolean active() {
    return closedAt() == 0;
  }

  synchronized long firstSequence() {
    return count == 0 ? next : sequences[0];
  }

  synchronized long nextSequence() {
    return next;
  }

  /** The number of records that are still there. */
  synchronized int count() {
    return count;
  }

  /** What the records that are still there take. */
  synchronized long bytes() {
    return Arrays.stream(records, 0, count).mapToLong(record -> record.length).sum();
  }

  /**
   * Appends records that become neighbours, each with a sequence of its own.
   *
   * @throws DataHubException {@code InvalidShardOperation} if it is closed
   */
  synchronized void append(List<Incoming> incoming, long now) {
    requireOpen();
    for (Incoming each : incoming) {
      add(each, now);
      next++;
    }
  }

  /**
   * Appends records that share one sequence, as those of one block of the binary transfer do.
   *
   * @throws DataHubException {@code InvalidShardOperation} if it is closed
   */
  synchronized void appendTogether(List<Incoming> incoming, long now) {
    requireOpen();
    if (incoming.isEmpty() || incoming.size() > Cursor.MAX_INDEX + 1) {
      throw DataHubException.invalidParameter(
          "1 to " + (Cursor.MAX_INDEX + 1) + " records can share a sequence.");
    }
    incoming.forEach(each -> add(each, now));
    next++;
  }

  private void requireOpen() {
    if (closedAt != 0) {
      throw DataHubException.notActive();
    }
  }

  private void add(Incoming incoming, long now) {
    lastTime = Math.max(lastTime, now);
    if (count == records.length) {
      resize(0, count * 2);
    }
    records[count] = incoming.record();
    partitionKeys[count] = incoming.partitionKey();
    times[count] = lastTime;
    sequences[count] = next;
    count++;
  }

  private void resize(int from, int length) {
    records = Arrays.copyOfRange(records, from, from + length);
    partitionKeys = Arrays.copyOfRange(partitionKeys, from, from + length);
    times = Arrays.copyOfRange(times, from, from + length);
    sequences = Arrays.copyOfRange(sequences, from, from + length);
  }

  /** Closes it for writers; false if it was closed before. */
  synchronized boolean close(long now) {
    if (closedAt != 0) {
      return false;
    }
    closedAt = now;
    return true;
  }

  /** Drops the records before a sequence, as the service does at the end of their life. */
  synchronized void expire(long before) {
    int dropped = indexOf(before);
    resize(dropped, Math.max(count - dropped, 16));
    count -= dropped;
  }

  /** Drops the records from before a time. */
  synchronized void expireBefore(long time) {
    if (count > 0 && times[0] < time) {
      expire(since(time, Long.MAX_VALUE).sequence());
    }
  }

  /** True when nothing of it is left and nothing can come. */
  synchronized boolean isGone(long horizon) {
    return closedAt != 0 && closedAt < horizon && count == 0;
  }

  /**
   * Reads from a place on; nothing at the end of an active shard.
   *
   * @param maxBytes is exceeded only by a single record
   * @throws DataHubException {@code InvalidCursor} outside of the shard, {@code
   *     InvalidShardOperation} at the end of a closed one
   */
  synchronized Slice read(long sequence, int index, int limit, long maxBytes) {
    if (sequence < firstSequence()) {
      throw DataHubException.expiredCursor();
    }
    int from = indexOf(sequence) + index;
    if (sequence > next || from > count) {
      throw DataHubException.invalidCursor();
    }
    if (from == count && closedAt != 0) {
      throw DataHubException.notActive();
    }
    int to = from;
    long bytes = 0;
    while (to < count
        && to - from < limit
        && (to == from || bytes + records[to].length <= maxBytes)) {
      bytes += records[to].length;
      to++;
    }
    return slice(from, to);
  }

  /** All records that are still there. */
  synchronized Slice all() {
    return slice(0, count);
  }

  private Slice slice(int from, int to) {
    Place[] places = new Place[to - from + 1];
    for (int i = from; i <= to; i++) {
      Place before = i == from ? null : places[i - from - 1];
      if (before == null || i == count) {
        places[i - from] = placeAt(i);
      } else {
        int index = sequences[i] == before.sequence() ? before.index() + 1 : 0;
        places[i - from] = new Place(sequences[i], index, times[i]);
      }
    }
    return new Slice(
        Arrays.copyOfRange(records, from, to),
        Arrays.copyOfRange(partitionKeys, from, to),
        places,
        next - 1,
        lastTime);
  }

  private Place placeAt(int index) {
    return index < count
        ? new Place(sequences[index], index - indexOf(sequences[index]), times[index])
        : new Place(next, 0, lastTime);
  }

  /** The first record that is still there. */
  synchronized Place oldest() {
    return placeAt(0);
  }

  /** The first record of the last sequence, not the end after it. */
  synchronized Place latest() {
    return placeAt(count == 0 ? 0 : indexOf(sequences[count - 1]));
  }

  /** A sequence, or the end. */
  synchronized Place at(long sequence) {
    if (sequence < firstSequence() || sequence > next) {
      throw DataHubException.seekOutOfRange(
          "Sequence " + sequence + " is out of range [" + firstSequence() + ", " + next + "].");
    }
    return placeAt(indexOf(sequence));
  }

  /** The first record that is not older than a time, or the end. */
  synchronized Place since(long time, long now) {
    if (time > now) {
      throw DataHubException.seekOutOfRange("Time in seek request is out of range.");
    }
    return placeAt(firstFrom(times, time));
  }

  /** The first record of a sequence or of a later one. */
  private int indexOf(long sequence) {
    return firstFrom(sequences, sequence);
  }

  private int firstFrom(long[] ascending, long value) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
