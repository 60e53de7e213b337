// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** An HTTP/1.1 server that does to a connection whatever a test says, and counts what arrives. */
final class WireServer implements AutoCloseable {

  /** A request as it came. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Arrived(String line, List<String> headers, byte[] body) {}

  /** What to do with a request. */
  interface Script {
    void handle(Arrived request, Wire wire) throws Exception;
  }

  /** The server's side of one connection. */
  record Wire(Socket socket, CountDownLatch serverClosed) {
    void answer(int status, String body) throws IOException {
      answer(status, body.getBytes(ISO_8859_1), "");
    }

    void answer(int status, byte[] body, String moreHeaders) throws IOException {
      raw("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length + "\r\n" + moreHeaders);
      raw("\r\n");
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
    }

    void raw(String text) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    /** A reset instead of an orderly end. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Answers nothing for as long as the server lives. */
    void hang() throws InterruptedException {
      serverClosed.await();
    }
  }

  /** Beyond it a connection is not made at once, but when the client's system asks again. */
  private static final int BACKLOG = 1000;

  final List<Arrived> arrived = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();

  /** Connections are accepted, and nothing is read from them, TLS's handshake included, until 0. */
  volatile CountDownLatch reading = new CountDownLatch(0);

  /** Connections that the peer has ended, or that failed. */
  final AtomicInteger ended = new AtomicInteger();

  private final ServerSocket listener;
  private final String scheme;
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  WireServer(Script script) throws IOException {
    this(script, ServerSocketFactory.getDefault(), "http");
  }

  WireServer(SSLContext tls, Script script) throws IOException {
    this(script, tls.getServerSocketFactory(), "https");
  }

  private WireServer(Script script, ServerSocketFactory factory, String scheme) throws IOException {
    this.script = script;
    this.scheme = scheme;
    this.listener = factory.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  URI uri(String pathAndQuery) {
    return URI.create(scheme + "://127.0.0.1:" + listener.getLocalPort() + pathAndQuery);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Ends all connections, as a server does with idle ones. */
  void closeConnections() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        sockets.add(socket);
        thread(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      reading.await();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (Arrived request = read(in); request != null; request = read(in)) {
        arrived.add(request);
        script.handle(request, new Wire(socket, closed));
        if (socket.isClosed()) {
          return;
        }
      }
    } catch (IOException e) {
      // the peer is gone
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      ended.incrementAndGet();
      sockets.remove(socket);
    }
  }

  private static Arrived read(InputStream in) throws IOException {
    String line = line(in);
    if (line == null) {
      return null;
    }
    List<String> headers = new ArrayList<>();
    int length = 0;
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      headers.add(header);
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
      }
    }
    byte[] body = in.readNBytes(length);
    return body.length < length ? null : new Arrived(line, headers, body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return line.toString().strip();
      }
      line.append((char) c);
    }
    return null;
  }

  private static void thread(Runnable run) {
    Thread thread = new Thread(run, "wire-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
      closeConnections();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
