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
  private int count;
  private long first;
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

  /** What a reader gets: records in order, and where the shard ends. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Slice(
      long sequence,
      byte[][] records,
      String[] partitionKeys,
      long[] times,
      long timeAfter,
      long latestSequence,
      long latestTime) {

    long next() {
      return sequence + records.length;
    }
  }

  /** A position with the time that its cursor names. */
  record Place(long sequence, long time) {}

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
    return first;
  }

  synchronized long nextSequence() {
    return first + count;
  }

  /**
   * Appends records that become neighbours.
   *
   * @return the first one's sequence
   * @throws DataHubException {@code InvalidShardOperation} if it is closed
   */
  synchronized long append(List<Incoming> incoming, long now) {
    if (closedAt != 0) {
      throw DataHubException.notActive();
    }
    long sequence = first + count;
    lastTime = Math.max(lastTime, now);
    for (Incoming each : incoming) {
      if (count == records.length) {
        records = Arrays.copyOf(records, count * 2);
        partitionKeys = Arrays.copyOf(partitionKeys, count * 2);
        times = Arrays.copyOf(times, count * 2);
      }
      records[count] = each.record();
      partitionKeys[count] = each.partitionKey();
      times[count] = lastTime;
      count++;
    }
    return sequence;
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
    int dropped = (int) Math.min(Math.max(before - first, 0), count);
    records = Arrays.copyOfRange(records, dropped, Math.max(count, dropped + 16));
    partitionKeys = Arrays.copyOfRange(partitionKeys, dropped, Math.max(count, dropped + 16));
    times = Arrays.copyOfRange(times, dropped, Math.max(count, dropped + 16));
    first += dropped;
    count -= dropped;
  }

  /**
   * Reads from a sequence on; nothing at the end of an active shard.
   *
   * @param maxBytes is exceeded only by a single record
   * @throws DataHubException {@code InvalidCursor} outside of the shard, {@code
   *     InvalidShardOperation} at the end of a closed one
   */
  synchronized Slice read(long sequence, int limit, long maxBytes) {
    if (sequence < first) {
      throw DataHubException.expiredCursor();
    }
    if (sequence > first + count) {
      throw DataHubException.invalidCursor();
    }
    int from = (int) (sequence - first);
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
    return new Slice(
        sequence,
        Arrays.copyOfRange(records, from, to),
        Arrays.copyOfRange(partitionKeys, from, to),
        Arrays.copyOfRange(times, from, to),
        timeAt(to),
        first + count - 1,
        lastTime);
  }

  /** All records that are still there. */
  synchronized Slice all() {
    return new Slice(
        first,
        Arrays.copyOf(records, count),
        Arrays.copyOf(partitionKeys, count),
        Arrays.copyOf(times, count),
        lastTime,
        first + count - 1,
        lastTime);
  }

  /** The first record that is still there. */
  synchronized Place oldest() {
    return new Place(first, timeAt(0));
  }

  /** The last record, not the end after it. */
  synchronized Place latest() {
    int index = Math.max(0, count - 1);
    return new Place(first + index, timeAt(index));
  }

  /** A sequence, or the end. */
  synchronized Place at(long sequence) {
    if (sequence < first || sequence > first + count) {
      throw DataHubException.seekOutOfRange(
          "Sequence " + sequence + " is out of range [" + first + ", " + (first + count) + "].");
    }
    return new Place(sequence, timeAt((int) (sequence - first)));
  }

  /** The first record that is not older than a time, or the end. */
  synchronized Place since(long time, long now) {
    if (time > now) {
      throw DataHubException.seekOutOfRange("Time in seek request is out of range.");
    }
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return new Place(first + low, timeAt(low));
  }

  private long timeAt(int index) {
    return index < count ? times[index] : lastTime;
  }
}
