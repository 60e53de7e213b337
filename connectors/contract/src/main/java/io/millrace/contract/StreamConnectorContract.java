// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.credentials.ReferencedCredentials;
import io.millrace.options.OptionException;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the core relies on in a {@link StreamConnector}: it is found, its options describe
 * themselves, what is wrong with them is one line, and nothing secret travels.
 */
public abstract class StreamConnectorContract {

  private final StreamStage stage;
  private final Map<String, String> options;

  /**
   * @param stage of the connector
   */
  protected StreamConnectorContract(StreamStage stage) {
    this.stage = stage;
    this.options = new TreeMap<>(stage.options(URI.create("https://" + stage.publicHost())));
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
              assertThat(option.key()).startsWith("source.").matches("[a-z.-]+");
              assertThat(option.description()).isNotNull();
            })
        .extracting(ConfigOption::key)
        .doesNotHaveDuplicates()
        .containsAll(options.keySet())
        .contains(stage.storeKey(), "source.allow-http");
  }

  @Test
  void whatIsNeededIsAskedFor() {
    assertThat(factory().stream()).endsWith("/" + options.get(stage.streamKey()));
    for (String key : options.keySet()) {
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
    "source.endpoint, HOST,                      https://host",
    "source.endpoint, ftp://h,                   https://host",
    "source.endpoint, https://h?x=y,             https://host",
    "source.endpoint, https://u:p@h,             https://host",
    "source.endpoint, http://HOST,               source.allow-http",
    "source.endpoint, http://127.0.0.1.evil.com, source.allow-http",
    "STREAM,          a/b,                       at most",
    "STREAM,          a b,                       at most",
    "STORE,           a/b,                       ",
  })
  void refusesInOneLine(String key, String value, String accepted) {
    String named = key.replace("STREAM", stage.streamKey()).replace("STORE", stage.storeKey());
    options.put(named, value.replace("HOST", stage.publicHost()));

    assertThatThrownBy(this::factory)
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith(named + ": '")
        .hasMessageContaining("' is not accepted; accepted: ")
        .hasMessageContaining(accepted == null ? "" : accepted)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theEndpointMayHaveAPath() {
    ScriptedTransport transport = new ScriptedTransport();
    options.put("source.endpoint", "http://127.0.0.1:8080/below/");

    var unused = factory().open(transport).describe();

    assertThat(transport.calls().get(0).uri().toString())
        .startsWith("http://127.0.0.1:8080/below/")
        .doesNotContain("below//");
  }

  @Test
  void travelsInTheJobGraphWithoutItsSecrets(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "AKSECRET");
    StreamClient.Factory factory =
        stage.factory(options, ReferencedCredentials.of("AKID", "${file:" + secret + "}"));

    byte[] sent = InstantiationUtil.serializeObject(factory);
    StreamClient.Factory arrived =
        InstantiationUtil.deserializeObject(sent, getClass().getClassLoader());

    assertThat(arrived.stream()).isEqualTo(factory.stream());
    assertThat(arrived.subscription()).isEmpty();
    assertThat(new String(sent, UTF_8)).doesNotContain("AKSECRET");
    ScriptedTransport transport = new ScriptedTransport();
    var unused = arrived.open(transport).shards();
    assertThat(transport.calls()).hasSize(1);
    assertThat(
            InstantiationUtil.clone(stage.connector().format(Configuration.fromMap(options)))
                .frameSize(stage.shard(0)))
        .isPositive();
  }

  private StreamClient.Factory factory() {
    return stage.factory(options, keys());
  }

  private static ReferencedCredentials keys() {
    return ReferencedCredentials.of("${ID:-a}", "${SECRET:-b}");
  }
}
