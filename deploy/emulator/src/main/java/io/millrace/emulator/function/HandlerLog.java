// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What the user's handler logs in one invocation: it is printed, and goes with the answer. */
public final class HandlerLog {

  private final String requestId;
  private final PrintStream output;
  private final StringBuilder lines = new StringBuilder();

  HandlerLog(String requestId, PrintStream output) {
    this.requestId = requestId;
    this.output = output;
  }

  /** All lines so far. */
  synchronized String lines() {
    return lines.toString();
  }

  /** Adds a line. */
  public synchronized void log(String level, String message) {
    String line =
        Instant.now().truncatedTo(ChronoUnit.MILLIS)
            + " "
            + requestId
            + " ["
            + level
            + "] "
            + message;
    lines.append(line).append('\n');
    output.println(line);
  }
}
