// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.datahub.TopicView;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The clouds of a run: the emulators with one function, a producer that makes and fills their one
 * topic, and triggers that lead from the one to the other.
 */
public final class Clouds implements AutoCloseable {

  private static final String PROJECT = "millrace";
  private static final String TOPIC = "orders";
  private static final String SERVICE = "shop";
  private static final String FUNCTION = "handle";
  private static final String ACCESS_KEY_ID = "testid";
  private static final String ACCESS_KEY_SECRET = "testkey";

  private final Path directory;
  private final Emulator emulator;
  private final Producer producer;

  private Clouds(Path directory, Emulator emulator) throws IOException {
    this.directory = directory;
    this.emulator = emulator;
    emulator.functions().create(SERVICE, FUNCTION);
    producer =
        new Producer(emulator.dataHubEndpoint(), ACCESS_KEY_ID, ACCESS_KEY_SECRET, PROJECT, TOPIC);
  }

  /**
   * Starts them.
   *
   * @param directory for triggers and keys
   * @param journal gets a copy of the journal
   * @param seed of what the emulators leave to chance
   * @param function that is run; none for one that does nothing
   */
  public static Clouds start(
      Path directory, Optional<Path> journal, long seed, Optional<FunctionCode> function)
      throws IOException {
    Emulator.Builder emulator =
        Emulator.builder()
            .credentials(ACCESS_KEY_ID, ACCESS_KEY_SECRET)
            .journal(journal)
            .seed(seed);
    function.ifPresent(emulator::function);
    return new Clouds(directory, emulator.start());
  }

  /** Has the service end invocations that run for too long. */
  public void limitFunction(Duration timeout) {
    emulator.functions().create(SERVICE, FUNCTION, FunctionLimits.DEFAULT.withTimeout(timeout));
  }

  public Emulator emulator() {
    return emulator;
  }

  public Producer producer() {
    return producer;
  }

  public Journal journal() {
    return emulator.journal();
  }

  /** The topic as it is now; it must have been made. */
  public TopicView topic() {
    return emulator.dataHub().topic(PROJECT, TOPIC);
  }

  /**
   * Writes a trigger from the topic to the function, with a checkpoint a second.
   *
   * @param function where it is invoked instead of at the emulator
   * @param more further keys
   */
  public Path trigger(
      String name, Optional<URI> function, Duration functionTimeout, Map<String, String> more)
      throws IOException {
    Path id = Files.writeString(directory.resolve("access-key-id"), ACCESS_KEY_ID);
    Path secret = Files.writeString(directory.resolve("access-key-secret"), ACCESS_KEY_SECRET);
    StringBuilder text = new StringBuilder();
    text.append(
        """
        name: %s
        source:
          type: datahub
          endpoint: %s
          project: %s
          topic: %s
        function:
          type: function-compute
          endpoint: %s
          service: %s
          function: %s
          timeout: %d s
        credentials:
          access-key-id: ${file:%s}
          access-key-secret: ${file:%s}
        flink:
          execution.checkpointing.interval: 1 s
        """
            .formatted(
                name,
                emulator.dataHubEndpoint(),
                PROJECT,
                TOPIC,
                function.orElse(emulator.functionComputeEndpoint()),
                SERVICE,
                FUNCTION,
                functionTimeout.toSeconds(),
                id,
                secret));
    if (function.filter(url -> "http".equals(url.getScheme())).isPresent()) {
      // Whoever names an address for a try-out means it, on another machine too.
      text.append("function.allow-http: true\n");
    }
    more.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return Files.writeString(directory.resolve("trigger.yaml"), text);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
