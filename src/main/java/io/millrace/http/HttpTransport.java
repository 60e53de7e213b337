// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.util.concurrent.CompletableFuture;

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

  /** Ends the calls under way, which fail or are cancelled. Does not wait for answers. */
  @Override
  void close();
}
