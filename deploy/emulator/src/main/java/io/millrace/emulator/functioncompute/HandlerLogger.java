// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.functioncompute;

import com.aliyun.fc.runtime.FunctionComputeLogger;
import io.millrace.emulator.function.HandlerLog;

/** The service's logger as the user's handler sees it in one invocation. */
final class HandlerLogger implements FunctionComputeLogger {

  private final HandlerLog log;
  private Level least = Level.TRACE;

  HandlerLogger(HandlerLog log) {
    this.log = log;
  }

  private synchronized void log(Level level, String message) {
    if (level.ordinal() >= least.ordinal()) {
      log.log(level.toString(), message);
    }
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
