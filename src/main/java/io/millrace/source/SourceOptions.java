// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.options.OptionException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** How a stream is read, whatever the cloud. */
@PublicEvolving
public final class SourceOptions {

  public static final ConfigOption<Duration> DISCOVERY_INTERVAL =
      ConfigOptions.key("source.discovery-interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "How often the shards of the stream are listed while the job runs. The end of a shard"
                  + " lists them at once.");

  public static final ConfigOption<Duration> IDLE_WAIT =
      ConfigOptions.key("source.idle-wait")
          .durationType()
          .defaultValue(Duration.ofMillis(500))
          .withDescription("How long to wait before a shard that had nothing new is asked again.");

  public static final ConfigOption<Integer> FETCH_MAX_RECORDS =
      ConfigOptions.key("source.fetch.max-records")
          .intType()
          .defaultValue(1000)
          .withDescription("Records that one fetch brings at most.");

  public static final ConfigOption<MemorySize> FETCH_BUFFER =
      ConfigOptions.key("source.fetch.buffer")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(64))
          .withDescription(
              "Bytes that a subtask holds of records fetched and not yet handed to their lanes, over"
                  + " all its shards. Fetching waits while it is full.");

  public static final ConfigOption<OnDataLoss> ON_DATA_LOSS =
      ConfigOptions.key("source.on-data-loss")
          .enumType(OnDataLoss.class)
          .defaultValue(OnDataLoss.fail)
          .withDescription(
              "What happens when records expired in the stream before they were read. fail: the job"
                  + " ends and is not restarted, and says what is missing. earliest: the shard goes"
                  + " on at its oldest record; what is missing is counted in the metric recordsLost"
                  + " and told in the log. A stream that was deleted and created again always ends"
                  + " the job: its records would have the ids of others.");

  /** See {@link #ON_DATA_LOSS}. */
  public enum OnDataLoss {
    fail,
    earliest
  }

  private SourceOptions() {}

  /** All options of the source. */
  public static List<ConfigOption<?>> all() {
    return List.of(DISCOVERY_INTERVAL, IDLE_WAIT, FETCH_MAX_RECORDS, FETCH_BUFFER, ON_DATA_LOSS);
  }

  /**
   * Checks all options of the source.
   *
   * @throws OptionException naming the first one that is not accepted
   */
  public static void validate(ReadableConfig options) {
    SourceSettings.from(options);
  }
}
