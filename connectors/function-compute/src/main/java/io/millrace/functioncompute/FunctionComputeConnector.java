// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static io.millrace.functioncompute.FunctionComputeOptions.ACCOUNT_ID;
import static io.millrace.functioncompute.FunctionComputeOptions.ALLOW_HTTP;
import static io.millrace.functioncompute.FunctionComputeOptions.ENDPOINT;
import static io.millrace.functioncompute.FunctionComputeOptions.FUNCTION;
import static io.millrace.functioncompute.FunctionComputeOptions.INVOCATION;
import static io.millrace.functioncompute.FunctionComputeOptions.LOG_TAIL;
import static io.millrace.functioncompute.FunctionComputeOptions.MAX_EVENT_SIZE;
import static io.millrace.functioncompute.FunctionComputeOptions.QUALIFIER;
import static io.millrace.functioncompute.FunctionComputeOptions.SERVICE;
import static io.millrace.functioncompute.FunctionComputeOptions.TIMEOUT;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.functioncompute.FunctionComputeOptions.Invocation;
import io.millrace.options.EndpointOption;
import io.millrace.options.OptionException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
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

  /** The longest that Function Compute lets a function run (its page "Limits"). */
  private static final Duration LONGEST_RUN = Duration.ofDays(1);

  /** The largest synchronous event anywhere (its page "Limits"). */
  private static final MemorySize LARGEST_EVENT = MemorySize.ofMebiBytes(32);

  /** The largest asynchronous event, without and with a grant (the same page). */
  private static final MemorySize USUAL_EVENT_FOR_LATER = MemorySize.parse("128 kb");

  private static final MemorySize LARGEST_FOR_LATER = MemorySize.parse("256 kb");

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
    String account = account(options, endpoint);
    Invocation invocation = options.get(INVOCATION);
    return new FunctionComputeTarget(
        endpoint,
        api(options, account),
        invocation,
        logTail(options, invocation),
        timeout(options),
        maxEventSize(options, invocation),
        credentials,
        warnings(endpoint, invocation));
  }

  private static FunctionApi api(ReadableConfig options, String account) {
    String function = named(options, FUNCTION);
    String qualifier = options.getOptional(QUALIFIER).orElse("");
    if (options.getOptional(QUALIFIER).isPresent()
        && !VERSION_OR_ALIAS.matcher(qualifier).matches()) {
      throw OptionException.refused(
          QUALIFIER, qualifier, "a version or alias: letters, digits, '_' and '-'");
    }
    if (options.getOptional(SERVICE).isEmpty()) {
      if (options.getOptional(ACCOUNT_ID).isPresent()) {
        throw new OptionException(
            ACCOUNT_ID.key()
                + ": accepted only with "
                + SERVICE.key()
                + "; Function Compute 3.0 takes the account from the endpoint");
      }
      return new Api2023(function, qualifier);
    }
    String service = named(options, SERVICE);
    return new Api2016(
        account, qualifier.isEmpty() ? service : service + "." + qualifier, function);
  }

  private static List<String> warnings(URI endpoint, Invocation invocation) {
    List<String> warnings = new ArrayList<>();
    if (invocation == Invocation.async) {
      warnings.add(
          INVOCATION.key()
              + ": async: an event counts as delivered when the service has accepted it; the order"
              + " in which events run, one run at a time for a shard, and their success are no"
              + " longer promised, and a function that fails is not seen here");
    }
    if (new FunctionComputeEndpoint(endpoint).isPublic()) {
      warnings.add(
          ENDPOINT.key()
              + ": "
              + endpoint
              + " is a public address; inside the cloud its <region>-internal form is faster and"
              + " costs no Internet traffic");
    }
    return warnings;
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
      if (!FunctionComputeEndpoint.ACCOUNT.matcher(given.get()).matches()) {
        throw OptionException.refused(ACCOUNT_ID, given.get(), "the account's number");
      }
      return given.get();
    }
    FunctionComputeEndpoint address = new FunctionComputeEndpoint(endpoint);
    if (address.lacksAccount()) {
      throw OptionException.refused(
          ENDPOINT,
          endpoint,
          "an address with the account id as its first label, for example"
              + " https://12423423992.cn-shanghai.fc.aliyuncs.com");
    }
    return address.account();
  }

  private static boolean logTail(ReadableConfig options, Invocation invocation) {
    if (invocation == Invocation.async && options.getOptional(LOG_TAIL).orElse(false)) {
      throw new OptionException(
          LOG_TAIL.key()
              + ": 'true' is not accepted with "
              + INVOCATION.key()
              + ": async, where no log comes back; accepted: false");
    }
    return invocation == Invocation.sync && options.get(LOG_TAIL);
  }

  private static Duration timeout(ReadableConfig options) {
    Duration timeout = options.get(TIMEOUT);
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_RUN) > 0) {
      throw OptionException.refused(TIMEOUT, timeout.toMillis() + " ms", "1 ms to 1 d");
    }
    return timeout;
  }

  private static int maxEventSize(ReadableConfig options, Invocation invocation) {
    boolean later = invocation == Invocation.async;
    MemorySize size =
        later
            ? options.getOptional(MAX_EVENT_SIZE).orElse(USUAL_EVENT_FOR_LATER)
            : options.get(MAX_EVENT_SIZE);
    if (size.getBytes() < 1024 || size.compareTo(later ? LARGEST_FOR_LATER : LARGEST_EVENT) > 0) {
      throw OptionException.refused(
          MAX_EVENT_SIZE,
          size,
          later ? "1 kb to 256 kb with " + INVOCATION.key() + ": async" : "1 kb to 32 mb");
    }
    return Math.toIntExact(size.getBytes());
  }
}
