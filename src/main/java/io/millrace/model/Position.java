// SPDX-License-Identifier: Apache-2.0
package io.millrace.model;

import java.io.Serializable;

/**
 * The place of one record in its shard. Records that were written as one batch can share a
 * sequence, and then differ in the index only.
 *
 * @param sequence the record's sequence
 * @param index place among the records of this sequence, from 0
 * @param time when the stream accepted the record, in milliseconds since the epoch; not compared
 */
public record Position(long sequence, int index, long time)
    implements Comparable<Position>, Serializable {

  @Override
  public int compareTo(Position that) {
    int bySequence = Long.compare(sequence, that.sequence);
    return bySequence != 0 ? bySequence : Integer.compare(index, that.index);
  }

  @Override
  public String toString() {
    return sequence + "." + index;
  }
}
