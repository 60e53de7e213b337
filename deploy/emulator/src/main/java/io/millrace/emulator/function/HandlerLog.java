// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import com.aliyun.fc.runtime.FunctionComputeLogger;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What the user's handler logs in one invocation: it is printed, and goes with the answer. */
final class HandlerLog implements FunctionComputeLogger {

  private final String requestId;
  private final PrintStream output;
  private final StringBuilder lines = new StringBuilder();
  private Level least = Level.TRACE;

  HandlerLog(String requestId, PrintStream output) {
    this.requestId = requestId;
    this.output = output;
  }

  /** All lines so far. */
  synchronized String lines() {
    return lines.toString();
  }

  private synchronized void log(Level level, String message) {
    if (level.ordinal() < least.ordinal()) {
      return;
    }
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

  @Override
  public void trace(String message) {
    log(Level.TRACE, message);
  }

  @Override
  public void debug(String message) {
    log(Level.DEBUG, message);
  }

  @Override
  public void info(String message) {
    log(Level.INFO, message);
  }

  @Override
  public void warn(String message) {
    log(Level.WARN, message);
  }

  @Override
  public void error(String message) {
    log(Level.ERROR, message);
  }

  @Override
  public void fatal(String message) {
    log(Level.FATAL, message);
  }

  @Override
  public synchronized void setLogLevel(Level level) {
    least = level;
  }
}
