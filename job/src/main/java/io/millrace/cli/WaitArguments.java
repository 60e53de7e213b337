// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.util.Set;
import picocli.CommandLine.Option;

/** How long a command waits for what, and how it tells of it. */
final class WaitArguments {

  @Option(
      names = "--wait",
      defaultValue = "durable",
      paramLabel = "accepted|durable",
      description = {
        "accepted: until the task has done it. durable: until a checkpoint has it (default:"
            + " ${DEFAULT-VALUE})."
      })
  private Wait wait;

  @Option(
      names = "--timeout",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "JSON, on one line.")
  private boolean json;

  /** The stages with which a shard is far enough. */
  Set<String> stages() {
    return wait.stages();
  }

  boolean json() {
    return json;
  }

  /**
   * Asks until a command is as far as it is to be.
   *
   * @param word the command's name
   */
  CommandWait wait(String word, Progress progress) {
    return new CommandWait(word, timeoutSeconds, progress);
  }
}
