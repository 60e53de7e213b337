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
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
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
      HttpCall call =
          new HttpCall(
              "POST", URI.create("http://a"), List.of(), new byte[] {1}, Duration.ofMillis(50));
      JettyCall pending = new JettyCall(call, HttpSettings.DEFAULT, timer, () -> false, () -> true);
      pending.endWithin(call.timeout(), LOST);
      assertThat(pending.answer())
          .failsWithin(120, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(HttpFailure.class);
    } finally {
      timer.stop();
    }
  }
}
