// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.source.StreamException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What is known of the stream, asked for by all partitions together. Notices when it was deleted
 * and created again. Safe for several threads.
 */
final class StreamWatch {

  static final String RECREATED = "the stream was deleted and created again";

  static final String RESTART =
      "and the new ones have the ids of others: start the trigger anew, without a savepoint";

  /** For so long an answer serves all partitions. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final DisCalls calls;
  private final Clock clock;
  private CompletableFuture<StreamState> asked;
  private long askedAt;
  private StreamState first;
  private StreamState last;

  StreamWatch(DisCalls calls, Clock clock) {
    this.calls = calls;
    this.clock = clock;
  }

  /** The stream as it was moments ago. */
  synchronized CompletableFuture<StreamState> recent() {
    boolean usable = asked != null && !asked.isCompletedExceptionally();
    return usable && clock.millis() - askedAt < FRESH.toMillis() ? asked : now();
  }

  /** The stream as it was told last, at once; asks again where that is some time ago. */
  synchronized Optional<StreamState> glance() {
    boolean answered = asked != null && asked.isDone();
    if (asked == null || (answered && clock.millis() - askedAt >= FRESH.toMillis())) {
      var unused = now();
    }
    return Optional.ofNullable(last);
  }

  /** The stream as it is. */
  synchronized CompletableFuture<StreamState> now() {
    askedAt = clock.millis();
    asked = calls.stream().thenApply(this::same);
    return asked;
  }

  private synchronized StreamState same(StreamState state) {
    if (first == null) {
      first = state;
    }
    if (!state.id().equals(first.id()) || state.createdAt() != first.createdAt()) {
      throw calls.failure(
          Kind.DATA_LOSS,
          "",
          RECREATED + "; records of the former stream that were not read are gone, " + RESTART,
          null);
    }
    last = state;
    return state;
  }
}
