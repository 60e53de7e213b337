// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.http.HttpFailure.Kind;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real TLS against real key stores. */
@Timeout(300)
final class JettyTransportTlsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Shaking hands takes the processor's time, and a busy machine has little. */
  private static final HttpSettings PATIENT = new HttpSettings(PATIENCE, 16);

  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir static Path directory;

  private static Path rightHost;
  private static Path wrongHost;

  @BeforeAll
  static void makeKeys() throws Exception {
    rightHost = selfSigned("right", "ip:127.0.0.1");
    wrongHost = selfSigned("wrong", "dns:elsewhere.example.com");
  }

  @Test
  void aTrustedCertificateOfTheRightHostIsAccepted() throws Exception {
    try (WireServer server = serverWith(rightHost);
        JettyTransport transport = trusting(rightHost)) {
      assertThat(transport.send(call(server.uri("/"))).join().text()).isEqualTo("ok");
    }
  }

  @Test
  void aSelfSignedCertificateIsRefused() throws Exception {
    try (WireServer server = serverWith(rightHost);
        JettyTransport transport = new JettyTransport(PATIENT)) {
      HttpFailure failure = failure(transport, server.uri("/"));

      assertThat(failure.kind()).isEqualTo(Kind.TLS_REFUSED);
      assertThat(failure).hasMessageContaining("TLS refused");
      assertThat(server.arrived).isEmpty();
    }
  }

  @Test
  void aTrustedCertificateOfAnotherHostIsRefused() throws Exception {
    try (WireServer server = serverWith(wrongHost);
        JettyTransport transport = trusting(wrongHost)) {
      HttpFailure failure = failure(transport, server.uri("/"));

      assertThat(failure.kind()).isEqualTo(Kind.TLS_REFUSED);
      assertThat(server.arrived).isEmpty();
    }
  }

  @Test
  void aPeerThatNeverShakesHandsIsNotConnected() throws Exception {
    Duration limit = Duration.ofSeconds(2);
    HandTimer timer = new HandTimer();
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        JettyTransport transport =
            new JettyTransport(
                new HttpSettings(limit, 16), Optional.empty(), name -> timer, () -> 0)) {
      URI uri = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");
      CompletableFuture<HttpAnswer> call = transport.send(call(uri));
      try (Socket peer = silent.accept()) {
        // The time to connect is over, and the handshake has begun.
        assertThat(peer.getInputStream().read()).isNotNegative();
        timer.pass(limit);

        assertThat(call)
            .failsWithin(PATIENCE)
            .withThrowableOfType(ExecutionException.class)
            .withCauseInstanceOf(HttpFailure.class)
            .withMessageContaining("no TLS handshake within 2000 ms");
        HttpFailure failure = (HttpFailure) catchThrowable(call::join).getCause();
        assertThat(failure.kind()).isEqualTo(Kind.NOT_CONNECTED);
      }
    }
  }

  @Test
  void aDroppedRequestIsOfUnknownFateAndSentOnce() throws Exception {
    try (WireServer server =
            new WireServer(context(rightHost, null), (request, wire) -> wire.socket().close());
        JettyTransport transport = trusting(rightHost)) {
      assertThat(failure(transport, server.uri("/")).kind()).isEqualTo(Kind.CONNECTION_LOST);
      assertThat(server.arrived).hasSize(1);
    }
  }

  @Test
  void aCallThatShakesHandsWhenItsUserEndsIsNeverSent() throws Exception {
    try (WireServer server = serverWith(rightHost)) {
      server.reading = new CountDownLatch(1);
      SharedTransport shared =
          new SharedTransport(
              settings -> {
                try {
                  return trusting(rightHost);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      HttpTransport failed = shared.share("job", HttpSettings.DEFAULT);
      try (HttpTransport neighbour = shared.share("job", HttpSettings.DEFAULT)) {
        CompletableFuture<HttpAnswer> call = failed.send(call(server.uri("/stale")));
        await().atMost(PATIENCE).until(() -> server.accepted.get() == 1);

        failed.close();
        server.reading.countDown();

        assertThat(call).isCancelled();
        assertThat(neighbour.send(call(server.uri("/next"))).join().text()).isEqualTo("ok");
        // The connection was closed, or had not been given the call yet and took the neighbour's.
        await().atMost(PATIENCE).until(() -> server.ended.get() == 1 || server.accepted.get() == 1);
        assertThat(server.arrived)
            .extracting(WireServer.Arrived::line)
            .containsExactly("POST /next HTTP/1.1");
      }
    }
  }

  @Test
  void aCallThatMayNotBeSentAnyMoreIsKeptBackWithTlsToo() throws Exception {
    try (WireServer server = serverWith(rightHost);
        JettyTransport transport = trusting(rightHost)) {
      // Its connection is there, and the handshake about to begin.
      AtomicInteger asked = new AtomicInteger();
      HttpTransport leased = transport.with(() -> asked.incrementAndGet() == 1);
      assertThat(failure(leased, server.uri("/")).kind()).isEqualTo(Kind.NOT_LET_OUT);

      // And with the handshake done for a call before.
      assertThat(transport.send(call(server.uri("/"))).join().text()).isEqualTo("ok");
      asked.set(0);
      assertThat(failure(leased, server.uri("/")).kind()).isEqualTo(Kind.NOT_LET_OUT);
      // Encrypted already, it could still go out with what ends its connection.
      await().atMost(PATIENCE).until(() -> server.ended.get() == 2);
      assertThat(server.arrived).hasSize(1);
      assertThat(transport.send(call(server.uri("/"))).join().text()).isEqualTo("ok");
    }
  }

  private static WireServer serverWith(Path keys) throws Exception {
    return new WireServer(context(keys, null), (request, wire) -> wire.answer(200, "ok"));
  }

  private static JettyTransport trusting(Path certificates) throws Exception {
    return new JettyTransport(PATIENT, Optional.of(context(null, certificates)));
  }

  private static SSLContext context(Path keys, Path trusted) throws Exception {
    KeyManagerFactory keyManagers = null;
    if (keys != null) {
      keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(load(keys), PASSWORD);
    }
    TrustManagerFactory trustManagers = null;
    if (trusted != null) {
      KeyStore certificates = KeyStore.getInstance("PKCS12");
      certificates.load(null, null);
      certificates.setCertificateEntry("server", load(trusted).getCertificate("server"));
      trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(certificates);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keyManagers == null ? null : keyManagers.getKeyManagers(),
        trustManagers == null ? null : trustManagers.getTrustManagers(),
        null);
    return context;
  }

  private static KeyStore load(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static Path selfSigned(String name, String alternativeName) throws Exception {
    Path file = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + alternativeName,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return file;
  }

  private static HttpCall call(URI uri) {
    return new HttpCall("POST", uri, List.of(), "{}".getBytes(UTF_8), PATIENCE);
  }

  private static HttpFailure failure(HttpTransport transport, URI uri) {
    return (HttpFailure) catchThrowable(() -> transport.send(call(uri)).join()).getCause();
  }
}
