// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.options.OptionException;
import io.millrace.source.SourceOptions.OnDataLoss;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The values of {@link SourceOptions}, checked.
 *
 * @param discoveryInterval between two listings of the shards
 * @param idleWait before a shard that had nothing new is asked again
 * @param fetchMaxRecords that one fetch brings at most
 * @param fetchBuffer bytes fetched and not yet emitted, by subtask
 * @param onDataLoss whether records that expired unread end the job
 */
@Internal
public record SourceSettings(
    Duration discoveryInterval,
    Duration idleWait,
    int fetchMaxRecords,
    long fetchBuffer,
    OnDataLoss onDataLoss)
    implements Serializable {

  private static final MemorySize SMALLEST_BUFFER = MemorySize.ofMebiBytes(1);

  /**
   * Reads and checks the options.
   *
   * @throws OptionException naming the first one that is not accepted
   */
  public static SourceSettings from(ReadableConfig options) {
    int maxRecords = options.get(SourceOptions.FETCH_MAX_RECORDS);
    if (maxRecords < 1) {
      throw OptionException.refused(
          SourceOptions.FETCH_MAX_RECORDS, maxRecords, "a number from 1 on");
    }
    MemorySize buffer = options.get(SourceOptions.FETCH_BUFFER);
    if (buffer.compareTo(SMALLEST_BUFFER) < 0) {
      throw OptionException.refused(SourceOptions.FETCH_BUFFER, buffer, "1 mb or more");
    }
    return new SourceSettings(
        positive(options, SourceOptions.DISCOVERY_INTERVAL),
        positive(options, SourceOptions.IDLE_WAIT),
        maxRecords,
        buffer.getBytes(),
        options.get(SourceOptions.ON_DATA_LOSS));
  }

  private static Duration positive(ReadableConfig options, ConfigOption<Duration> option) {
    Duration value = options.get(option);
    if (value.toMillis() < 1) {
      throw OptionException.refused(option, value.toMillis() + " ms", "1 ms or more");
    }
    return value;
  }
}
