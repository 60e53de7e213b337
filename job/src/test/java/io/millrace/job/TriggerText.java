// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Trigger files for tests. */
final class TriggerText {

  /** Nothing but what is needed; line 1 is the name. */
  static final String SMALLEST =
      """
      name: orders
      source:
        type: memory
        topic: events
      function:
        type: memory
      credentials:
        access-key-id: id
        access-key-secret: ${MILLRACE_TEST_SECRET:-none}
      """;

  private static final String NAME = "trigger.yaml";

  private TriggerText() {}

  static TriggerSpec parse(Path directory, String text, Map<String, String> overrides) {
    return TriggerSpec.parse(file(directory, text), overrides);
  }

  /** A directory for {@link #file} where a test is given none: other suites run beside it. */
  static Path temporaryDirectory() {
    try {
      Path directory = Files.createTempDirectory("millrace-trigger-");
      directory.toFile().deleteOnExit();
      directory.resolve(NAME).toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path file(Path directory, String text) {
    try {
      return Files.writeString(directory.resolve(NAME), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
