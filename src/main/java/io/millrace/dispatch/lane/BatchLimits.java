// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.util.Iterator;

/**
 * How much goes into one envelope.
 *
 * @param maxRecords at most so many records, at least 1
 * @param maxBytes at most so many bytes of the encoded event
 * @param maxEventSize what the function takes; a single record beyond it can never be delivered
 */
public record BatchLimits(int maxRecords, long maxBytes, long maxEventSize) {

  public BatchLimits {
    if (maxRecords < 1 || maxBytes < 1 || maxEventSize < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    maxBytes = Math.min(maxBytes, maxEventSize);
  }

  /**
   * How many records from the head of a queue make the next envelope. An envelope does not end
   * between records of equal sequence, unless {@link #maxBytes} forces it: it rather ends before
   * them, or, where they are its only records, takes more than {@link #maxRecords}.
   *
   * @param queue not empty, in order
   * @return at least 1; the first record is taken whatever its size
   */
  int count(String shard, Iterable<ShardRecord> queue, EnvelopeFormat format) {
    long bytes = format.frameSize(shard);
    int taken = 0;
    int sequenceStart = 0;
    long sequence = Long.MIN_VALUE;
    for (Iterator<ShardRecord> records = queue.iterator(); records.hasNext(); ) {
      ShardRecord record = records.next();
      boolean startsSequence = taken == 0 || record.sequence() != sequence;
      if (startsSequence && taken >= maxRecords) {
        return taken;
      }
      bytes += format.sizeOf(record);
      if (taken > 0 && bytes > maxBytes) {
        return sequenceStart > 0 && !startsSequence ? sequenceStart : taken;
      }
      if (startsSequence) {
        sequenceStart = taken;
        sequence = record.sequence();
      } else if (taken >= maxRecords && sequenceStart > 0) {
        return sequenceStart;
      }
      taken++;
    }
    return taken;
  }
}
