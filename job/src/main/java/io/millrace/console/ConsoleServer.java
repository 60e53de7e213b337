// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console's HTTP/1.1 server: asks the gate, then the API or the pages, and puts the headers on
 * every answer that tell a browser to trust nothing else. Runs on threads of its own.
 */
final class ConsoleServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ConsoleServer.class);

  private static final int MOST_THREADS = 16;
  private static final int LONGEST_BODY = 16 << 10;

  /**
   * So much is read of a body before it is refused: an answer to somebody who still sends is lost
   * where the connection is closed on what was not read.
   */
  private static final int MOST_READ = 1 << 20;

  private static final int WORTH_PACKING = 2 << 10;
  private static final long IDLE_MILLIS = 60_000;

  private static final Map<String, String> SECURITY =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private final Server server;
  private final ServerConnector connector;

  private ConsoleServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts it.
   *
   * @param address where it listens; port 0 for any free one
   * @throws IOException if it cannot listen there
   */
  static ConsoleServer start(InetSocketAddress address, Gate gate, Api api, Pages pages)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, 2);
    threads.setName("console-http");
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new Receiving(gate, api, pages));
    server.setErrorHandler(ConsoleServer::malformed);
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw e instanceof IOException unusable ? unusable : new IOException(e);
    }
    return new ConsoleServer(server, connector);
  }

  int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the console's server cannot be stopped", e);
    }
  }

  /** What is not HTTP, or too long, never reaches the handler. */
  private static boolean malformed(Request request, Response response, Callback callback) {
    int status = Math.max(response.getStatus(), 400);
    String line =
        status < 500 ? "not a request that the console can read" : "an error of the console";
    writeLast(Answer.error(status, line), response, callback);
    return true;
  }

  /**
   * Answers a request that was not read whole. Jetty closes the connection after that, and whoever
   * keeps connections has to be told: the next request would be lost on this one.
   */
  private static void writeLast(Answer answer, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    write(answer, false, response, callback);
  }

  private static void write(Answer answer, boolean pack, Response response, Callback callback) {
    response.setStatus(answer.status());
    HttpFields.Mutable headers = response.getHeaders();
    SECURITY.forEach(headers::put);
    answer.headers().forEach(headers::put);
    byte[] body = answer.body();
    if (body.length >= WORTH_PACKING) {
      headers.put(HttpHeader.VARY, "Accept-Encoding");
      if (pack) {
        headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
        body = packed(body);
      }
    }
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  private static byte[] packed(byte[] body) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Collects the body, then answers. */
  private static final class Receiving extends Handler.Abstract {

    private final Gate gate;
    private final Api api;
    private final Pages pages;

    Receiving(Gate gate, Api api, Pages pages) {
      this.gate = gate;
      this.api = api;
      this.pages = pages;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      boolean pack =
          Optional.ofNullable(request.getHeaders().get(HttpHeader.ACCEPT_ENCODING))
              .filter(codings -> codings.contains("gzip"))
              .isPresent();
      Content.Source.asByteArrayAsync(
          request,
          MOST_READ,
          Promise.Invocable.from(
              InvocationType.BLOCKING,
              body -> write(answer(request, body), pack, response, callback),
              failure -> writeLast(unread(failure), response, callback)));
      return true;
    }

    private static Answer unread(Throwable failure) {
      return failure instanceof HttpException known
          ? Answer.error(known.getCode(), "the body cannot be read")
          : Answer.error(413, "the body is longer than " + LONGEST_BODY + " bytes, or not whole");
    }

    private Answer answer(Request request, byte[] body) {
      return body.length > LONGEST_BODY
          ? Answer.error(413, "the body is longer than " + LONGEST_BODY + " bytes")
          : answer(call(request, body));
    }

    private static Call call(Request request, byte[] body) {
      Function<String, Optional<String>> header =
          name -> Optional.ofNullable(request.getHeaders().get(name));
      Function<String, Optional<String>> parameter =
          name -> Optional.ofNullable(Request.extractQueryParameters(request).getValue(name));
      return new Call(
          request.getMethod(), Request.getPathInContext(request), header, parameter, body);
    }

    private Answer answer(Call call) {
      try {
        gate.checkOrigin(call);
        if (call.path().startsWith("/api/")) {
          return api.answer(call);
        }
        if (!call.isSafe()) {
          throw new RefusedCall(405, "accepted here: GET");
        }
        return pages
            .page(call)
            .orElseThrow(() -> new RefusedCall(404, call.path() + ": there is no such page"));
      } catch (RefusedCall e) {
        return Answer.error(e.status(), e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("{} {} was not answered", call.method(), call.path(), e);
        return Answer.error(500, "an error of the console: " + e.getClass().getSimpleName());
      }
    }
  }
}
