// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.model.ShardRecord;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Puts the records of an envelope into the event that the function receives. Pure: the same records
 * give the same bytes, at any time and on any machine.
 */
@PublicEvolving
public interface EnvelopeFormat extends Serializable {

  /**
   * Size of the event without its records, at most.
   *
   * @return bytes
   */
  int frameSize(String shard);

  /**
   * What one more record adds to the event, its separator included.
   *
   * @return bytes
   */
  default int sizeOf(ShardRecord record) {
    return record.body().length + 1;
  }

  /**
   * Renders the event.
   *
   * @param records of one shard, in order, at least one
   * @return the event, at most {@link #frameSize} plus the sum of {@link #sizeOf} bytes
   */
  byte[] render(String shard, List<ShardRecord> records);
}
