// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.dis.Partition.StoredRecord;
import java.util.List;
import java.util.Optional;

/** What a stream holds: the truth against which a delivery is judged. Reads are of the moment. */
public final class StreamView {

  private final DisStream stream;

  StreamView(DisStream stream) {
    this.stream = stream;
  }

  /**
   * A partition.
   *
   * @param state {@code ACTIVE}, {@code DELETED} or {@code EXPIRED}
   * @param first sequence of the oldest record that has not expired
   * @param next sequence that the next record gets
   * @param count of the records that have not expired
   */
  public record PartitionView(
      String id, String state, String hashRange, long first, long next, long count) {}

  /**
   * A record.
   *
   * @param time milliseconds since 1970
   * @param data not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record RecordView(
      String partition, long sequence, long time, Optional<String> partitionKey, byte[] data) {}

  public String name() {
    return stream.name();
  }

  /** All partitions there ever were, by number. */
  public List<PartitionView> partitions() {
    return stream.partitions().stream().map(StreamView::view).toList();
  }

  /**
   * One partition, in either form of its name.
   *
   * @throws DisException if there is none
   */
  public PartitionView partition(String id) {
    return view(stream.partition(id));
  }

  /** The records of a partition that have not expired. */
  public List<RecordView> records(String partition) {
    Partition found = stream.partition(partition);
    return found.all().stream().map(record -> view(found.id(), record)).toList();
  }

  /** The number of records in all partitions that have not expired. */
  public long count() {
    return partitions().stream().mapToLong(PartitionView::count).sum();
  }

  private static RecordView view(String partition, StoredRecord record) {
    return new RecordView(
        partition, record.sequence(), record.time(), record.partitionKey(), record.data());
  }

  private static PartitionView view(Partition partition) {
    return new PartitionView(
        partition.id(),
        partition.state().name(),
        partition.range().toString(),
        partition.first(),
        partition.next(),
        partition.count());
  }
}
