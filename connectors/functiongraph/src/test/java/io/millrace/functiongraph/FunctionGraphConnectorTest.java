// SPDX-License-Identifier: Apache-2.0
package io.millrace.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.ReferencedAuthToken;
import io.millrace.credentials.ReferencedCredentials;
import io.millrace.credentials.SecretReference;
import io.millrace.options.OptionException;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FunctionGraphConnectorTest {

  private static final CredentialsProvider KEYS =
      ReferencedCredentials.of("${ID:-a}", "${SECRET:-b}");

  private final Configuration options =
      Configuration.fromMap(
          Map.of(
              "function.endpoint", "https://functiongraph.eu-de.otc.t-systems.com",
              "function.urn", "urn:fss:eu-de:p1:function:default:orders"));

  @Test
  void defaults() {
    FunctionGraphTarget target = target();

    assertThat(target.timeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(target.gatewayTimeout()).contains(Duration.ofSeconds(90));
    assertThat(target.maxEventSize()).isEqualTo(6_000_000);
    assertThat(target.logTail()).isTrue();
    assertThat(target.warnings()).isEmpty();
    assertThat(target.function()).isEqualTo("urn:fss:eu-de:p1:function:default:orders:latest");
    assertThat(target.invocations())
        .hasToString(
            "https://functiongraph.eu-de.otc.t-systems.com/v2/p1/fgs/functions"
                + "/urn:fss:eu-de:p1:function:default:orders:latest/invocations");
    assertThat(target.description(target.urn()))
        .hasToString(
            "https://functiongraph.eu-de.otc.t-systems.com/v2/p1/fgs/functions"
                + "/urn:fss:eu-de:p1:function:default:orders:latest/config");
  }

  @Test
  void everyKeyCounts() {
    options.setString("function.endpoint", "http://gateway:8080/fg/");
    options.setString("function.urn", "shop:orders");
    options.setString("function.region", "cn-north-4");
    options.setString("function.project-id", "p7");
    options.setString("function.timeout", "30 s");
    options.setString("function.max-event-size", "6 mb");
    options.setString("function.log-tail", "false");
    options.setString("function.allow-http", "true");

    FunctionGraphTarget target = target();

    assertThat(target.invocations())
        .hasToString(
            "http://gateway:8080/fg/v2/p7/fgs/functions"
                + "/urn:fss:cn-north-4:p7:function:shop:orders:latest/invocations");
    assertThat(target.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(target.maxEventSize()).isEqualTo(6 * 1024 * 1024);
    assertThat(target.logTail()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "orders,                                      p2,"
        + " urn:fss:eu-de:p2:function:default:orders:latest",
    "shop:orders,                                 p2, urn:fss:eu-de:p2:function:shop:orders:latest",
    "p1:shop:orders,                              '', urn:fss:eu-de:p1:function:shop:orders:latest",
    "p1:shop:orders:v3,                           '', urn:fss:eu-de:p1:function:shop:orders:v3",
    "p1:shop:orders:!prod,                        '', urn:fss:eu-de:p1:function:shop:orders:!prod",
    "urn:fss:eu-de:p1:function:shop:orders,       p1, urn:fss:eu-de:p1:function:shop:orders:latest",
    "urn:fss:eu-de:p1:function:shop:orders:!prod, '', urn:fss:eu-de:p1:function:shop:orders:!prod",
  })
  void aNameIsCompleted(String given, String project, String whole) {
    options.setString("function.urn", given);
    if (!project.isEmpty()) {
      options.setString("function.project-id", project);
    }

    assertThat(target().function()).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:b:c:d:e",
        "urn:fss:eu-de:p1:function:default",
        "urn:fss:eu-de:p1:trigger:default:orders",
        "urn:smn:eu-de:p1:function:default:orders",
        "urn:fss:eu-de:p1:function:default:orders:v1:x",
        "urn:fss:eu-de:p1:function:default:",
        ":orders",
        "a b",
        "a/b",
        "orders?x",
        "p1:default:orders:!",
        "",
      })
  void refusesWhatIsNoName(String urn) {
    options.setString("function.urn", urn);

    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("function.urn: '" + urn + "' is not accepted; accepted: urn:fss:");
  }

  @Test
  void saysWhatANameLacks() {
    options.setString("function.urn", "orders");
    assertThatThrownBy(this::target)
        .hasMessage(
            "function.project-id: missing; accepted: the project's id, which function.urn does not"
                + " name");

    options.setString("function.project-id", "p1");
    options.setString("function.endpoint", "https://fg.example.com");
    assertThatThrownBy(this::target)
        .hasMessageStartingWith("function.region: missing; accepted: the region, which neither");

    options.removeKey("function.urn");
    assertThatThrownBy(this::target).hasMessageStartingWith("function.urn: missing; accepted: urn");
  }

  @ParameterizedTest
  @CsvSource({
    "function.region,     cn-north-4,                        function.urn: '",
    "function.project-id, p2,                                function.urn: '",
    "function.endpoint,   https://functiongraph.eu-nl.otc.t-systems.com, function.urn: '",
  })
  void refusesWhatContradictsTheName(String key, String value, String begins) {
    options.setString(key, value);

    assertThatThrownBy(this::target)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(begins)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @CsvSource({
    "function.region,         a b,                        letters",
    "function.project-id,     p/1,                        letters",
    "function.timeout,        0 s,                        1 ms to 3 d",
    "function.timeout,        4 d,                        1 ms to 3 d",
    "function.max-event-size, 7 mb,                       6 mb",
    "function.max-event-size, 1 b,                        1 kb",
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

  @Test
  void travelsInTheJobGraph() throws Exception {
    new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(target());
    new ObjectOutputStream(new ByteArrayOutputStream())
        .writeObject(
            new FunctionGraphConnector()
                .invoker(options, new ReferencedAuthToken(SecretReference.of("${file:/t}"))));
  }

  private FunctionGraphTarget target() {
    return (FunctionGraphTarget) new FunctionGraphConnector().invoker(options, KEYS);
  }
}
