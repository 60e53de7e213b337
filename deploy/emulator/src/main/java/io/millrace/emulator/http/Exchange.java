// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A request whose body has arrived, and the one way in which it ends: answered, answered by half,
 * or cut. Ends may come from any thread and at any later time; only the first one counts.
 */
public final class Exchange {

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final byte[] body;
  private final AtomicBoolean ended = new AtomicBoolean();

  Exchange(Request request, Response response, Callback callback, byte[] body) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.body = body;
  }

  public String method() {
    return request.getMethod();
  }

  /** The path as it was sent, still encoded, without the query. */
  public String path() {
    return request.getHttpURI().getPath();
  }

  /** The path as it was sent with its query, which is what DataHub signs. */
  public String pathAndQuery() {
    return request.getHttpURI().getPathQuery();
  }

  /** The first value of a query parameter. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(Request.extractQueryParameters(request).getValue(name));
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** Visits all header lines in their order, names as they were sent. */
  public void forEachHeader(BiConsumer<String, String> visitor) {
    request.getHeaders().forEach(field -> visitor.accept(field.getName(), field.getValue()));
  }

  /** The body as it was sent; not a copy. */
  public byte[] body() {
    return body;
  }

  /** Address and port of the caller. */
  public String remote() {
    return Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request);
  }

  /** Answers. */
  public void answer(Answer answer) {
    answer(answer, () -> {});
  }

  /** Answers, and tells when the answer could not be written because the caller had gone. */
  public void answer(Answer answer, Runnable ifGone) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    prepare(answer);
    response.write(
        true,
        ByteBuffer.wrap(answer.body()),
        new Callback() {
          @Override
          public void succeeded() {
            callback.succeeded();
          }

          @Override
          public void failed(Throwable failure) {
            ifGone.run();
            callback.failed(failure);
          }
        });
  }

  /** Sends the answer's head and half of its body, then closes the connection. */
  public void truncate(Answer answer) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    prepare(answer);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
    response.write(
        false,
        ByteBuffer.wrap(answer.body(), 0, answer.body().length / 2),
        Callback.from(() -> close(false), failure -> close(false)));
  }

  /** Resets the connection without an answer. */
  public void cut() {
    if (ended.compareAndSet(false, true)) {
      close(true);
    }
  }

  private void prepare(Answer answer) {
    response.setStatus(answer.status());
    HttpFields.Mutable headers = response.getHeaders();
    answer.headers().forEach(headers::put);
  }

  private void close(boolean reset) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    if (reset && endPoint.getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException alreadyClosed) {
        // Then there is nothing left to reset.
      }
    }
    endPoint.close();
    // An exception of the quiet kind: a cut that was asked for is not to be logged as a failure.
    callback.failed(new EofException("cut"));
  }
}
