// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of {@code function.type: functiongraph}. */
public final class FunctionGraphOptions {

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("function.endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Address of FunctionGraph: https://functiongraph.<region>.myhuaweicloud.com, or"
                  + " https://functiongraph.eu-de.otc.t-systems.com; used as it is.");

  public static final ConfigOption<String> URN =
      ConfigOptions.key("function.urn")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Name of the function: urn:fss:<region>:<project id>:function:<package>:<name>, and"
                  + " behind a colon a version or !<alias>; without one the latest version. The"
                  + " short forms <name>, <package>:<name> and <project id>:<package>:<name>, the"
                  + " last with a version or alias too, are completed from function.region and"
                  + " function.project-id.");

  public static final ConfigOption<String> REGION =
      ConfigOptions.key("function.region")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Region of the function, where neither function.urn nor the endpoint's second label"
                  + " names it.");

  public static final ConfigOption<String> PROJECT_ID =
      ConfigOptions.key("function.project-id")
          .stringType()
          .noDefaultValue()
          .withDescription("Project that owns the function, where function.urn does not name it.");

  public static final ConfigOption<Boolean> LOG_TAIL =
      ConfigOptions.key("function.log-tail")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether the service is asked for the end of the function's log, which is then shown"
                  + " with a failure.");

  public static final ConfigOption<Duration> TIMEOUT =
      ConfigOptions.key("function.timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(2))
          .withDescription(
              "How long an invocation may run at most, connecting included; then its call is given"
                  + " up. Not below the timeout of the function itself. The service's gateway"
                  + " answers nothing after 90 s: a run that takes longer is of unknown fate, and"
                  + " where delivery.unknown-fate is wait the next attempt waits until this time"
                  + " has passed.");

  public static final ConfigOption<MemorySize> MAX_EVENT_SIZE =
      ConfigOptions.key("function.max-event-size")
          .memoryType()
          .defaultValue(new MemorySize(6_000_000))
          .withDescription(
              "The largest encoded event that the function takes; delivery.batch.max-bytes cannot"
                  + " go beyond it, and a single record that does suspends its shard. The service"
                  + " takes 6 MB, by default read as millions.");

  public static final ConfigOption<Boolean> ALLOW_HTTP =
      ConfigOptions.key("function.allow-http")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Permits a plain http endpoint on another machine. Events and tokens are then"
                  + " readable on the way.");

  private FunctionGraphOptions() {}

  /** All of them, in the order of the manual. */
  public static List<ConfigOption<?>> all() {
    return List.of(
        ENDPOINT, URN, REGION, PROJECT_ID, LOG_TAIL, TIMEOUT, MAX_EVENT_SIZE, ALLOW_HTTP);
  }
}
