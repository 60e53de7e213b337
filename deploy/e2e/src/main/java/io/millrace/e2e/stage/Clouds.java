// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionEmulator;
import io.millrace.emulator.function.FunctionLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The clouds of a run: the emulators with one function, a producer that makes and fills the one
 * stream of a pair, and triggers that lead from the one to the other. Each cloud has keys of its
 * own.
 */
public final class Clouds implements AutoCloseable {

  private static final ServiceKeys OTHER_KEYS =
      new ServiceKeys("otherid", "otherkey", Optional.empty());

  private final Pair pair;
  private final Path directory;
  private final Emulator emulator;
  private final OrderProducer producer;

  private Clouds(Pair pair, Path directory, Emulator emulator) {
    this.pair = pair;
    this.directory = directory;
    this.emulator = emulator;
    pair.function().create(emulator, FunctionLimits.DEFAULT);
    producer = pair.stream().producer(emulator);
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
      Pair pair,
      Path directory,
      Optional<Path> journal,
      long seed,
      Optional<FunctionCode> function) {
    Emulator.Builder emulator =
        Emulator.builder()
            .credentials("testid", "testkey")
            .iamCredentials(OTHER_KEYS)
            .journal(journal)
            .seed(seed);
    function.ifPresent(code -> pair.function().run(emulator, code));
    return new Clouds(pair, directory, emulator.start());
  }

  /** Has the service end invocations that run for too long. */
  public void limitFunction(Duration timeout) {
    pair.function().create(emulator, FunctionLimits.DEFAULT.withTimeout(timeout));
  }

  public Emulator emulator() {
    return emulator;
  }

  /** The service of the pair's function. */
  public FunctionEmulator functions() {
    return pair.function().emulator(emulator);
  }

  public OrderProducer producer() {
    return producer;
  }

  public Journal journal() {
    return emulator.journal();
  }

  /** What the stream holds; it must have been made. */
  public StoredStream stored() {
    return pair.stream().stored(emulator);
  }

  /**
   * Writes a trigger from the stream to the function, with a checkpoint a second.
   *
   * @param function where it is invoked instead of at the emulator
   * @param more further keys
   */
  public Path trigger(
      String name, Optional<URI> function, Duration functionTimeout, Map<String, String> more)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("name: ").append(name).append('\n');
    text.append("source:\n").append(pair.stream().section(emulator));
    text.append(credentials("source", pair.stream().keys(emulator)));
    text.append("function:\n").append(pair.function().section(emulator, function));
    text.append("  timeout: ").append(functionTimeout.toSeconds()).append(" s\n");
    text.append(credentials("function", pair.function().keys(emulator)));
    text.append("flink:\n  execution.checkpointing.interval: 1 s\n");
    if (function.filter(url -> "http".equals(url.getScheme())).isPresent()) {
      // Whoever names an address for a try-out means it, on another machine too.
      text.append("function.allow-http: true\n");
    }
    more.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return Files.writeString(directory.resolve("trigger.yaml"), text);
  }

  private String credentials(String side, ServiceKeys keys) throws IOException {
    Path id = Files.writeString(directory.resolve(side + "-key-id"), keys.accessKeyId());
    Path secret = Files.writeString(directory.resolve(side + "-key"), keys.accessKeySecret());
    return """
      credentials:
        access-key-id: ${file:%s}
        access-key-secret: ${file:%s}
    """
        .formatted(id, secret);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
