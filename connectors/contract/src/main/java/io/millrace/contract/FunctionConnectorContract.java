// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.dispatch.FunctionConnector;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.options.OptionException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the core relies on in a {@link FunctionConnector}: it is found, its options describe
 * themselves, what is wrong with them is one line, and nothing secret travels.
 */
public abstract class FunctionConnectorContract {

  private final FunctionStage stage;
  private final Map<String, String> options;

  /**
   * @param stage of the connector
   */
  protected FunctionConnectorContract(FunctionStage stage) {
    this.stage = stage;
    this.options = new TreeMap<>(stage.options(URI.create("https://" + stage.publicHost()), "fn"));
  }

  @Test
  void isFoundByItsType() {
    assertThat(stage.connector().type()).isEqualTo(stage.type());
  }

  @Test
  void optionsAreDescribedAndTheirsAlone() {
    assertThat(stage.connector().options())
        .hasSizeGreaterThan(3)
        .allSatisfy(
            option -> {
              assertThat(option.key()).startsWith("function.").matches("[a-z.-]+");
              assertThat(option.description()).isNotNull();
            })
        .extracting(ConfigOption::key)
        .doesNotHaveDuplicates()
        .containsAll(options.keySet())
        .contains("function.timeout", "function.max-event-size", "function.allow-http");
  }

  @Test
  void whatIsNeededIsAskedFor() {
    assertThat(factory().function()).contains("fn");
    for (String key : stage.needed()) {
      Map<String, String> without = new TreeMap<>(options);
      without.remove(key);
      assertThatThrownBy(() -> stage.factory(without, keys()))
          .isInstanceOf(OptionException.class)
          .hasMessageStartingWith(key + ": missing; accepted: ")
          .message()
          .doesNotContain("\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "function.endpoint,       HOST,           https://host",
    "function.endpoint,       ftp://h,        https://host",
    "function.endpoint,       https://h?x=y,  https://host",
    "function.endpoint,       https://u:p@h,  https://host",
    "function.endpoint,       http://HOST,    function.allow-http",
    "function.endpoint,       http://127.0.0.1.evil.com, function.allow-http",
    "function.timeout,        0 s,            1 ms to ",
    "function.timeout,        99 d,           1 ms to ",
    "function.max-event-size, 1 b,            1 kb to ",
    "function.max-event-size, 33 mb,          1 kb to ",
  })
  void refusesInOneLine(String key, String value, String accepted) {
    options.put(key, value.replace("HOST", stage.publicHost()));

    assertThatThrownBy(this::factory)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(key + ": '")
        .hasMessageContaining("' is not accepted; accepted: ")
        .hasMessageContaining(accepted)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void everySettingCounts() {
    options.put("function.endpoint", "http://gateway:8080/below/");
    options.put("function.allow-http", "true");
    options.put("function.timeout", "30 s");
    options.put("function.max-event-size", "5 mb");

    ScriptedTransport transport = new ScriptedTransport();
    transport.answer(stage.succeeded());
    FunctionInvoker.Factory factory = factory();
    var unused =
        factory.open(transport).invoke(new FunctionInvoker.Invocation("0", new byte[0], 1)).join();

    assertThat(factory.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(factory.maxEventSize()).isEqualTo(5 << 20);
    assertThat(transport.calls().get(0).uri().toString())
        .startsWith("http://gateway:8080/below/")
        .doesNotContain("below//");
  }

  @Test
  void travelsInTheJobGraphWithoutItsSecrets(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "AKSECRET");
    FunctionInvoker.Factory factory =
        stage.factory(options, ReferencedCredentials.of("AKID", "${file:" + secret + "}"));

    byte[] sent = InstantiationUtil.serializeObject(factory);
    FunctionInvoker.Factory arrived =
        InstantiationUtil.deserializeObject(sent, getClass().getClassLoader());

    assertThat(arrived.function()).isEqualTo(factory.function());
    assertThat(new String(sent, UTF_8)).doesNotContain("AKSECRET");
    ScriptedTransport transport = new ScriptedTransport();
    transport.answer(stage.succeeded());
    assertThat(
            arrived
                .open(transport)
                .invoke(new FunctionInvoker.Invocation("0", new byte[0], 1))
                .join()
                .message())
        .isEqualTo("ok");
  }

  private FunctionInvoker.Factory factory() {
    return stage.factory(options, keys());
  }

  private static ReferencedCredentials keys() {
    return ReferencedCredentials.of("${ID:-a}", "${SECRET:-b}");
  }
}
