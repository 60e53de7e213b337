// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static io.millrace.functioncompute.FunctionComputeOptions.ACCOUNT_ID;
import static io.millrace.functioncompute.FunctionComputeOptions.ALLOW_HTTP;
import static io.millrace.functioncompute.FunctionComputeOptions.ENDPOINT;
import static io.millrace.functioncompute.FunctionComputeOptions.FUNCTION;
import static io.millrace.functioncompute.FunctionComputeOptions.MAX_EVENT_SIZE;
import static io.millrace.functioncompute.FunctionComputeOptions.QUALIFIER;
import static io.millrace.functioncompute.FunctionComputeOptions.SERVICE;
import static io.millrace.functioncompute.FunctionComputeOptions.TIMEOUT;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.options.EndpointOption;
import io.millrace.options.OptionException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** {@code function.type: function-compute}. */
@PublicEvolving
public final class FunctionComputeConnector implements FunctionConnector {

  private static final String NAME_RULE =
      "letters, digits, '_' and '-', at most 128, not beginning with a digit or '-'";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");
  private static final Pattern VERSION_OR_ALIAS = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final Pattern ACCOUNT = Pattern.compile("\\d{1,32}");
  private static final Pattern ADDRESS_BY_NUMBER = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}");

  /** The longest that Function Compute lets a function run (its page "Limits"). */
  private static final Duration LONGEST_RUN = Duration.ofDays(1);

  /** The largest synchronous event anywhere (its page "Limits"). */
  private static final MemorySize LARGEST_EVENT = MemorySize.ofMebiBytes(32);

  @Override
  public String type() {
    return "function-compute";
  }

  @Override
  public List<ConfigOption<?>> options() {
    return FunctionComputeOptions.all();
  }

  @Override
  public FunctionInvoker.Factory invoker(ReadableConfig options, CredentialsProvider credentials) {
    URI endpoint =
        EndpointOption.read(
            options, ENDPOINT, ALLOW_HTTP, "https://12423423992.cn-shanghai.fc.aliyuncs.com");
    if (options.getOptional(SERVICE).isEmpty()) {
      throw new OptionException(
          SERVICE.key()
              + ": missing; Function Compute 3.0, which has no services, is not available in this"
              + " version; accepted: the name of a service");
    }
    String service = named(options, SERVICE);
    String function = named(options, FUNCTION);
    Optional<String> qualifier = options.getOptional(QUALIFIER);
    if (qualifier.isPresent() && !VERSION_OR_ALIAS.matcher(qualifier.get()).matches()) {
      throw OptionException.refused(
          QUALIFIER, qualifier.get(), "a version or alias: letters, digits, '_' and '-'");
    }
    return new FunctionComputeTarget(
        endpoint,
        account(options, endpoint),
        service + qualifier.map(q -> "." + q).orElse(""),
        function,
        timeout(options),
        maxEventSize(options),
        credentials);
  }

  private static String named(ReadableConfig options, ConfigOption<String> option) {
    String name =
        options
            .getOptional(option)
            .orElseThrow(() -> OptionException.missing(option, "a name: " + NAME_RULE));
    if (!NAME.matcher(name).matches()) {
      throw OptionException.refused(option, name, "a name: " + NAME_RULE);
    }
    return name;
  }

  /** Empty where nothing tells: the header is then left out. */
  private static String account(ReadableConfig options, URI endpoint) {
    Optional<String> given = options.getOptional(ACCOUNT_ID);
    if (given.isPresent()) {
      if (!ACCOUNT.matcher(given.get()).matches()) {
        throw OptionException.refused(ACCOUNT_ID, given.get(), "the account's number");
      }
      return given.get();
    }
    String host = endpoint.getHost();
    String label = host.contains(".") ? host.substring(0, host.indexOf('.')) : "";
    boolean number = ACCOUNT.matcher(label).matches();
    return number && !ADDRESS_BY_NUMBER.matcher(host).matches() ? label : "";
  }

  private static Duration timeout(ReadableConfig options) {
    Duration timeout = options.get(TIMEOUT);
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_RUN) > 0) {
      throw OptionException.refused(TIMEOUT, timeout.toMillis() + " ms", "1 ms to 1 d");
    }
    return timeout;
  }

  private static int maxEventSize(ReadableConfig options) {
    MemorySize size = options.get(MAX_EVENT_SIZE);
    if (size.getBytes() < 1024 || size.compareTo(LARGEST_EVENT) > 0) {
      throw OptionException.refused(MAX_EVENT_SIZE, size, "1 kb to 32 mb");
    }
    return Math.toIntExact(size.getBytes());
  }
}
