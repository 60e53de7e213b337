// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import io.millrace.http.HttpFailure.Kind;
import java.io.EOFException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * One request under way: collects its answer, and knows how far it came when it fails.
 *
 * <p>Jetty calls it from several threads, but one event after another; only {@link #connection},
 * {@link #writtenBefore} and {@link #committed} are read across.
 */
final class JettyCall implements Request.Listener, Response.Listener {

  /** Up to this an announced length is taken at its word. */
  private static final int TRUSTED_LENGTH = 1024 * 1024;

  private static final int FIRST_BUFFER = 1024;

  /** A timer that is so much too late tells that the whole process stood still. */
  private static final long STANDSTILL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** For reading what has come during a standstill. */
  private static final Duration CATCH_UP = Duration.ofSeconds(1);

  private final HttpCall call;
  private final HttpSettings settings;
  private final Scheduler timer;
  private final BooleanSupplier transportClosed;
  private final BooleanSupplier permit;
  private final LongSupplier nanoTime;
  private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();

  private volatile Connection connection;
  private volatile long writtenBefore;
  private volatile boolean committed;
  private volatile boolean refused;

  /** Of the timer's thread. */
  private boolean caughtUp;

  private Scheduler.Task handshakeTimer;

  private byte[] body = {};
  private int length;

  /**
   * @param nanoTime the clock, like {@link System#nanoTime}
   */
  JettyCall(
      HttpCall call,
      HttpSettings settings,
      Scheduler timer,
      BooleanSupplier transportClosed,
      BooleanSupplier permit,
      LongSupplier nanoTime) {
    this.call = call;
    this.settings = settings;
    this.timer = timer;
    this.transportClosed = transportClosed;
    this.permit = permit;
    this.nanoTime = nanoTime;
  }

  CompletableFuture<HttpAnswer> answer() {
    return answer;
  }

  /** Ends the call because the transport is closed. */
  void refuse() {
    answer.completeExceptionally(
        new HttpFailure(Kind.CLOSED, address() + ": the transport is closed", null));
  }

  /** Ends a call that never got as far as Jetty's events. */
  void fail(Throwable cause) {
    answer.completeExceptionally(failure(cause));
  }

  /**
   * Ends the call when its time is up, whatever became of the request. Not left to Jetty: where a
   * connection is closed at the moment it gets a request, Jetty can lose the request with its
   * timeout, and an answer that never comes would hold up a shard for good.
   */
  void endWithin(Duration timeout, Request request) {
    endAfter(timeout, request);
  }

  private void endAfter(Duration timeout, Request request) {
    long due = nanoTime.getAsLong() + timeout.toNanos();
    Scheduler.Task timeUp =
        timer.schedule(
            () -> timeIsUp(nanoTime.getAsLong() - due, request),
            timeout.toMillis(),
            TimeUnit.MILLISECONDS);
    var unused = answer.whenComplete((got, failure) -> timeUp.cancel());
  }

  /**
   * After a standstill of the process, or of its machine, the answer may have come long ago and lie
   * in the socket: to give the call up now would be to repeat a call that was answered in time.
   */
  private void timeIsUp(long overdue, Request request) {
    if (overdue > STANDSTILL_NANOS && !caughtUp) {
      caughtUp = true;
      endAfter(CATCH_UP, request);
      return;
    }
    TimeoutException late = new TimeoutException();
    var unused = request.abort(late);
    fail(late);
  }

  /**
   * Lets the request end with its answer, should that be cancelled. Jetty then takes it out of the
   * queue, or keeps it from being bound to a connection, or closes the connection that has it.
   */
  void cancelWith(Request request) {
    var unused =
        answer.whenComplete(
            (got, failure) -> {
              if (answer.isCancelled()) {
                var aborted = request.abort(new CancellationException("the call was cancelled"));
              }
            });
  }

  @Override
  public void onBegin(Request request) {
    if (!mayGoOut()) {
      // Before a handshake is begun for it.
      var unused = request.abort(new CancellationException("may not be sent any more"));
      return;
    }
    Connection bound = request.getConnection();
    CallEndPoint socket = socket(bound);
    if (socket == null) {
      writtenBefore = -1;
    } else {
      writtenBefore = socket.written();
      // Until its last byte nobody can act on a request: it may be kept back as long as that.
      socket.permitWith(this::mayGoOut);
    }
    connection = bound;
    if (secure()) {
      // Jetty's connect timeout ends with TCP; the handshake begins with the first write.
      handshakeTimer =
          timer.schedule(
              () -> {
                if (!committed && !handshakeDone()) {
                  giveUpHandshake(request);
                }
              },
              settings.connectTimeout().toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private boolean mayGoOut() {
    if (permit.getAsBoolean()) {
      return true;
    }
    refused = true;
    return false;
  }

  /** The outcome is told by {@link #onComplete}. */
  private void giveUpHandshake(Request request) {
    long limit = settings.connectTimeout().toMillis();
    var unused = request.abort(new TimeoutException("no TLS handshake within " + limit + " ms"));
  }

  @Override
  public void onCommit(Request request) {
    committed = true;
    if (handshakeTimer != null) {
      handshakeTimer.cancel();
    }
  }

  @Override
  public void onSuccess(Request request) {
    permitAll();
  }

  @Override
  public void onFailure(Request request, Throwable failure) {
    permitAll();
  }

  private void permitAll() {
    CallEndPoint socket = socket(connection);
    if (socket != null) {
      socket.permitAll();
    }
  }

  @Override
  public void onHeaders(Response response) {
    long announced = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    if (announced > call.keep() && call.keep() == HttpCall.WHOLE) {
      refuseAnswer(response, announced);
    } else if (announced > 0) {
      // What is announced need not come.
      body = new byte[(int) Math.min(announced, Math.min(call.keep(), TRUSTED_LENGTH))];
    }
  }

  @Override
  public void onContent(Response response, ByteBuffer content) {
    int more = content.remaining();
    if (more > call.keep() - length) {
      if (call.keep() == HttpCall.WHOLE) {
        refuseAnswer(response, (long) length + more);
        return;
      }
      more = call.keep() - length;
    }
    int needed = length + more;
    if (needed > body.length) {
      long doubled = Math.max(FIRST_BUFFER, 2L * body.length);
      body = Arrays.copyOf(body, (int) Math.min(call.keep(), Math.max(needed, doubled)));
    }
    content.get(body, length, more);
    length = needed;
  }

  private static void refuseAnswer(Response response, long bytes) {
    var unused =
        response.abort(
            new IllegalStateException(
                "the answer has " + bytes + " bytes, more than " + HttpCall.WHOLE));
  }

  @Override
  public void onComplete(Result result) {
    if (handshakeTimer != null) {
      handshakeTimer.cancel();
    }
    // A complete answer counts even when the peer did not wait for the whole request.
    if (result.getResponseFailure() == null) {
      answer.complete(answer(result.getResponse()));
    } else {
      Throwable cause =
          result.getRequestFailure() != null
              ? result.getRequestFailure()
              : result.getResponseFailure();
      answer.completeExceptionally(failure(cause));
    }
  }

  private HttpAnswer answer(Response response) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (HttpField field : response.getHeaders()) {
      headers.put(field.getName(), field.getValue());
    }
    byte[] exact = length == body.length ? body : Arrays.copyOf(body, length);
    return new HttpAnswer(response.getStatus(), headers, exact);
  }

  private HttpFailure failure(Throwable cause) {
    Kind kind = kind(cause);
    String what =
        switch (kind) {
          case NOT_CONNECTED -> "not connected";
          case TLS_REFUSED -> "TLS refused";
          case CLOSED -> "the transport was closed";
          case NOT_LET_OUT -> "not sent";
          case CONNECTION_LOST -> "the connection was lost after the request was sent";
          case TIMED_OUT -> "no complete answer within " + call.timeout().toMillis() + " ms";
        };
    return new HttpFailure(kind, address() + ": " + what + detail(kind, cause), cause);
  }

  private Kind kind(Throwable cause) {
    boolean sent = sent();
    if (refused && !sent) {
      return Kind.NOT_LET_OUT;
    }
    if (refusedByTls(cause, sent)) {
      return Kind.TLS_REFUSED;
    }
    if (!sent) {
      return transportClosed.getAsBoolean() ? Kind.CLOSED : Kind.NOT_CONNECTED;
    }
    return cause instanceof TimeoutException ? Kind.TIMED_OUT : Kind.CONNECTION_LOST;
  }

  /** True unless it is certain that not one byte of the request has left. */
  private boolean sent() {
    Connection bound = connection;
    if (bound == null) {
      return false;
    }
    if (committed) {
      return true;
    }
    if (secure() && !handshakeDone()) {
      return false;
    }
    CallEndPoint socket = socket(bound);
    return socket == null || socket.written() != writtenBefore;
  }

  private static boolean refusedByTls(Throwable cause, boolean sent) {
    for (Throwable c = cause; c != null; c = c.getCause()) {
      if (c instanceof SSLHandshakeException
          || c instanceof SSLPeerUnverifiedException
          || c instanceof CertificateException
          || (c instanceof SSLException && !sent)) {
        return true;
      }
    }
    return false;
  }

  private boolean handshakeDone() {
    Connection bound = connection;
    EndPoint.SslSessionData session = bound == null ? null : bound.getSslSessionData();
    // What the JDK names the session of an engine that has not agreed on anything yet.
    return session != null && !"SSL_NULL_WITH_NULL_NULL".equals(session.cipherSuite());
  }

  private boolean secure() {
    return "https".equalsIgnoreCase(call.uri().getScheme());
  }

  private static CallEndPoint socket(Connection bound) {
    return bound instanceof org.eclipse.jetty.io.Connection io
        ? CallEndPoint.of(io.getEndPoint())
        : null;
  }

  private String address() {
    URI uri = call.uri();
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  private static String detail(Kind kind, Throwable cause) {
    if (cause == null || kind == Kind.TIMED_OUT) {
      return "";
    }
    // The innermost cause says it in the JDK's words, for example "Connection refused".
    Throwable inner = cause;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    if (inner instanceof EOFException) {
      // Jetty's message is a picture of its connection.
      return ": closed by the peer";
    }
    if (inner instanceof UnknownHostException || inner instanceof UnresolvedAddressException) {
      return ": the name does not resolve";
    }
    String message = inner.getMessage();
    if (inner instanceof SocketException && message != null) {
      return ": " + message;
    }
    String name = inner.getClass().getSimpleName();
    return ": " + (message == null ? name : name + ": " + message.replaceAll("\\s+", " "));
  }
}
