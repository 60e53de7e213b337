// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log as operators read it: a line when something changes, and none for every attempt. */
final class DispatchLogTest {

  private static final String PACKAGE = "io.millrace.dispatch.lane";
  private static final Outcome OK = new Outcome.Acknowledged(Optional.empty());
  private static final Outcome BOOM = new Outcome.RecordFault("boom", Optional.of("req-1"));

  private final List<String> lines = new ArrayList<>();
  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final ManualTime time = new ManualTime(1_000_000);
  private Outcome outcome = OK;
  private Dispatcher dispatcher;

  /** Keeps what was logged. */
  private final class Capture extends AbstractAppender {
    Capture() {
      super("capture", null, null, false, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }

  @BeforeEach
  void begin() {
    Capture capture = new Capture();
    capture.start();
    LoggerConfig config = new LoggerConfig(PACKAGE, Level.INFO, false);
    config.addAppender(capture, Level.INFO, null);
    context.getConfiguration().addLogger(PACKAGE, config);
    context.updateLoggers();
    Lease lease = new Lease(Duration.ofDays(365));
    lease.renew(0);
    dispatcher =
        new Dispatcher(
            new DeliveryPolicy(
                "orders",
                "f",
                new BatchLimits(10, 10_000, 10_000),
                Duration.ZERO,
                new RetrySchedule(
                    Duration.ofSeconds(1),
                    100,
                    Optional.of(new ProbeSchedule(Duration.ofMinutes(1), Duration.ofMinutes(1)))),
                Duration.ofSeconds(60),
                Duration.ofSeconds(20),
                true,
                true,
                false,
                10),
            FakeFunction.FORMAT,
            new Function(),
            new ManualTask(time, () -> dispatcher),
            lease,
            new Random(1),
            Optional.empty());
  }

  @AfterEach
  void end() {
    context.getConfiguration().removeLogger(PACKAGE);
    context.updateLoggers();
  }

  private void put(long sequence) {
    dispatcher.append(new ShardRecord("7", 7, sequence, 0, 0, new byte[5], false));
    time.runSoon();
  }

  @Test
  void aShardThatIsWellSaysNothing() {
    for (int i = 0; i < 1_000; i++) {
      put(i);
    }
    assertThat(lines).isEmpty();
  }

  @Test
  void failingSuspendedProbedAndDeliveredAreALineEach() {
    outcome = BOOM;
    put(41);
    time.pass(Duration.ofMinutes(10));
    assertThat(lines)
        .containsExactly(
            "WARN orders shard 7: the function fails for the envelope from sequence 41 on: boom"
                + " (request req-1); next attempt in 1000 ms, 100 at most",
            "WARN orders shard 7: suspended at sequence 41 after 100 failed attempts: boom (request"
                + " req-1); its records wait, resume it when the function is mended");
    lines.clear();
    outcome = OK;
    time.pass(Duration.ofMinutes(1));
    assertThat(lines)
        .singleElement()
        .asString()
        .matches(
            "INFO orders shard 7: delivered after 1\\d\\d failed attempts; it is not suspended any"
                + " more");
  }

  @Test
  void whatAnOperatorDoesIsALineEach() {
    outcome = BOOM;
    put(41);
    put(42);
    lines.clear();
    dispatcher.orders().retry("c1", "7");
    time.runSoon();
    dispatcher.orders().suspend("c2", "7");
    dispatcher.orders().suspend("c2", "7");
    Position head = new Position(41, 0, 0);
    dispatcher.orders().skip("c3", "7", new SkipTarget(head, head, null, null, "ticket 4711"));
    outcome = OK;
    dispatcher.orders().resume("c4", "7");
    time.runSoon();
    dispatcher.append(ShardRecord.endOf("7", 7));
    assertThat(lines)
        .containsExactly(
            "INFO orders shard 7: tried again by an operator, after 1 failed attempts",
            "INFO orders shard 7: suspended by an operator",
            "WARN orders shard 7: skipped by an operator: 1 record, 41.0, after 2"
                + " failed attempts; reason: ticket 4711",
            "INFO orders shard 7: resumed by an operator",
            "INFO orders shard 7: ended, all of it was delivered");
  }

  private final class Function implements FunctionInvoker {
    @Override
    public CompletableFuture<Outcome> invoke(Invocation invocation) {
      return CompletableFuture.completedFuture(outcome);
    }

    @Override
    public void close() {}
  }
}
