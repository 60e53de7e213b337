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
              "Id of the subscription that keeps what was delivered. Not available in this"
                  + " version.");

  public static final ConfigOption<BlobEncoding> BLOB_ENCODING =
      ConfigOptions.key("source.blob-encoding")
          .enumType(BlobEncoding.class)
          .defaultValue(BlobEncoding.BASE64)
          .withDescription(
              "How the bytes of a BLOB topic become the string 'data' of the event: base64 keeps"
                  + " every byte; utf8 is for text, and replaces what is not UTF-8 by U+FFFD.");

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
    return List.of(ENDPOINT, PROJECT, TOPIC, REGION, SUBSCRIPTION, BLOB_ENCODING, ALLOW_HTTP);
  }

  /** See {@link #BLOB_ENCODING}. */
  public enum BlobEncoding {
    BASE64,
    UTF8
  }
}
