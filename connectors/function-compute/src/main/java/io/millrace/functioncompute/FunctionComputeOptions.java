// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of {@code function.type: function-compute}. */
public final class FunctionComputeOptions {

  /** When an invocation counts as made. */
  public enum Invocation {
    /** When the function has returned. */
    sync,
    /** When the service has accepted the event. */
    async
  }

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("function.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Address of Function Compute, with the account id as its first label:"
                  + " https://<account>.<region>-internal.fc.aliyuncs.com, or in the order of the"
                  + " DataHub console https://<account>.fc.<region>-internal.aliyuncs.com; used as"
                  + " it is. Without -internal the calls go over the Internet.");

  public static final ConfigOption<String> SERVICE =
      ConfigOptions.key("function.service")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The service that the function belongs to, for Function Compute 2.0. Without it the"
                  + " function is one of Function Compute 3.0, which has no services.");

  public static final ConfigOption<String> FUNCTION =
      ConfigOptions.key("function.function")
          .stringType()
          .noDefaultValue()
          .withDescription("Name of the function.");

  public static final ConfigOption<String> QUALIFIER =
      ConfigOptions.key("function.qualifier")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Version or alias, of the service (2.0) or of the function (3.0); without it what is"
                  + " called LATEST there.");

  public static final ConfigOption<String> ACCOUNT_ID =
      ConfigOptions.key("function.account-id")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The account that owns the function; by default the first label of the endpoint.");

  public static final ConfigOption<Invocation> INVOCATION =
      ConfigOptions.key("function.invocation")
          .enumType(Invocation.class)
          .defaultValue(Invocation.sync)
          .withDescription(
              "sync: an event is delivered when the function has returned. async: it is delivered"
                  + " when the service has accepted it; in which order events then run, how often"
                  + " and whether they succeed is not known any more.");

  public static final ConfigOption<Boolean> LOG_TAIL =
      ConfigOptions.key("function.log-tail")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether the service is asked for the end of the function's log, which is then shown"
                  + " with a failure. Not with function.invocation: async.");

  public static final ConfigOption<Duration> TIMEOUT =
      ConfigOptions.key("function.timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "How long an invocation may run at most, connecting included; then its call is given"
                  + " up. Not below the timeout of the function itself.");

  public static final ConfigOption<MemorySize> MAX_EVENT_SIZE =
      ConfigOptions.key("function.max-event-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(6))
          .withDescription(
              "The largest encoded event that the function takes; delivery.batch.max-bytes cannot"
                  + " go beyond it, and a single record that does suspends its shard. 6 mb is"
                  + " accepted by every region, newer ones take up to 32 mb. With"
                  + " function.invocation: async 128 kb where not set, and up to 256 kb where the"
                  + " account was granted it.");

  public static final ConfigOption<Boolean> ALLOW_HTTP =
      ConfigOptions.key("function.allow-http")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Permits a plain http endpoint on another machine. Events and security tokens are"
                  + " then readable on the way.");

  private FunctionComputeOptions() {}

  /** All of them, in the order of the manual. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        ENDPOINT,
        SERVICE,
        FUNCTION,
        QUALIFIER,
        ACCOUNT_ID,
        INVOCATION,
        LOG_TAIL,
        TIMEOUT,
        MAX_EVENT_SIZE,
        ALLOW_HTTP);
  }
}
