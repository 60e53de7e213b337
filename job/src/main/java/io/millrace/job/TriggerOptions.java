// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** What every trigger has, whatever its clouds. */
@PublicEvolving
public final class TriggerOptions {

  /** Where reading begins when there is no state to go on from. */
  public enum Start {
    earliest,
    latest,
    timestamp,
    sequence,
    subscription
  }

  public static final ConfigOption<String> NAME =
      ConfigOptions.key("name")
          .stringType()
          .noDefaultValue()
          .withDescription("The name of the trigger, and of its Flink job.");

  public static final ConfigOption<Integer> PARALLELISM =
      ConfigOptions.key("parallelism")
          .intType()
          .defaultValue(1)
          .withDescription("Subtasks over which the shards are spread.");

  public static final ConfigOption<String> SOURCE_TYPE =
      ConfigOptions.key("source.type")
          .stringType()
          .noDefaultValue()
          .withDescription("The kind of stream that is read.");

  public static final ConfigOption<Start> START =
      ConfigOptions.key("source.start")
          .enumType(Start.class)
          .defaultValue(Start.earliest)
          .withDescription(
              "Where reading begins when the job starts without a savepoint: earliest, latest,"
                  + " timestamp with source.start-time, sequence with source.start-sequences, or"
                  + " subscription, behind what the stream's own subscription says was consumed."
                  + " Shards that come later begin at their oldest record.");

  public static final ConfigOption<String> START_TIME =
      ConfigOptions.key("source.start-time")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "For source.start: timestamp, the time from which records are read, for example"
                  + " 2021-10-12T00:00:00Z.");

  public static final ConfigOption<Map<String, String>> START_SEQUENCES =
      ConfigOptions.key("source.start-sequences")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "For source.start: sequence, the sequence of the first record to read by shard, for"
                  + " example {0: 123, 1: 456}. Shards not named begin at their oldest record.");

  public static final ConfigOption<String> FUNCTION_TYPE =
      ConfigOptions.key("function.type")
          .stringType()
          .noDefaultValue()
          .withDescription("The kind of function that is invoked.");

  public static final ConfigOption<Duration> CONNECT_TIMEOUT =
      ConfigOptions.key("http.connect-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription("For resolving a name, connecting and the TLS handshake.");

  public static final ConfigOption<String> ACCESS_KEY_ID = accessKeyId("");

  public static final ConfigOption<String> ACCESS_KEY_SECRET = accessKeySecret("");

  public static final ConfigOption<String> SECURITY_TOKEN = securityToken("");

  public static final ConfigOption<String> AUTH_TOKEN = authToken("");

  public static final ConfigOption<String> SOURCE_ACCESS_KEY_ID = accessKeyId("source.");

  public static final ConfigOption<String> SOURCE_ACCESS_KEY_SECRET = accessKeySecret("source.");

  public static final ConfigOption<String> SOURCE_SECURITY_TOKEN = securityToken("source.");

  public static final ConfigOption<String> SOURCE_AUTH_TOKEN = authToken("source.");

  public static final ConfigOption<String> FUNCTION_ACCESS_KEY_ID = accessKeyId("function.");

  public static final ConfigOption<String> FUNCTION_ACCESS_KEY_SECRET =
      accessKeySecret("function.");

  public static final ConfigOption<String> FUNCTION_SECURITY_TOKEN = securityToken("function.");

  public static final ConfigOption<String> FUNCTION_AUTH_TOKEN = authToken("function.");

  private TriggerOptions() {}

  /** All options of every trigger. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        NAME,
        PARALLELISM,
        SOURCE_TYPE,
        START,
        START_TIME,
        START_SEQUENCES,
        FUNCTION_TYPE,
        CONNECT_TIMEOUT,
        ACCESS_KEY_ID,
        ACCESS_KEY_SECRET,
        SECURITY_TOKEN,
        AUTH_TOKEN,
        SOURCE_ACCESS_KEY_ID,
        SOURCE_ACCESS_KEY_SECRET,
        SOURCE_SECURITY_TOKEN,
        SOURCE_AUTH_TOKEN,
        FUNCTION_ACCESS_KEY_ID,
        FUNCTION_ACCESS_KEY_SECRET,
        FUNCTION_SECURITY_TOKEN,
        FUNCTION_AUTH_TOKEN);
  }

  private static ConfigOption<String> accessKeyId(String side) {
    return ConfigOptions.key(side + "credentials.access-key-id")
        .stringType()
        .noDefaultValue()
        .withDescription("The access key's id, or a reference to it" + of(side));
  }

  private static ConfigOption<String> accessKeySecret(String side) {
    return ConfigOptions.key(side + "credentials.access-key-secret")
        .stringType()
        .noDefaultValue()
        .withDescription(
            "A reference to the access key's secret, ${NAME} or ${file:PATH}" + of(side));
  }

  private static ConfigOption<String> securityToken(String side) {
    return ConfigOptions.key(side + "credentials.security-token")
        .stringType()
        .noDefaultValue()
        .withDescription(
            "A reference to the security token of temporary credentials; without a value there is"
                + " none"
                + of(side));
  }

  private static ConfigOption<String> authToken(String side) {
    return ConfigOptions.key(side + "credentials.auth-token")
        .stringType()
        .noDefaultValue()
        .withDescription(
            "A reference to an IAM token, in place of an access key, for DIS and FunctionGraph. A"
                + " token lives for a day: ${file:PATH} is read again for each request"
                + of(side));
  }

  private static String of(String side) {
    return side.isEmpty()
        ? ", for both sides."
        : ". When one key of "
            + side
            + "credentials is given, all are taken from there and none from credentials.";
  }
}
