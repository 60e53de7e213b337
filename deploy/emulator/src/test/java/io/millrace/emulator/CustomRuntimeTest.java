// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.emulator.function.FunctionCode;
import io.millrace.emulator.function.FunctionLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Functions in a process of the user's own, here a server in this one. */
class CustomRuntimeTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<Consumer<HttpExchange>> function = new AtomicReference<>();
  private HttpServer process;
  private Emulator emulator;
  private SignedCaller caller;

  @BeforeEach
  void start() throws IOException {
    process = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    process.setExecutor(threads);
    process.createContext("/invoke", exchange -> function.get().accept(exchange));
    process.start();
    emulator =
        Emulator.builder()
            .function(
                new FunctionCode.Url(
                    URI.create("http://127.0.0.1:" + process.getAddress().getPort())))
            .start();
    emulator.functions().create("svc", "fn");
    caller = new SignedCaller(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
    process.stop(0);
    threads.shutdownNow();
  }

  @Test
  void getsTheEventAndTheContext() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    function.set(
        exchange -> {
          var headers = exchange.getRequestHeaders();
          seen.set(
              exchange.getRequestMethod()
                  + " "
                  + headers.getFirst("Content-Type")
                  + " "
                  + headers.getFirst("x-fc-service-name")
                  + "/"
                  + headers.getFirst("x-fc-function-name")
                  + " "
                  + headers.getFirst("x-fc-control-path")
                  + " "
                  + headers.getFirst("x-fc-request-id"));
          answer(exchange, 200, "got " + body(exchange));
        });
    HttpResponse<String> response = caller.invoke("fn", "{\"a\":1}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("got {\"a\":1}");
    String requestId = response.headers().firstValue("x-fc-request-id").orElseThrow();
    assertThat(seen).hasValue("POST application/octet-stream svc/fn /invoke " + requestId);
  }

  @Test
  void reportsAnError() throws Exception {
    function.set(
        exchange -> {
          exchange.getResponseHeaders().set("x-fc-status", "404");
          answer(exchange, 404, "{\"errorMessage\":\"no\"}");
        });
    assertError("HandledInvocationError", "{\"errorMessage\":\"no\"}");
  }

  @Test
  void takesNoOtherStatusForASuccess() throws Exception {
    function.set(exchange -> answer(exchange, 500, "oops"));
    assertError("UnhandledInvocationError", "with status 500");
  }

  @Test
  void cutConnectionIsACrash() throws Exception {
    function.set(HttpExchange::close);
    assertError("UnhandledInvocationError", "Process exited unexpectedly");
  }

  @Test
  void stoppedProcessIsACrash() throws Exception {
    process.stop(0);
    // Until its selector lets go of the socket, it is still connected to, and then cut off.
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> assertError("UnhandledInvocationError", "nothing listens on http://127.0.0.1:"));
  }

  @Test
  void endsWhatTakesTooLong() throws Exception {
    emulator
        .functions()
        .create("svc", "fn", FunctionLimits.DEFAULT.withTimeout(Duration.ofMillis(300)));
    function.set(exchange -> {});
    assertError("UnhandledInvocationError", "Function timed out after 0.3 seconds");
  }

  @Test
  void refusesAUrlThatCannotBe() {
    assertThatThrownBy(
            () -> Emulator.builder().function(new FunctionCode.Url(URI.create("ftp://x"))).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("function url: ftp://x is not like http://127.0.0.1:9000");
  }

  private void assertError(String type, String message) throws Exception {
    HttpResponse<String> response = caller.invoke("fn", "{}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("X-Fc-Error-Type")).hasValue(type);
    assertThat(response.body()).contains(message);
    assertThat(emulator.journal().entries().get(0).outcome()).isEqualTo("error");
  }

  private static String body(HttpExchange exchange) {
    try {
      return new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) {
    try (exchange) {
      byte[] bytes = text.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
