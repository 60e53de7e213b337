// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.options.OptionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;

/** Where a Flink cluster is spoken to: the REST interface of its JobManager. */
public final class ClusterAddress {

  private static final String ACCEPTED = "host:port of a Flink JobManager's REST interface";

  private static final int CONNECT_MILLIS = 5000;

  private final Configuration configuration;
  private final Configuration jobDefaults;

  private ClusterAddress(Configuration configuration, Configuration jobDefaults) {
    this.configuration = withClientDefaults(configuration);
    this.jobDefaults = jobDefaults;
  }

  /**
   * A cluster by its address.
   *
   * @param hostAndPort for example {@code localhost:8081} or {@code [::1]:8081}
   * @throws OptionException when it is not of that form
   */
  public static ClusterAddress of(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    String host = colon < 1 ? "" : hostAndPort.substring(0, colon);
    Optional<Integer> port = port(hostAndPort.substring(colon + 1));
    if (host.isBlank() || host.contains("/") || port.isEmpty()) {
      throw new OptionException(
          "--jobmanager: '" + hostAndPort + "' is not accepted; accepted: " + ACCEPTED);
    }
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, host);
    configuration.set(RestOptions.PORT, port.get());
    return new ClusterAddress(configuration, new Configuration());
  }

  /**
   * The cluster of a Flink configuration directory.
   *
   * @param directory that holds {@code config.yaml}
   * @throws OptionException when there is none
   */
  public static ClusterAddress ofConfigurationDirectory(Path directory) {
    if (!Files.isRegularFile(directory.resolve("config.yaml"))) {
      throw new OptionException(
          "FLINK_CONF_DIR: '"
              + directory
              + "' holds no config.yaml; accepted: the directory of it, or --jobmanager with "
              + ACCEPTED);
    }
    Configuration loaded = GlobalConfiguration.loadConfiguration(directory.toString());
    return new ClusterAddress(new Configuration(loaded), loaded);
  }

  /**
   * From a command line: the address if given, else {@code FLINK_CONF_DIR}.
   *
   * @throws OptionException when there is neither
   */
  public static ClusterAddress given(Optional<String> hostAndPort) {
    return hostAndPort
        .map(ClusterAddress::of)
        .or(
            () ->
                Optional.ofNullable(System.getenv("FLINK_CONF_DIR"))
                    .map(Path::of)
                    .map(ClusterAddress::ofConfigurationDirectory))
        .orElseThrow(
            () ->
                new OptionException(
                    "--jobmanager: missing; accepted: "
                        + ACCEPTED
                        + ", or FLINK_CONF_DIR in the environment"));
  }

  /** A person who waits for an answer is better served by a refusal in seconds than in minutes. */
  private static Configuration withClientDefaults(Configuration configuration) {
    if (configuration.getOptional(JobManagerOptions.ADDRESS).isEmpty()) {
      configuration.set(JobManagerOptions.ADDRESS, configuration.get(RestOptions.ADDRESS));
    }
    if (configuration.getOptional(RestOptions.RETRY_MAX_ATTEMPTS).isEmpty()) {
      configuration.set(RestOptions.RETRY_MAX_ATTEMPTS, 3);
    }
    if (configuration.getOptional(RestOptions.RETRY_DELAY).isEmpty()) {
      configuration.set(RestOptions.RETRY_DELAY, Duration.ofMillis(500));
    }
    return configuration;
  }

  private static Optional<Integer> port(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port < 65536 ? Optional.of(port) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  Configuration configuration() {
    return configuration;
  }

  /** What the configuration directory sets for every job, as {@code flink run} would take it. */
  Configuration jobDefaults() {
    return jobDefaults;
  }

  /** Fails at once where nobody listens. With high availability the leader is asked for instead. */
  void requireListening() {
    if (!configuration.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase("NONE")) {
      return;
    }
    String host = host();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              host.replaceAll("[\\[\\]]", ""), configuration.get(RestOptions.PORT)),
          CONNECT_MILLIS);
    } catch (IOException e) {
      throw new ClusterException(
          this + ": no JobManager answers (" + e + "); accepted: " + ACCEPTED, e);
    }
  }

  private String host() {
    return configuration
        .getOptional(RestOptions.ADDRESS)
        .orElseGet(() -> configuration.get(JobManagerOptions.ADDRESS));
  }

  /** {@code host:port}. */
  @Override
  public String toString() {
    return host() + ":" + configuration.get(RestOptions.PORT);
  }
}
