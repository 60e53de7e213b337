// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.dis.Partition.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** A stream and its partitions. Safe for use by several threads; it is scaled by one at a time. */
final class DisStream {

  private final String name;
  private final String id;
  private final Kind kind;
  private final int mostPartitions;
  private final Duration retention;
  private final InstantSource clock;
  private final long createdAt;
  private final List<Partition> partitions = new CopyOnWriteArrayList<>();
  private final List<Scaling> scalings = new CopyOnWriteArrayList<>();
  private final AtomicLong unkeyed = new AtomicLong();
  private final ReadWriteLock topology = new ReentrantReadWriteLock();
  private volatile long modifiedAt;

  /** What the user pays for. */
  enum Kind {
    COMMON(1 << 20, 2 << 20),
    ADVANCED(5 << 20, 10 << 20);

    private final int write;
    private final int read;

    Kind(int write, int read) {
      this.write = write;
      this.read = read;
    }

    /** Bytes of one request, and a second of one partition. */
    int write() {
      return write;
    }

    /** Bytes a second of one partition. */
    int read() {
      return read;
    }
  }

  /** A change of the number of partitions. */
  record Scaling(long at, int from, int to) {}

  DisStream(
      String name,
      String id,
      Kind kind,
      int partitions,
      int mostPartitions,
      int retentionHours,
      InstantSource clock) {
    if (retentionHours < 24 || retentionHours > 72) {
      throw DisException.invalidRequest("Invalid data_duration " + retentionHours + ".");
    }
    this.name = name;
    this.id = id;
    this.kind = kind;
    this.mostPartitions = mostPartitions;
    this.retention = Duration.ofHours(retentionHours);
    this.clock = clock;
    this.createdAt = clock.millis();
    this.modifiedAt = createdAt;
    resize(partitions);
  }

  String name() {
    return name;
  }

  String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  Duration retention() {
    return retention;
  }

  long createdAt() {
    return createdAt;
  }

  long modifiedAt() {
    return modifiedAt;
  }

  List<Scaling> scalings() {
    return scalings;
  }

  /** All partitions there ever were, what has expired taken out. */
  List<Partition> partitions() {
    topology.readLock().lock();
    try {
      long horizon = oldestTime();
      partitions.forEach(partition -> partition.expireBefore(horizon));
      return List.copyOf(partitions);
    } finally {
      topology.readLock().unlock();
    }
  }

  /** Records from before this time have expired. */
  long oldestTime() {
    return clock.millis() - retention.toMillis();
  }

  /**
   * A partition in either form of its name.
   *
   * @throws DisException {@code DIS.4201}, {@code DIS.4302}
   */
  Partition partition(String text) {
    int wanted = PartitionId.number(text);
    if (wanted >= partitions.size()) {
      throw DisException.noSuchPartition(text);
    }
    Partition partition = partitions.get(wanted);
    partition.expireBefore(oldestTime());
    return partition;
  }

  long active() {
    return partitions().stream().filter(each -> each.state() == State.ACTIVE).count();
  }

  /**
   * Scales to a number of active partitions: down by taking the last ones out of service; up by
   * bringing back those that are out of service, the first ones first, and then by new ones.
   */
  void scale(int target) {
    int before = (int) active();
    if (target == before) {
      throw DisException.invalidRequest("Invalid target_partition_count " + target + ".");
    }
    resize(target);
    modifiedAt = clock.millis();
    scalings.add(new Scaling(modifiedAt, before, target));
  }

  private void resize(int target) {
    if (target < 1) {
      throw DisException.invalidRequest("Invalid target_partition_count " + target + ".");
    }
    if (target > mostPartitions) {
      throw DisException.quota("partition " + target + " of " + mostPartitions);
    }
    partitions();
    topology.writeLock().lock();
    try {
      List<HashRange> ranges = HashRange.divide(target);
      List<Partition> serving = new ArrayList<>(in(State.ACTIVE));
      while (serving.size() > target) {
        serving.remove(serving.size() - 1).delete(clock.millis());
      }
      List<Partition> resting = new ArrayList<>(in(State.DELETED));
      resting.addAll(in(State.EXPIRED));
      resting.sort((one, other) -> Integer.compare(one.number(), other.number()));
      while (serving.size() < target && !resting.isEmpty()) {
        serving.add(resting.remove(0));
      }
      while (serving.size() < target) {
        Partition added = new Partition(partitions.size(), HashRange.NONE);
        partitions.add(added);
        serving.add(added);
      }
      for (int i = 0; i < target; i++) {
        serving.get(i).activate(ranges.get(i));
      }
    } finally {
      topology.writeLock().unlock();
    }
  }

  private List<Partition> in(State state) {
    return partitions.stream().filter(each -> each.state() == state).toList();
  }

  /** Where a record was put. */
  record Put(String partition, long sequence) {}

  /** Puts a record where it says: into its partition, where its key leads, or anywhere. */
  Put put(NewRecord record, long limit) {
    topology.readLock().lock();
    try {
      Partition to = route(record).get();
      return new Put(
          to.id(), to.append(record.partitionKey(), record.data(), clock.millis(), limit));
    } finally {
      topology.readLock().unlock();
    }
  }

  private Supplier<Partition> route(NewRecord record) {
    if (record.partition().isPresent()) {
      return () -> partition(record.partition().get());
    }
    long hash =
        record
            .hashKey()
            .orElseGet(
                () ->
                    record.partitionKey().isPresent()
                        ? HashRange.hash(record.partitionKey().get())
                        : HashRange.hash(Long.toString(unkeyed.incrementAndGet())));
    return () ->
        partitions.stream()
            .filter(each -> each.range().contains(hash))
            .findFirst()
            .orElseThrow(() -> DisException.noSuchPartition("for key " + hash));
  }
}
