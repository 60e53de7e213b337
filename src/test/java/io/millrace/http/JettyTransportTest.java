// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.http.HttpFailure.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class JettyTransportTest {

  private static final Duration LONG = Duration.ofMinutes(2);

  /** Passes in a test. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private final JettyTransport transport = new JettyTransport(new HttpSettings(LONG, 64));

  @AfterEach
  void close() {
    transport.close();
  }

  @Test
  void sendsWhatItIsGivenAndNothingElse() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, "ok"))) {
      HttpAnswer answer =
          transport
              .send(
                  new HttpCall(
                      "POST",
                      server.uri("/a%2Fb/c?mode=id&x=%20y"),
                      List.of(
                          Map.entry("X-One", "1"),
                          Map.entry("Content-Type", "application/x-protobuf"),
                          Map.entry("Authorization", "K v")),
                      "body".getBytes(UTF_8),
                      LONG))
              .join();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("ok");
      WireServer.Arrived request = server.arrived.get(0);
      assertThat(request.line()).isEqualTo("POST /a%2Fb/c?mode=id&x=%20y HTTP/1.1");
      assertThat(request.headers())
          .containsExactlyInAnyOrder(
              "X-One: 1",
              "Content-Type: application/x-protobuf",
              "Authorization: K v",
              "Host: 127.0.0.1:" + server.port(),
              "Content-Length: 4");
      assertThat(new String(request.body(), UTF_8)).isEqualTo("body");
    }
  }

  @Test
  void addsNoContentTypeOfItsOwn() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      transport.send(new HttpCall("POST", server.uri("/"), List.of(), new byte[] {1}, LONG)).join();
      transport.send(get(server)).join();

      assertThat(server.arrived)
          .allSatisfy(
              request ->
                  assertThat(request.headers())
                      .noneMatch(header -> header.startsWith("Content-Type"))
                      .noneMatch(header -> header.startsWith("User-Agent"))
                      .noneMatch(header -> header.startsWith("Accept")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 32 << 20})
  void largeBodiesBothWays(int size) throws Exception {
    byte[] body = new byte[size];
    new Random(7).nextBytes(body);
    try (WireServer server =
        new WireServer((request, wire) -> wire.answer(200, request.body(), ""))) {
      HttpAnswer answer =
          transport.send(new HttpCall("POST", server.uri("/"), List.of(), body, LONG)).join();

      assertThat(answer.body()).isEqualTo(body);
    }
  }

  @Test
  void readsChunkedAnswersAndKeepsTheLastOfARepeatedHeader() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) ->
                wire.raw(
                    String.join(
                        "\r\n",
                        "HTTP/1.1 200 OK",
                        "Transfer-Encoding: chunked",
                        "X-A: 1",
                        "x-a: 2",
                        "",
                        "3",
                        "abc",
                        "2",
                        "de",
                        "0",
                        "",
                        "")))) {
      HttpAnswer answer = transport.send(get(server)).join();

      assertThat(answer.text()).isEqualTo("abcde");
      assertThat(answer.header("X-a")).contains("2");
    }
  }

  @Test
  void leavesCodedBodiesRedirectsCookiesAndChallengesAlone() throws Exception {
    List<String> answers =
        new ArrayList<>(
            List.of(
                head("200 OK", "Content-Encoding: gzip", "Set-Cookie: a=b", "Content-Length: 3")
                    + "abc",
                head("302 Found", "Location: /elsewhere", "Content-Length: 0"),
                head("401 No", "WWW-Authenticate: Basic realm=\"x\"", "Content-Length: 0")));
    try (WireServer server = new WireServer((request, wire) -> wire.raw(answers.remove(0)))) {
      assertThat(transport.send(get(server)).join().text()).isEqualTo("abc");
      assertThat(transport.send(get(server)).join().status()).isEqualTo(302);
      assertThat(transport.send(get(server)).join().status()).isEqualTo(401);

      assertThat(server.arrived).hasSize(3);
      assertThat(server.arrived)
          .allSatisfy(
              request ->
                  assertThat(request.headers()).noneMatch(header -> header.startsWith("Cookie")));
    }
  }

  @Test
  void interimAnswersAreNotTheAnswer() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) ->
                wire.raw(
                    head("103 Early Hints", "Link: </x>")
                        + head("200 OK", "Content-Length: 1")
                        + "y"))) {
      assertThat(transport.send(get(server)).join().text()).isEqualTo("y");
    }
  }

  @Test
  void keepsConnections() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      for (int i = 0; i < 20; i++) {
        transport.send(get(server)).join();
      }
      // An answer is there a moment before its connection is free.
      assertThat(server.accepted).hasValueLessThan(10);
    }
  }

  @Test
  void aRequestIsSentOnceThoughTheServerDropsIt() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) -> {
              if (request.line().contains("/drop")) {
                wire.reset();
              } else {
                wire.answer(200, "");
              }
            })) {
      transport.send(get(server)).join();

      // On the connection that is kept, and then on a fresh one.
      for (int i = 1; i <= 2; i++) {
        HttpFailure failure = failure(post(server.uri("/drop"), LONG));
        assertThat(failure.kind()).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(failure).hasMessageContaining("127.0.0.1:" + server.port());
        assertThat(server.arrived).hasSize(1 + i);
      }
    }
  }

  @Test
  void aCallThatMayNotBeSentAnyMoreWhenItsConnectionIsThereIsNotSent() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      AtomicBoolean lease = new AtomicBoolean(true);
      HttpTransport leased = transport.with(lease::get);
      assertThat(leased.send(post(server.uri("/"), LONG)).join().status()).isEqualTo(200);
      lease.set(false);
      for (int i = 0; i < 3; i++) {
        assertThat(failure(leased, post(server.uri("/"), LONG)).kind()).isEqualTo(Kind.NOT_LET_OUT);
      }
      assertThat(server.arrived).hasSize(1);
      // The transport is none the worse for it.
      lease.set(true);
      assertThat(leased.send(post(server.uri("/"), LONG)).join().status()).isEqualTo(200);
    }
  }

  /** As when the process is frozen after its call has been given a connection. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCallThatMayNotBeSentAnyMoreAtItsFirstByteIsNotSent(boolean onKeptConnection)
      throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      int before = onKeptConnection ? 1 : 0;
      if (onKeptConnection) {
        transport.send(get(server)).join();
      }
      HttpTransport leased = transport.with(times(1));
      assertThat(failure(leased, post(server.uri("/"), LONG)).kind()).isEqualTo(Kind.NOT_LET_OUT);
      assertThat(transport.send(post(server.uri("/"), LONG)).join().status()).isEqualTo(200);
      assertThat(server.arrived).hasSize(before + 1);
    }
  }

  /** Nobody acts on a part of a request, so that its rest need not follow. */
  @Test
  void aCallThatMayNotBeSentAnyMoreInItsMiddleIsNeverComplete() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      // For the connection, the head, and one slice of many.
      HttpTransport leased = transport.with(times(3));
      HttpCall call =
          new HttpCall("POST", server.uri("/"), List.of(), new byte[8 * 1024 * 1024], LONG);
      assertThat(failure(leased, call).kind()).isEqualTo(Kind.CONNECTION_LOST);
      await().atMost(LONG).until(() -> server.ended.get() == 1);
      assertThat(server.arrived).isEmpty();
    }
  }

  /** A permit that is granted so many times. */
  private static BooleanSupplier times(int grants) {
    AtomicInteger asked = new AtomicInteger();
    return () -> asked.incrementAndGet() <= grants;
  }

  @Test
  void anOrderlyCloseAfterTheRequestIsALostConnection() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.socket().close())) {
      assertThat(failure(post(server.uri("/"), LONG)).kind()).isEqualTo(Kind.CONNECTION_LOST);
      assertThat(server.arrived).hasSize(1);
    }
  }

  @Test
  void connectionsThatTheServerClosedAreNotUsedAgain() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.answer(200, ""))) {
      for (int round = 0; round < 50; round++) {
        // Jetty may still hold a connection that an earlier round closed.
        await()
            .pollInterval(Duration.ofMillis(5))
            .atMost(LONG)
            .ignoreExceptions()
            .until(() -> transport.send(get(server)).join().status() == 200);
        server.closeConnections();
        // Jetty may not have noticed yet: then the write fails, or the answer stays out. A request
        // is never sent twice, and it is only called unsent when the server did not get it.
        int before = server.arrived.size();
        try {
          transport.send(post(server.uri("/"), LONG)).join();
          assertThat(server.arrived).hasSize(before + 1);
        } catch (CompletionException e) {
          HttpFailure failure = (HttpFailure) e.getCause();
          assertThat(failure.kind()).isIn(Kind.NOT_CONNECTED, Kind.CONNECTION_LOST);
          assertThat(server.arrived.size() - before)
              .isLessThanOrEqualTo(failure.fateUnknown() ? 1 : 0);
        }
      }
    }
  }

  @Test
  void aCutAnswerIsALostConnection() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) -> {
              wire.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
              wire.socket().close();
            })) {
      assertThat(failure(get(server)).kind()).isEqualTo(Kind.CONNECTION_LOST);
    }
  }

  @Test
  void answersBeyondAllBoundsAreCutOff() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) -> {
              wire.raw("HTTP/1.1 200 OK\r\nContent-Length: " + (1L << 40) + "\r\n\r\nabc");
              wire.hang();
            })) {
      assertThat(failure(get(server)))
          .hasMessageContaining("more than " + HttpCall.WHOLE)
          .extracting(HttpFailure::kind)
          .isEqualTo(Kind.CONNECTION_LOST);
    }
  }

  @Test
  void whatACallDoesNotKeepIsReadAndDropped() throws Exception {
    try (WireServer server =
        new WireServer((request, wire) -> wire.answer(200, "0123456789".repeat(100_000)))) {
      HttpCall call = new HttpCall("GET", server.uri("/"), List.of(), new byte[0], LONG, 2_005);
      for (int i = 0; i < 3; i++) {
        HttpAnswer answer = transport.send(call).join();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("0123456789".repeat(200) + "01234");
      }
    }
  }

  @Test
  void silenceEndsWithTheCallsOwnTimeout() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.hang())) {
      HttpFailure failure = failureInTime(server);

      assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
      assertThat(failure).hasMessageContaining("within 2000 ms");
      assertThat(server.arrived).hasSize(1);
    }
  }

  @Test
  void anAnswerThatTricklesInEndsWithTheTimeoutToo() throws Exception {
    try (WireServer server =
        new WireServer(
            (request, wire) -> {
              wire.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
              wire.hang();
            })) {
      assertThat(failureInTime(server).kind()).isEqualTo(Kind.TIMED_OUT);
    }
  }

  /** Of a call whose time is up when it has arrived, however long that took. */
  private static HttpFailure failureInTime(WireServer server) {
    HandTimer timer = new HandTimer();
    try (JettyTransport timed =
        new JettyTransport(new HttpSettings(LONG, 64), Optional.empty(), name -> timer, () -> 0)) {
      CompletableFuture<HttpAnswer> call = timed.send(post(server.uri("/"), SHORT));
      await().atMost(LONG).until(() -> server.arrived.size() == 1);
      assertThat(call).isNotDone();

      timer.pass(SHORT);
      assertThat(call).isDone();
      return (HttpFailure) catchThrowable(call::join).getCause();
    }
  }

  @Test
  void connectionRefused() throws Exception {
    // Bound and not listening, so that nobody else is given the port.
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = "http://127.0.0.1:" + socket.getLocalPort();
      HttpFailure failure = failure(post(URI.create(address + "/"), LONG));

      assertThat(failure.kind()).isEqualTo(Kind.NOT_CONNECTED);
      assertThat(failure)
          .hasMessageContaining(address + ": not connected")
          .hasMessageContaining("Connection refused");
    }
  }

  @Test
  void unknownName() {
    assertThat(failure(post(URI.create("http://no-such-host.invalid/"), LONG)).kind())
        .isEqualTo(Kind.NOT_CONNECTED);
  }

  @Test
  void aTimeoutWhileWaitingForAConnectionSentNothing() throws Exception {
    try (WireServer server = new WireServer((request, wire) -> wire.hang());
        JettyTransport narrow = new JettyTransport(new HttpSettings(LONG, 1))) {
      CompletableFuture<HttpAnswer> first = narrow.send(post(server.uri("/1"), LONG));
      await().atMost(LONG).until(() -> server.arrived.size() == 1);

      HttpFailure failure = failure(narrow, post(server.uri("/2"), Duration.ofMillis(200)));

      assertThat(failure.kind()).isEqualTo(Kind.NOT_CONNECTED);
      assertThat(server.arrived).hasSize(1);
      assertThat(first).isNotDone();
    }
  }

  @Test
  void aCancelledCallThatWaitsForAConnectionIsNeverSent() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    try (WireServer server =
            new WireServer(
                (request, wire) -> {
                  free.await();
                  wire.answer(200, "");
                });
        JettyTransport narrow = new JettyTransport(new HttpSettings(LONG, 1))) {
      CompletableFuture<HttpAnswer> first = narrow.send(post(server.uri("/1"), LONG));
      await().atMost(LONG).until(() -> server.arrived.size() == 1);
      CompletableFuture<HttpAnswer> waiting = narrow.send(post(server.uri("/2"), LONG));
      CompletableFuture<HttpAnswer> last = narrow.send(post(server.uri("/3"), LONG));

      waiting.cancel(false);
      free.countDown();

      assertThat(first.join().status()).isEqualTo(200);
      assertThat(last.join().status()).isEqualTo(200);
      assertThat(server.arrived)
          .extracting(WireServer.Arrived::line)
          .containsExactly("POST /1 HTTP/1.1", "POST /3 HTTP/1.1");
      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void aCancelledCallOnTheWireIsCut() throws Exception {
    try (WireServer server =
        new WireServer((request, wire) -> wire.socket().getInputStream().read())) {
      CompletableFuture<HttpAnswer> call = transport.send(post(server.uri("/"), LONG));
      await().atMost(LONG).until(() -> server.arrived.size() == 1);

      call.cancel(false);

      await().atMost(LONG).until(() -> server.ended.get() == 1);
    }
  }

  @Test
  void aPlainServerWhereTlsWasExpected() throws Exception {
    // It waits for the end of a line, and the transport for a handshake.
    try (WireServer server = new WireServer((request, wire) -> wire.answer(400, "?"));
        JettyTransport impatient = new JettyTransport(new HttpSettings(SHORT, 64))) {
      URI uri = URI.create("https://127.0.0.1:" + server.port() + "/");
      server.arrived.clear();

      assertThat(failure(impatient, post(uri, LONG)).fateUnknown()).isFalse();
    }
  }

  @Test
  void manyCallsAtOnceTakeFewThreads() throws Exception {
    Set<Thread> before = threads();
    CountDownLatch all = new CountDownLatch(200);
    try (WireServer server =
            new WireServer(
                (request, wire) -> {
                  all.countDown();
                  all.await();
                  wire.answer(200, "");
                });
        JettyTransport wide = new JettyTransport(new HttpSettings(LONG, 1024))) {
      List<CompletableFuture<HttpAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(wide.send(post(server.uri("/" + i), LONG)));
      }
      assertThat(answers).allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
      assertThat(server.arrived).hasSize(200);
      assertThat(threadsBeside(before)).hasSizeLessThanOrEqualTo(12);
    }
  }

  @Test
  void closingFailsWhatIsUnderWayAndEndsAllThreads() throws Exception {
    Set<Thread> before = threads();
    try (WireServer server = new WireServer((request, wire) -> wire.hang())) {
      JettyTransport closing = new JettyTransport(HttpSettings.DEFAULT);
      CompletableFuture<HttpAnswer> sent = closing.send(post(server.uri("/"), LONG));
      await().atMost(LONG).until(() -> server.arrived.size() == 1);
      assertThat(threadsBeside(before)).isNotEmpty();

      closing.close();

      assertThat(kindOf(sent)).isEqualTo(Kind.CONNECTION_LOST);
      assertThat(kindOf(closing.send(get(server)))).isEqualTo(Kind.CLOSED);
      await().atMost(LONG).untilAsserted(() -> assertThat(threadsBeside(before)).isEmpty());
    }
  }

  private static String head(String status, String... headers) {
    return "HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  /** Those of other transports may be about to end. */
  private static Set<Thread> threadsBeside(Set<Thread> others) {
    Set<Thread> threads = threads();
    threads.removeAll(others);
    return threads;
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> thread.getName().startsWith("millrace-http-"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static HttpCall get(WireServer server) {
    return new HttpCall("GET", server.uri("/"), List.of(), new byte[0], LONG);
  }

  private static HttpCall post(URI uri, Duration timeout) {
    return new HttpCall("POST", uri, List.of(), "{}".getBytes(UTF_8), timeout);
  }

  private HttpFailure failure(HttpCall call) {
    return failure(transport, call);
  }

  private static HttpFailure failure(HttpTransport transport, HttpCall call) {
    Throwable thrown = catchThrowable(() -> transport.send(call).join());
    assertThat(thrown).isInstanceOf(CompletionException.class);
    assertThat(thrown.getCause()).isInstanceOf(HttpFailure.class);
    return (HttpFailure) thrown.getCause();
  }

  private static Kind kindOf(CompletableFuture<HttpAnswer> answer) {
    Throwable thrown = catchThrowable(answer::join);
    return ((HttpFailure) thrown.getCause()).kind();
  }
}
