// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.options.OptionException;
import io.millrace.source.SourceOptions.OnDataLoss;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class SourceOptionsTest {

  @Test
  void hasTheseDefaults() {
    assertThat(SourceSettings.from(new Configuration()))
        .isEqualTo(
            new SourceSettings(
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                1000,
                64L * 1024 * 1024,
                OnDataLoss.fail));
  }

  @Test
  void readsEachKey() {
    Configuration options =
        Configuration.fromMap(
            Map.of(
                "source.discovery-interval", "1 min",
                "source.idle-wait", "20 ms",
                "source.fetch.max-records", "10",
                "source.fetch.buffer", "1 mb",
                "source.on-data-loss", "earliest"));
    assertThat(SourceSettings.from(options))
        .isEqualTo(
            new SourceSettings(
                Duration.ofMinutes(1),
                Duration.ofMillis(20),
                10,
                1024L * 1024,
                OnDataLoss.earliest));
    assertThat(SourceOptions.all())
        .extracting(ConfigOption::key)
        .containsExactlyInAnyOrderElementsOf(options.keySet());
  }

  @Test
  void refusesWithOneLine() {
    assertRefused(
        "source.discovery-interval",
        "0 ms",
        "source.discovery-interval: '0 ms' is not accepted; accepted: 1 ms or more");
    assertRefused(
        "source.idle-wait",
        "0 s",
        "source.idle-wait: '0 ms' is not accepted; accepted: 1 ms or more");
    assertRefused(
        "source.fetch.max-records",
        "0",
        "source.fetch.max-records: '0' is not accepted; accepted: a number from 1 on");
    assertRefused(
        "source.fetch.buffer",
        "1 kb",
        "source.fetch.buffer: '1 kb' is not accepted; accepted: 1 mb or more");
  }

  private static void assertRefused(String key, String value, String line) {
    Configuration options = Configuration.fromMap(Map.of(key, value));
    assertThatThrownBy(() -> SourceOptions.validate(options))
        .isInstanceOf(OptionException.class)
        .hasMessage(line);
  }
}
