// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.credentials.CredentialsProvider.MissingCredentialException;
import io.millrace.http.Causes;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpFailure;
import io.millrace.http.HttpTransport;
import io.millrace.http.OneLine;
import io.millrace.source.StreamException.Kind;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.flink.annotation.Internal;

/**
 * Sends the requests of one client, each with the credentials of its moment. What brings no answer
 * fails with a {@link StreamException}; so does what is under way when it is closed. Safe for use
 * by several threads.
 */
@Internal
public final class StreamRequests {

  private final HttpTransport transport;
  private final CredentialsProvider credentials;
  private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();
  private volatile boolean closed;

  public StreamRequests(HttpTransport transport, CredentialsProvider credentials) {
    this.transport = transport;
    this.credentials = credentials;
  }

  /**
   * Sends one request.
   *
   * @param where the beginning of messages
   * @param request with what lets it in
   * @param answered takes the answer with the credentials that it may repeat, and completes the
   *     result in either way
   */
  public <T> CompletableFuture<T> send(
      String where, Function<Credentials, HttpCall> request, Answered<T> answered) {
    Credentials now;
    try {
      now = credentials.get();
    } catch (RuntimeException e) {
      String line = e instanceof MissingCredentialException ? e.getMessage() : e.toString();
      return CompletableFuture.failedFuture(
          new StreamException(Kind.REFUSED, where + "credentials: " + OneLine.of(line), e));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    long id = number.incrementAndGet();
    underWay.put(id, result);
    if (closed) {
      underWay.remove(id);
      return CompletableFuture.failedFuture(over(where));
    }
    BiConsumer<HttpAnswer, Throwable> settle =
        (answer, failure) -> {
          underWay.remove(id);
          if (failure != null) {
            result.completeExceptionally(noAnswer(where, Causes.of(failure)));
            return;
          }
          try {
            result.complete(answered.read(answer, now));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        };
    var unused = transport.send(request.apply(now)).whenComplete(settle);
    return result;
  }

  /** Reads an answer. */
  @FunctionalInterface
  public interface Answered<T> {

    /**
     * Reads an answer, whatever its status.
     *
     * @throws StreamException that says what is wrong with it
     */
    T read(HttpAnswer answer, Credentials credentials);
  }

  private static StreamException noAnswer(String where, Throwable cause) {
    Kind kind = cause instanceof HttpFailure http ? kind(http.kind()) : Kind.UNAVAILABLE;
    return new StreamException(kind, where + OneLine.of(String.valueOf(cause.getMessage())), cause);
  }

  private static Kind kind(HttpFailure.Kind failure) {
    return switch (failure) {
      case TLS_REFUSED -> Kind.REFUSED;
      case NOT_CONNECTED, CLOSED, NOT_LET_OUT, CONNECTION_LOST, TIMED_OUT -> Kind.UNAVAILABLE;
    };
  }

  private static StreamException over(String where) {
    return new StreamException(Kind.UNAVAILABLE, where + "the client is closed");
  }

  /**
   * Fails what is under way and what is still to come.
   *
   * @param where the beginning of messages
   */
  public void close(String where) {
    closed = true;
    underWay.values().forEach(call -> call.completeExceptionally(over(where)));
  }
}
