// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static io.millrace.functiongraph.FunctionGraphOptions.ALLOW_HTTP;
import static io.millrace.functiongraph.FunctionGraphOptions.ENDPOINT;
import static io.millrace.functiongraph.FunctionGraphOptions.LOG_TAIL;
import static io.millrace.functiongraph.FunctionGraphOptions.MAX_EVENT_SIZE;
import static io.millrace.functiongraph.FunctionGraphOptions.PROJECT_ID;
import static io.millrace.functiongraph.FunctionGraphOptions.REGION;
import static io.millrace.functiongraph.FunctionGraphOptions.TIMEOUT;
import static io.millrace.functiongraph.FunctionGraphOptions.URN;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.options.EndpointOption;
import io.millrace.options.OptionException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** {@code function.type: functiongraph}. */
@PublicEvolving
public final class FunctionGraphConnector implements FunctionConnector {

  private static final String EXAMPLE = "https://functiongraph.eu-de.otc.t-systems.com";

  /** The longest that a function may run (user guide, page "Notes and Constraints"). */
  private static final Duration LONGEST_RUN = Duration.ofSeconds(259_200);

  /** The largest synchronous event (the same page). */
  private static final MemorySize LARGEST_EVENT = MemorySize.ofMebiBytes(6);

  @Override
  public String type() {
    return "functiongraph";
  }

  @Override
  public boolean acceptsAuthToken() {
    return true;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return FunctionGraphOptions.all();
  }

  @Override
  public FunctionInvoker.Factory invoker(ReadableConfig options, CredentialsProvider credentials) {
    URI endpoint = EndpointOption.read(options, ENDPOINT, ALLOW_HTTP, EXAMPLE);
    return new FunctionGraphTarget(
        endpoint,
        urn(options, new FunctionGraphEndpoint(endpoint)),
        options.get(LOG_TAIL),
        timeout(options),
        maxEventSize(options),
        credentials);
  }

  private static FunctionUrn urn(ReadableConfig options, FunctionGraphEndpoint endpoint) {
    String text =
        options
            .getOptional(URN)
            .orElseThrow(() -> OptionException.missing(URN, FunctionUrn.FORMS))
            .strip();
    FunctionUrn.Given given =
        FunctionUrn.parse(text)
            .orElseThrow(() -> OptionException.refused(URN, text, FunctionUrn.FORMS));
    Optional<String> region = part(options, REGION);
    Optional<String> project = part(options, PROJECT_ID);
    requireSame(URN, text, given.region(), REGION, region);
    requireSame(URN, text, given.project(), PROJECT_ID, project);
    requireSame(
        URN, text, given.region(), ENDPOINT, endpoint.region().filter(each -> region.isEmpty()));
    return given.in(
        given
            .region()
            .or(() -> region)
            .or(endpoint::region)
            .orElseThrow(
                () ->
                    OptionException.missing(
                        REGION,
                        "the region, which neither " + URN.key() + " nor the endpoint names")),
        given
            .project()
            .or(() -> project)
            .orElseThrow(
                () ->
                    OptionException.missing(
                        PROJECT_ID, "the project's id, which " + URN.key() + " does not name")));
  }

  private static Optional<String> part(ReadableConfig options, ConfigOption<String> option) {
    Optional<String> given = options.getOptional(option);
    given
        .filter(text -> !FunctionUrn.isPart(text))
        .ifPresent(
            text -> {
              throw OptionException.refused(option, text, "letters, digits, '-', '_' and '.'");
            });
    return given;
  }

  /** A function is where its name says; what else is said must not contradict that. */
  private static void requireSame(
      ConfigOption<String> urn,
      String text,
      Optional<String> named,
      ConfigOption<String> option,
      Optional<String> said) {
    if (named.isPresent() && said.isPresent() && !named.equals(said)) {
      throw OptionException.refused(
          urn, text, "a name in " + said.get() + ", which " + option.key() + " says");
    }
  }

  private static Duration timeout(ReadableConfig options) {
    Duration timeout = options.get(TIMEOUT);
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_RUN) > 0) {
      throw OptionException.refused(TIMEOUT, timeout.toMillis() + " ms", "1 ms to 3 d");
    }
    return timeout;
  }

  private static int maxEventSize(ReadableConfig options) {
    MemorySize size = options.get(MAX_EVENT_SIZE);
    if (size.getBytes() < 1024 || size.compareTo(LARGEST_EVENT) > 0) {
      throw OptionException.refused(MAX_EVENT_SIZE, size, "1 kb to 6 mb");
    }
    return Math.toIntExact(size.getBytes());
  }
}
