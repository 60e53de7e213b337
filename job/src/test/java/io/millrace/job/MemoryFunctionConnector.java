// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.http.HttpTransport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** A function that takes everything. */
public final class MemoryFunctionConnector implements FunctionConnector {

  static final ConfigOption<Duration> TIMEOUT =
      ConfigOptions.key("function.timeout").durationType().defaultValue(Duration.ofMinutes(10));

  static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("function.endpoint").stringType().noDefaultValue();

  @Override
  public String type() {
    return "memory";
  }

  @Override
  public boolean acceptsAuthToken() {
    return true;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(TIMEOUT, ENDPOINT);
  }

  @Override
  public FunctionInvoker.Factory invoker(ReadableConfig options, CredentialsProvider credentials) {
    return new Factory("nowhere", options.get(TIMEOUT), 1 << 20, credentials);
  }

  record Factory(
      String function, Duration timeout, int maxEventSize, CredentialsProvider credentials)
      implements FunctionInvoker.Factory {
    @Override
    public FunctionInvoker open(HttpTransport transport) {
      return new FunctionInvoker() {
        @Override
        public CompletableFuture<Outcome> invoke(Invocation invocation) {
          return CompletableFuture.completedFuture(new Outcome.Acknowledged(Optional.empty()));
        }

        @Override
        public void close() {}
      };
    }
  }
}
