// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of {@code function.type: function-compute}. */
public final class FunctionComputeOptions {

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("function.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Address of Function Compute, with the account id as its first label:"
                  + " https://<account>.<region>.fc.aliyuncs.com, or in the order of the DataHub"
                  + " console https://<account>.fc.<region>.aliyuncs.com; used as it is.");

  public static final ConfigOption<String> SERVICE =
      ConfigOptions.key("function.service")
          .stringType()
          .noDefaultValue()
          .withDescription("The service that the function belongs to.");

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
              "Version or alias of the service; without it, what the service calls LATEST.");

  public static final ConfigOption<String> ACCOUNT_ID =
      ConfigOptions.key("function.account-id")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The account that owns the function; by default the first label of the endpoint.");

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
              "The largest event that the function takes. 6 mb is accepted by every region, newer"
                  + " ones take up to 32 mb.");

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
        ENDPOINT, SERVICE, FUNCTION, QUALIFIER, ACCOUNT_ID, TIMEOUT, MAX_EVENT_SIZE, ALLOW_HTTP);
  }
}
