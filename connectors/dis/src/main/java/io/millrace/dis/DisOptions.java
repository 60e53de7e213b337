// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of {@code source.type: dis}. */
public final class DisOptions {

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("source.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Address of DIS in the stream's region, for example"
                  + " https://dis.eu-de.otc.t-systems.com or"
                  + " https://dis.cn-north-4.myhuaweicloud.com; used as it is. By default the one of"
                  + " source.region.");

  public static final ConfigOption<String> REGION =
      ConfigOptions.key("source.region")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The region of the stream, for example eu-de, in place of source.endpoint: that of"
                  + " Open Telekom Cloud for eu-de and eu-nl, that of Huawei Cloud for all others.");

  public static final ConfigOption<String> PROJECT_ID =
      ConfigOptions.key("source.project-id")
          .stringType()
          .noDefaultValue()
          .withDescription("The id of the project that the stream belongs to, not its name.");

  public static final ConfigOption<String> STREAM =
      ConfigOptions.key("source.stream")
          .stringType()
          .noDefaultValue()
          .withDescription("The stream to read.");

  public static final ConfigOption<String> APP =
      ConfigOptions.key("source.app")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The app whose checkpoints tell what was consumed. For source.start: subscription,"
                  + " reading begins behind them, in a partition without one at its oldest record."
                  + " For delivery.ledger: source, what was delivered is stored there, and the app is"
                  + " made if there is none. A checkpoint is the sequence number of the last record"
                  + " consumed, as DIS documents it; the Kafka adapter and what is built on it store"
                  + " one more, so that behind a checkpoint of theirs one record would be left out.");

  public static final ConfigOption<MemorySize> FETCH_MAX_BYTES =
      ConfigOptions.key("source.fetch.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1))
          .withDescription(
              "Bytes of records that one fetch brings at most, from 1 kb to 4 mb. A record that is"
                  + " larger is never given by DIS: the partition stands still there.");

  public static final ConfigOption<String> TAG =
      ConfigOptions.key("source.tag")
          .stringType()
          .defaultValue("latest")
          .withDescription(
              "What the event says in Tag: for the service's own trigger it is the version of the"
                  + " function.");

  public static final ConfigOption<Boolean> RECORD_TIMESTAMPS =
      ConfigOptions.key("source.record-timestamps")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Adds timestamp, milliseconds since 1970, and timestamp_type to each record of the"
                  + " event, as DIS gives them.");

  public static final ConfigOption<Boolean> MILLIS_BEHIND_LATEST =
      ConfigOptions.key("source.millis-behind-latest")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Fills in millis_behind_latest of the event: how many milliseconds after it was"
                  + " written its last record was fetched. By default it is the empty string, as in"
                  + " the service's own events.");

  public static final ConfigOption<Boolean> MISSPELT_CURSOR =
      ConfigOptions.key("source.misspelt-cursor")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Adds the cursor a second time as next_patition_cursor, the name by which the event"
                  + " classes of Huawei Cloud's Go and Java runtimes know it.");

  public static final ConfigOption<Boolean> ALLOW_HTTP =
      ConfigOptions.key("source.allow-http")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Permits a plain http endpoint on another machine. Records and tokens are then"
                  + " readable on the way.");

  private DisOptions() {}

  /** All of them, in the order of the manual. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        ENDPOINT,
        REGION,
        PROJECT_ID,
        STREAM,
        APP,
        FETCH_MAX_BYTES,
        TAG,
        RECORD_TIMESTAMPS,
        MILLIS_BEHIND_LATEST,
        MISSPELT_CURSOR,
        ALLOW_HTTP);
  }
}
