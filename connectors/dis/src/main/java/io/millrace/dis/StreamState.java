// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import java.util.List;
import java.util.Optional;

/**
 * A stream, as far as reading needs it.
 *
 * @param id differs when a stream was deleted and created again; empty where DIS does not tell
 * @param createdAt milliseconds since the epoch; 0 where DIS does not tell
 * @param kind what it holds, in a few words
 */
record StreamState(String id, long createdAt, String kind, List<Partition> partitions) {

  StreamState {
    partitions = List.copyOf(partitions);
  }

  /** What DIS says of a partition. */
  enum Status {
    CREATING,
    ACTIVE,
    /** Can be read until its records have expired, and may become active again. */
    DELETED,
    /** Holds nothing any more, and may become active again. */
    EXPIRED
  }

  /**
   * A partition.
   *
   * @param number which its id has
   * @param range empty where it cannot be read, and while the stream is scaled
   */
  record Partition(int number, Status status, Optional<Range> range) {

    String id() {
      return PartitionId.of(number);
    }
  }

  /**
   * The sequences of a partition.
   *
   * @param first of the oldest record
   * @param next behind the newest one; what DIS says here is not documented, and may be the newest
   *     one's own
   */
  record Range(long first, long next) {}

  Optional<Partition> partition(String id) {
    return partitions.stream().filter(each -> each.id().equals(id)).findFirst();
  }
}
