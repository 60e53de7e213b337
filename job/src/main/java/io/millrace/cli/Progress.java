// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.io.PrintWriter;

/**
 * Tells on standard error what a command is doing. On a terminal the current step is one line that
 * is written over; elsewhere each step is a line, written once.
 */
public final class Progress implements AutoCloseable {

  private final PrintWriter err;
  private final boolean terminal;
  private String shown = "";

  /** Tells it to {@code err}. */
  public Progress(PrintWriter err) {
    this(err, isTerminal());
  }

  /** Since Java 22 there is a console without a terminal, too. */
  @SuppressWarnings("SystemConsoleNull")
  static boolean isTerminal() {
    return System.console() != null && System.getenv("TERM") != null;
  }

  Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** What is being done now; replaces the step before. */
  public void step(String text) {
    if (text.equals(shown)) {
      return;
    }
    if (terminal) {
      err.print("\r" + text + " ".repeat(Math.max(0, shown.length() - text.length())));
    } else {
      err.println(text);
    }
    err.flush();
    shown = text;
  }

  /** Something that stays to be read. */
  public void say(String line) {
    wipe();
    err.println(line);
    err.flush();
  }

  /** Leaves the terminal with a clean line. */
  @Override
  public void close() {
    wipe();
    err.flush();
  }

  private void wipe() {
    if (terminal && !shown.isEmpty()) {
      err.print("\r" + " ".repeat(shown.length()) + "\r");
    }
    shown = "";
  }
}
