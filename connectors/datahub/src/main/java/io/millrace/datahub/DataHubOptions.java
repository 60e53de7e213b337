// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of {@code source.type: datahub}. */
public final class DataHubOptions {

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("source.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Address of DataHub in the topic's region, for example"
                  + " https://dh-cn-hangzhou.aliyuncs.com; used as it is.");

  public static final ConfigOption<String> PROJECT =
      ConfigOptions.key("source.project")
          .stringType()
          .noDefaultValue()
          .withDescription("The project that the topic belongs to.");

  public static final ConfigOption<String> TOPIC =
      ConfigOptions.key("source.topic")
          .stringType()
          .noDefaultValue()
          .withDescription("The topic to read.");

  public static final ConfigOption<List<String>> COLUMNS =
      ConfigOptions.key("source.columns")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription(
              "The columns of a TUPLE topic that are sent, in this order; a record written before"
                  + " one of them was appended has null there. By default all columns of the"
                  + " record, those appended to the topic later included.");

  public static final ConfigOption<String> REGION =
      ConfigOptions.key("source.region")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The region named in the events, for example cn-hangzhou; by default the one in the"
                  + " endpoint's host name, and 'local' for an endpoint on this machine.");

  public static final ConfigOption<String> SUBSCRIPTION =
      ConfigOptions.key("source.subscription")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "For source.start: subscription, the id of the subscription behind whose offsets"
                  + " reading begins. It is read once and not written to. A shard of which it has"
                  + " no offset begins at its oldest record.");

  public static final ConfigOption<Protocol> PROTOCOL =
      ConfigOptions.key("source.protocol")
          .enumType(Protocol.class)
          .defaultValue(Protocol.protobuf)
          .withDescription(
              "The form in which records are fetched: protobuf, or json for services that do not"
                  + " have it.");

  public static final ConfigOption<Compression> COMPRESSION =
      ConfigOptions.key("source.compression")
          .enumType(Compression.class)
          .defaultValue(Compression.none)
          .withDescription(
              "How requests and answers are compressed on the way: none, lz4 or deflate.");

  public static final ConfigOption<BlobEncoding> BLOB_ENCODING =
      ConfigOptions.key("source.blob-encoding")
          .enumType(BlobEncoding.class)
          .defaultValue(BlobEncoding.BASE64)
          .withDescription(
              "How the bytes of a BLOB topic become the string 'data' of the event: base64 keeps"
                  + " every byte; utf8 is for text, and ends the job at a record that is not UTF-8"
                  + " rather than change it.");

  public static final ConfigOption<NullForm> NULL_FORM =
      ConfigOptions.key("source.null-form")
          .enumType(NullForm.class)
          .defaultValue(NullForm.json)
          .withDescription(
              "What a column without a value is in the event: json for JSON's null, empty for the"
                  + " string \"\", text for the string \"null\".");

  public static final ConfigOption<TimestampUnit> TIMESTAMP_UNIT =
      ConfigOptions.key("source.timestamp-unit")
          .enumType(TimestampUnit.class)
          .defaultValue(TimestampUnit.microsecond)
          .withDescription(
              "The unit of TIMESTAMP columns in the event: microsecond, as DataHub stores them,"
                  + " millisecond or second, rounded down.");

  public static final ConfigOption<Boolean> ALLOW_HTTP =
      ConfigOptions.key("source.allow-http")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Permits a plain http endpoint on another machine. Records and security tokens are"
                  + " then readable on the way.");

  private DataHubOptions() {}

  /** All of them, in the order of the manual. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        ENDPOINT,
        PROJECT,
        TOPIC,
        COLUMNS,
        REGION,
        SUBSCRIPTION,
        PROTOCOL,
        COMPRESSION,
        BLOB_ENCODING,
        NULL_FORM,
        TIMESTAMP_UNIT,
        ALLOW_HTTP);
  }

  /** See {@link #PROTOCOL}. */
  public enum Protocol {
    protobuf,
    json
  }

  /** See {@link #COMPRESSION}. */
  public enum Compression {
    none,
    lz4,
    deflate
  }

  /** See {@link #BLOB_ENCODING}. */
  public enum BlobEncoding {
    BASE64,
    UTF8
  }

  /** See {@link #NULL_FORM}. */
  public enum NullForm {
    json,
    empty,
    text
  }

  /** See {@link #TIMESTAMP_UNIT}. */
  public enum TimestampUnit {
    microsecond(1),
    millisecond(1_000),
    second(1_000_000);

    private final long micros;

    TimestampUnit(long micros) {
      this.micros = micros;
    }

    long micros() {
      return micros;
    }
  }
}
