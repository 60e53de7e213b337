// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** The warnings that Millrace logs in this process while it is open. */
final class WarningLog implements AutoCloseable {

  private static final String LOGGERS = "io.millrace";

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private WarningLog() {}

  static WarningLog open() {
    WarningLog log = new WarningLog();
    Appender appender = log.new Appender();
    appender.start();
    LoggerConfig loggers = new LoggerConfig(LOGGERS, Level.WARN, true);
    loggers.addAppender(appender, Level.WARN, null);
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().addLogger(LOGGERS, loggers);
    context.updateLoggers();
    return log;
  }

  /** Those that contain a text, in their order. */
  List<String> with(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  @Override
  public void close() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().removeLogger(LOGGERS);
    context.updateLoggers();
  }

  private final class Appender extends AbstractAppender {

    private Appender() {
      super("warnings", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getMessage().getFormattedMessage());
    }
  }
}
