// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One partition: its records in memory, and whether it may be written and read. Safe for use by
 * several threads.
 *
 * <p>Its sequence numbers go on for as long as the stream lives, also when it was taken out of
 * service and comes back.
 */
final class Partition {

  private final int number;
  private final List<StoredRecord> records = new ArrayList<>();
  private final Traffic written = new Traffic();
  private final Traffic read = new Traffic();
  private HashRange range;
  private State state = State.ACTIVE;
  private long deletedAt;
  private long first;

  Partition(int number, HashRange range) {
    this.number = number;
    this.range = range;
  }

  /** What the service says of a partition. */
  enum State {
    /** Can be written and read. */
    ACTIVE,
    /** Taken out of service: can be read until its records have expired. */
    DELETED,
    /** Taken out of service for longer than the retention. */
    EXPIRED
  }

  /**
   * A record.
   *
   * @param time milliseconds since 1970
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record StoredRecord(long sequence, long time, Optional<String> partitionKey, byte[] data) {}

  /**
   * What a reader gets.
   *
   * @param next the sequence that follows
   * @param ended true when nothing can follow
   */
  record Slice(List<StoredRecord> records, long next, boolean ended) {}

  int number() {
    return number;
  }

  String id() {
    return PartitionId.of(number);
  }

  synchronized State state() {
    return state;
  }

  synchronized HashRange range() {
    return range;
  }

  /** The oldest record that has not expired, or the one to come. */
  synchronized long first() {
    return first;
  }

  /** The sequence that the next record gets. */
  synchronized long next() {
    return first + records.size();
  }

  synchronized int count() {
    return records.size();
  }

  /** All records that have not expired. */
  synchronized List<StoredRecord> all() {
    return List.copyOf(records);
  }

  /** Takes it into service, or gives it other keys. */
  synchronized void activate(HashRange keys) {
    state = State.ACTIVE;
    range = keys;
    deletedAt = 0;
  }

  /** Takes it out of service. */
  synchronized void delete(long now) {
    state = State.DELETED;
    range = HashRange.NONE;
    deletedAt = now;
  }

  /**
   * Appends a record.
   *
   * @param limit bytes a second; 0 for any number
   * @return its sequence
   * @throws DisException {@code DIS.4302} if it takes none
   */
  synchronized long append(Optional<String> partitionKey, byte[] data, long now, long limit) {
    if (state != State.ACTIVE) {
      throw DisException.noSuchPartition(id());
    }
    if (!written.take(data.length, now, limit)) {
      throw DisException.throttled(id());
    }
    long sequence = next();
    long time = records.isEmpty() ? now : Math.max(now, records.get(records.size() - 1).time());
    records.add(new StoredRecord(sequence, time, partitionKey, data));
    return sequence;
  }

  /** Drops the records before a sequence, as the service does at the end of their life. */
  synchronized void expire(long before) {
    int dropped = (int) Math.max(0, Math.min(records.size(), before - first));
    records.subList(0, dropped).clear();
    first += dropped;
  }

  /** Drops the records from before a time; a partition out of service since then is expired. */
  synchronized void expireBefore(long time) {
    if (!records.isEmpty() && records.get(0).time() < time) {
      expire(since(time));
    }
    if (state == State.DELETED && deletedAt < time) {
      expire(next());
      state = State.EXPIRED;
    }
  }

  /** The first record that is not older than a time, or the one to come. */
  synchronized long since(long time) {
    int low = 0;
    int high = records.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (records.get(middle).time() < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return first + low;
  }

  /**
   * A place that can be read from.
   *
   * @param given as the caller said it, for the message
   * @throws DisException {@code DIS.4224} outside of the records
   */
  synchronized long place(long sequence, long given) {
    if (sequence < first || sequence > next()) {
      throw DisException.outOfRange(given, first, next());
    }
    return sequence;
  }

  /**
   * Reads from a sequence on.
   *
   * @param maxBytes is not exceeded: a record that is larger is never read
   * @param limit bytes a second; 0 for any number
   */
  synchronized Slice read(long sequence, long maxBytes, long now, long limit) {
    if (sequence < first) {
      throw DisException.expiredRecord(sequence, first, next());
    }
    if (sequence > next()) {
      throw DisException.invalidCursor();
    }
    int from = (int) (sequence - first);
    int to = from;
    long bytes = 0;
    while (to < records.size() && bytes + records.get(to).data().length <= maxBytes) {
      bytes += records.get(to).data().length;
      to++;
    }
    if (!read.take(bytes, now, limit)) {
      throw DisException.throttled(id());
    }
    boolean ended = state == State.DELETED && to == records.size();
    return new Slice(List.copyOf(records.subList(from, to)), first + to, ended);
  }

  /** {@code [earliest : next]}; empty of an expired one. */
  synchronized Optional<String> sequences() {
    return state == State.EXPIRED
        ? Optional.empty()
        : Optional.of("[" + first + " : " + next() + "]");
  }

  /** What went through in the present second. */
  private static final class Traffic {

    private long second;
    private long bytes;

    /** False when this second has had its share. */
    boolean take(long more, long now, long limit) {
      if (now / 1000 != second) {
        second = now / 1000;
        bytes = 0;
      }
      if (limit > 0 && bytes >= limit) {
        return false;
      }
      bytes += more;
      return true;
    }
  }
}
