// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.http;

import io.millrace.emulator.TlsMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/1.1 server on 127.0.0.1 that hands over each request once its body has arrived. A request
 * that waits for its answer holds no thread.
 *
 * <p>The service is called on the server's threads, by many at once.
 */
public final class LoopbackServer implements AutoCloseable {

  /** Above every limit of the services, which answer an oversized body themselves. */
  private static final int MAX_BODY = 64 << 20;

  private static final Duration LET_GO_WITHIN = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

  private final Server server;
  private final ServerConnector connector;
  private final boolean secure;

  /** Bound and not listening while the server is down: else anybody may be given its port. */
  private Optional<Socket> reservation = Optional.empty();

  private LoopbackServer(Server server, ServerConnector connector, boolean secure) {
    this.server = server;
    this.connector = connector;
    this.secure = secure;
  }

  /**
   * Starts a server.
   *
   * @param name of its threads
   * @param port 0 for any free one
   * @throws UncheckedIOException if the port is taken or the key store cannot be read
   */
  public static LoopbackServer start(
      String name, int port, Optional<TlsMaterial> tls, Consumer<Exchange> service) {
    QueuedThreadPool threads = new QueuedThreadPool(64, 2);
    threads.setName("emulator-" + name);
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    // A signature is over the header's very bytes, not over what Jetty would make of them.
    http.setHeaderCacheCaseSensitive(true);
    tls.ifPresent(material -> http.addCustomizer(new SecureRequestCustomizer(false)));
    ConnectionFactory plain = new HttpConnectionFactory(http);
    // Without a thread that accepts: it may outlive a stop, and close what is opened after it.
    ServerConnector connector =
        new ServerConnector(
            server,
            0,
            1,
            tls.map(material -> AbstractConnectionFactory.getFactories(sslContext(material), plain))
                .orElseGet(() -> new ConnectionFactory[] {plain}));
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    // A hung function is silent for as long as it hangs; that must not end its connection.
    connector.setIdleTimeout(0);
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    server.setHandler(new Receiving(service));
    LoopbackServer result = new LoopbackServer(server, connector, tls.isPresent());
    try {
      server.start();
    } catch (Exception e) {
      result.close();
      throw new UncheckedIOException(
          new IOException(
              "cannot listen on 127.0.0.1:" + port + " for " + name + ": " + reason(e), e));
    }
    connector.setPort(connector.getLocalPort());
    return result;
  }

  /** Scheme, address and port. By name with TLS, because certificates are issued for names. */
  public URI uri() {
    return secure
        ? URI.create(HttpScheme.HTTPS + "://localhost:" + connector.getPort())
        : URI.create(HttpScheme.HTTP + "://127.0.0.1:" + connector.getPort());
  }

  /** Stops listening and cuts all connections; the port stays this server's for {@link #comeUp}. */
  public synchronized void goDown() {
    try {
      connector.stop();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop listening on " + uri(), e);
    }
    reserve();
  }

  /** Returns once nobody can connect: a closed socket listens until the selector lets go of it. */
  private void reserve() {
    release();
    long deadline = System.nanoTime() + LET_GO_WITHIN.toNanos();
    while (!isReserved()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            uri() + " still listens " + LET_GO_WITHIN.toSeconds() + " s after it was closed");
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  private boolean isReserved() {
    Socket socket = new Socket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(connector.getHost(), connector.getPort()));
      reservation = Optional.of(socket);
      return true;
    } catch (IOException taken) {
      IO.close(socket);
      return false;
    }
  }

  private void release() {
    try {
      if (reservation.isPresent()) {
        reservation.get().close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot release " + uri(), e);
    }
    reservation = Optional.empty();
  }

  /** Listens again on the same port. */
  public synchronized void comeUp() {
    release();
    try {
      connector.start();
    } catch (Exception e) {
      throw new IllegalStateException("cannot listen again on " + uri() + ": " + reason(e), e);
    }
  }

  /** Whether it listens. */
  public boolean isUp() {
    return connector.isRunning();
  }

  @Override
  public synchronized void close() {
    release();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop " + uri(), e);
    }
  }

  private static SslContextFactory.Server sslContext(TlsMaterial material) {
    if (!Files.isReadable(material.keyStore())) {
      throw new UncheckedIOException(
          new IOException("cannot read the key store " + material.keyStore()));
    }
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStorePath(material.keyStore().toAbsolutePath().toString());
    context.setKeyStoreType("PKCS12");
    context.setKeyStorePassword(material.password());
    return context;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  /** Collects the body, then calls the service. */
  private static final class Receiving extends Handler.Abstract {

    private final Consumer<Exchange> service;

    Receiving(Consumer<Exchange> service) {
      this.service = service;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Content.Source.asByteArrayAsync(
          request,
          MAX_BODY,
          Promise.Invocable.from(
              InvocationType.BLOCKING,
              body -> receive(request, response, callback, body),
              callback::failed));
      return true;
    }

    private void receive(Request request, Response response, Callback callback, byte[] body) {
      try {
        service.accept(new Exchange(request, response, callback, body));
      } catch (RuntimeException e) {
        callback.failed(e);
      }
    }
  }
}
