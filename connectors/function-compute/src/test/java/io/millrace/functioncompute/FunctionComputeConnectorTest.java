// SPDX-License-Identifier: Apache-2.0
package io.millrace.functioncompute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.ReferencedCredentials;
import io.millrace.functioncompute.FunctionComputeOptions.Invocation;
import io.millrace.options.OptionException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FunctionComputeConnectorTest {

  private static final CredentialsProvider KEYS =
      ReferencedCredentials.of("${ID:-a}", "${SECRET:-b}");

  private final Configuration options =
      Configuration.fromMap(
          Map.of(
              "function.endpoint", "https://12423423992.fc.cn-shanghai-internal.aliyuncs.com",
              "function.service", "my-service",
              "function.function", "my-function"));

  @Test
  void defaults() {
    FunctionComputeTarget target = target();

    assertThat(target.timeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(target.maxEventSize()).isEqualTo(6 * 1024 * 1024);
    assertThat(target.function()).isEqualTo("my-service/my-function");
    assertThat(target.api()).isEqualTo(new Api2016("12423423992", "my-service", "my-function"));
    assertThat(target.invocation()).isEqualTo(Invocation.sync);
    assertThat(target.logTail()).isTrue();
    assertThat(target.warnings()).isEmpty();
    assertThat(target.invocations())
        .hasToString(
            "https://12423423992.fc.cn-shanghai-internal.aliyuncs.com"
                + "/2016-08-15/services/my-service/functions/my-function/invocations");
  }

  @Test
  void everyKeyCounts() {
    options.setString("function.endpoint", "http://gateway:8080/fc/");
    options.setString("function.qualifier", "prod");
    options.setString("function.account-id", "77");
    options.setString("function.timeout", "30 s");
    options.setString("function.max-event-size", "32 mb");
    options.setString("function.log-tail", "false");
    options.setString("function.allow-http", "true");

    FunctionComputeTarget target = target();

    assertThat(target.invocations())
        .hasToString(
            "http://gateway:8080/fc/2016-08-15/services/my-service.prod/functions/my-function"
                + "/invocations");
    assertThat(target.api()).isEqualTo(new Api2016("77", "my-service.prod", "my-function"));
    assertThat(target.logTail()).isFalse();
    assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(target.maxEventSize()).isEqualTo(32 * 1024 * 1024);
  }

  @ParameterizedTest
  @CsvSource({
    "https://12.cn-x.fc.aliyuncs.com, 12",
    "https://12.fc.cn-x.aliyuncs.com, 12",
    "http://127.0.0.1:8080,           ''",
    "http://localhost:8080,           ''",
    "http://[::1]:8080,               ''",
    "https://fc.example.com,          ''",
  })
  void accountIsTheFirstLabelWhereItIsANumber(String endpoint, String account) {
    options.setString("function.endpoint", endpoint);

    assertThat(((Api2016) target().api()).account()).isEqualTo(account);
  }

  @ParameterizedTest
  @CsvSource({
    "https://12.cn-x.fc.aliyuncs.com,           true",
    "https://12.fc.cn-x.aliyuncs.com,           true",
    "https://12.cn-x-internal.fc.aliyuncs.com,  false",
    "https://12.fc.cn-x-internal.aliyuncs.com,  false",
    "https://fcv3.cn-x.aliyuncs.com,            true",
    "https://fc.example.com,                    false",
    "http://127.0.0.1:8080,                     false",
  })
  void warnsOfAPublicAddress(String endpoint, boolean isPublic) {
    options.setString("function.endpoint", endpoint);

    assertThat(target().warnings()).hasSize(isPublic ? 1 : 0);
    assertThat(target().warnings())
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("function.endpoint: " + endpoint + " is a public address")
                    .contains("-internal"));
  }

  @Test
  void withoutAServiceItIsVersion3() {
    options.removeKey("function.service");

    assertThat(target().api()).isEqualTo(new Api2023("my-function", ""));
    assertThat(target().function()).isEqualTo("my-function");
    assertThat(target().invocations())
        .hasToString(
            "https://12423423992.fc.cn-shanghai-internal.aliyuncs.com"
                + "/2023-03-30/functions/my-function/invocations");

    options.setString("function.qualifier", "prod");

    assertThat(target().function()).isEqualTo("my-function.prod");
    assertThat(target().invocations().toString())
        .endsWith("/2023-03-30/functions/my-function/invocations?qualifier=prod");
    assertThat(target().description().toString())
        .endsWith("/2023-03-30/functions/my-function?qualifier=prod");
  }

  @Test
  void asynchronousInvocationsTakeLessAndPromiseLess() {
    options.setString("function.invocation", "async");

    assertThat(target().maxEventSize()).isEqualTo(128 * 1024);
    assertThat(target().warnings())
        .singleElement()
        .asString()
        .startsWith("function.invocation: async: ")
        .contains("order")
        .doesNotContain("\n");

    assertThat(target().logTail()).isFalse();

    options.setString("function.max-event-size", "256 kb");
    assertThat(target().maxEventSize()).isEqualTo(256 * 1024);

    options.setString("function.max-event-size", "257 kb");
    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessage(
            "function.max-event-size: '257 kb' is not accepted; accepted: 1 kb to 256 kb with"
                + " function.invocation: async");

    options.setString("function.max-event-size", "1 kb");
    options.setString("function.log-tail", "true");
    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("function.log-tail: 'true' is not accepted with");
  }

  @Test
  void version3TakesTheAccountFromTheEndpoint() {
    options.removeKey("function.service");
    options.setString("function.account-id", "77");

    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("function.account-id: accepted only with function.service");
  }

  @ParameterizedTest
  @CsvSource({
    "function.endpoint,       https://cn-x.fc.aliyuncs.com, account id",
    "function.service,        a/b,                        letters",
    "function.function,       '',                         letters",
    "function.qualifier,      a b,                        alias",
    "function.account-id,     me,                         number",
    "function.timeout,        0 s,                        1 ms to 1 d",
    "function.max-event-size, 33 mb,                      32 mb",
  })
  void refusesInOneLine(String key, String value, String accepted) {
    options.setString(key, value);

    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(key + ": ")
        .hasMessageContaining("accepted: ")
        .hasMessageContaining(accepted)
        .message()
        .doesNotContain("\n");
  }

  private FunctionComputeTarget target() {
    return (FunctionComputeTarget) new FunctionComputeConnector().invoker(options, KEYS);
  }
}
