// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;

final class JettyCallTest {

  /** A request that Jetty has lost: nothing it is told has an effect. */
  private static final Request LOST =
      (Request)
          Proxy.newProxyInstance(
              JettyCallTest.class.getClassLoader(),
              new Class<?>[] {Request.class},
              (proxy, method, arguments) ->
                  method.getReturnType() == CompletableFuture.class
                      ? new CompletableFuture<>()
                      : null);

  @Test
  void aCallWhoseRequestIsLostEndsWithItsTime() throws Exception {
    ScheduledExecutorScheduler timer = new ScheduledExecutorScheduler("timer", true);
    timer.start();
    try {
      JettyCall pending = call(timer, Duration.ofMillis(50), System::nanoTime);
      assertThat(pending.answer())
          .failsWithin(120, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(HttpFailure.class);
    } finally {
      timer.stop();
    }
  }

  /** The answer may have come while nobody could read it. */
  @Test
  void afterAStandstillThereIsASecondToReadTheAnswer() {
    HandTimer timer = new HandTimer();
    AtomicLong clock = new AtomicLong();
    JettyCall pending = call(timer, Duration.ofSeconds(5), clock::get);

    clock.set(TimeUnit.SECONDS.toNanos(8));
    timer.pass(Duration.ofSeconds(5));
    assertThat(pending.answer()).isNotDone();

    clock.set(TimeUnit.SECONDS.toNanos(60));
    timer.pass(Duration.ofSeconds(1));
    assertThat(pending.answer()).isCompletedExceptionally();
  }

  @Test
  void aTimerThatIsALittleLateHasNotStoodStill() {
    HandTimer timer = new HandTimer();
    AtomicLong clock = new AtomicLong();
    JettyCall pending = call(timer, Duration.ofSeconds(5), clock::get);

    clock.set(TimeUnit.MILLISECONDS.toNanos(5_200));
    timer.pass(Duration.ofSeconds(5));
    assertThat(pending.answer()).isCompletedExceptionally();
  }

  private static JettyCall call(Scheduler timer, Duration timeout, LongSupplier nanoTime) {
    HttpCall call =
        new HttpCall("POST", URI.create("http://a"), List.of(), new byte[] {1}, timeout);
    JettyCall pending =
        new JettyCall(call, HttpSettings.DEFAULT, timer, () -> false, () -> true, nanoTime);
    pending.endWithin(timeout, LOST);
    return pending;
  }
}
