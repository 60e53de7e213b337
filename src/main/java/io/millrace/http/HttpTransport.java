// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Sends requests without blocking. One call of {@link #send} is at most one request on the wire:
 * nothing is re-sent, no redirect is followed. TLS peers are verified, name included.
 *
 * <p>Safe for use by several threads. Answers are completed on the transport's own threads.
 */
public interface HttpTransport extends AutoCloseable {

  /**
   * Sends one request and collects its answer.
   *
   * @return completes exceptionally with {@link HttpFailure}, and with nothing else; cancelling it
   *     ends the call: what was not sent never will be, and the connection of what was is cut
   */
  CompletableFuture<HttpAnswer> send(HttpCall call);

  /**
   * Sends one request, unless it may not be sent any more at the moment at which it would go out. A
   * call can wait for its connection, and its process can be frozen meanwhile.
   *
   * @param permit asked right before each part of the request is written, several times, on any
   *     thread; a call that is refused before its first byte fails as {@link
   *     HttpFailure.Kind#NOT_LET_OUT}, one that is refused later, and so never is complete, as
   *     {@link HttpFailure.Kind#CONNECTION_LOST}
   */
  default CompletableFuture<HttpAnswer> send(HttpCall call, BooleanSupplier permit) {
    return permit.getAsBoolean()
        ? send(call)
        : CompletableFuture.failedFuture(
            new HttpFailure(HttpFailure.Kind.NOT_LET_OUT, call.uri() + ": may not be sent", null));
  }

  /** This transport, for calls that all need the same permit. Closing it closes this one. */
  default HttpTransport with(BooleanSupplier permit) {
    HttpTransport all = this;
    return new HttpTransport() {
      @Override
      public CompletableFuture<HttpAnswer> send(HttpCall call) {
        return all.send(call, permit);
      }

      @Override
      public void close() {
        all.close();
      }
    };
  }

  /** Ends the calls under way, which fail or are cancelled. Does not wait for answers. */
  @Override
  void close();
}
