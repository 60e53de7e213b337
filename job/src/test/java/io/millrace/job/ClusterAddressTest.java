// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterAddressTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"host.example:8081", "10.0.0.1:1", "[::1]:65535"})
  void hostAndPort(String address) {
    assertThat(ClusterAddress.given(Optional.of(address))).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", ":1", "host:", "host:x", "host:65536", "http://h:1", " "})
  void anythingElseIsRefused(String address) {
    assertThatThrownBy(() -> ClusterAddress.of(address))
        .isInstanceOf(OptionException.class)
        .hasMessageStartingWith("--jobmanager: '" + address + "' is not accepted; accepted: host:");
  }

  @Test
  void aConfigurationDirectoryNamesTheClusterAndTheDefaultsOfItsJobs() throws IOException {
    Files.writeString(
        directory.resolve("config.yaml"),
        """
        rest:
          address: jobmanager.example
          port: 9081
        state.backend.type: rocksdb
        """);

    ClusterAddress cluster = ClusterAddress.ofConfigurationDirectory(directory);

    assertThat(cluster).hasToString("jobmanager.example:9081");
    assertThat(cluster.jobDefaults().toMap())
        .containsAllEntriesOf(Map.of("state.backend.type", "rocksdb"))
        .doesNotContainKey(RestOptions.RETRY_MAX_ATTEMPTS.key());
    assertThat(ClusterAddress.of("h:1").jobDefaults().toMap()).isEmpty();
  }

  @Test
  void aDirectoryWithoutConfigurationIsRefused() {
    assertThatThrownBy(() -> ClusterAddress.ofConfigurationDirectory(directory))
        .isInstanceOf(OptionException.class)
        .hasMessageContaining("FLINK_CONF_DIR: '" + directory + "' holds no config.yaml");
  }
}
