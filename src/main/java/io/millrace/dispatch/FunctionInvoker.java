// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.PublicEvolving;

/**
 * One function of one cloud. Safe for use by several threads; never blocks; makes exactly one
 * request for one call of {@link #invoke}.
 */
@PublicEvolving
public interface FunctionInvoker extends AutoCloseable {

  /**
   * Invokes the function once.
   *
   * @return completes with an outcome, whatever happens; never exceptionally
   */
  CompletableFuture<Outcome> invoke(Invocation invocation);

  /**
   * Asks the service about the function and runs nothing. A connector that cannot ask tells
   * nothing.
   *
   * @return never completes exceptionally
   */
  default CompletableFuture<FunctionDescription> describe() {
    return CompletableFuture.completedFuture(
        new FunctionDescription.Withheld("this type of function is not described"));
  }

  /** Gives up what the invoker holds. The transport is not the invoker's. */
  @Override
  void close();

  /**
   * One attempt to deliver one envelope.
   *
   * @param shard of the records
   * @param event the rendered envelope; not to be written into
   * @param attempt from 1
   */
  record Invocation(String shard, byte[] event, int attempt) {}

  /** Opens invokers; travels in the job graph, so it holds references to secrets and no secret. */
  interface Factory extends Serializable {

    /** Opens an invoker on the transport of the job. Does no I/O. */
    FunctionInvoker open(HttpTransport transport);

    /** The function's full name, for messages. */
    String function();

    /** How long an invocation may run at most; after that its call is given up. */
    Duration timeout();

    /**
     * How long the service lets a caller wait. A run that takes longer goes on, and for its caller
     * it is of unknown fate. Empty where a caller is let wait for as long as a function may run.
     */
    default Optional<Duration> gatewayTimeout() {
      return Optional.empty();
    }

    /** The largest event the function takes, in bytes. */
    int maxEventSize();

    /**
     * Questions to the function's cloud; none where there are none.
     *
     * @param invoke whether the function may be invoked, once, with an event without records
     */
    default Inquiry inquiry(HttpTransport transport, boolean invoke) {
      return findings -> {};
    }

    /** What the user should know of these settings before they are used, a line each. */
    default List<String> warnings() {
      return List.of();
    }
  }
}
