// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.source.StreamException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What is known of the topic, asked for by all shards together. Notices when it was deleted and
 * created again, by the time of its creation. Safe for several threads.
 */
final class TopicWatch {

  /** For so long an answer serves the shards that begin together. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final DataHubCalls calls;
  private final Clock clock;
  private CompletableFuture<Topic> asked;
  private long askedAt;
  private Topic first;

  TopicWatch(DataHubCalls calls, Clock clock) {
    this.calls = calls;
    this.clock = clock;
  }

  /** The topic as it was at some time since the client was opened. */
  synchronized CompletableFuture<Topic> known() {
    return usable() ? asked : now();
  }

  /** The topic as it was moments ago. */
  synchronized CompletableFuture<Topic> recent() {
    return usable() && clock.millis() - askedAt < FRESH.toMillis() ? asked : now();
  }

  /** The topic as it is. */
  synchronized CompletableFuture<Topic> now() {
    askedAt = clock.millis();
    asked = calls.topic().thenApply(this::same);
    return asked;
  }

  private boolean usable() {
    return asked != null && !asked.isCompletedExceptionally();
  }

  private synchronized Topic same(Topic topic) {
    if (first == null) {
      first = topic;
    }
    if (topic.createdAt() != first.createdAt()) {
      throw calls.failure(
          Kind.DATA_LOSS,
          "",
          RECREATED + "; records of the former topic that were not read are gone, " + RESTART,
          null);
    }
    return topic;
  }

  static final String RECREATED = "the topic was deleted and created again";

  static final String RESTART =
      "and the new ones have the ids of others: start the trigger anew, without a savepoint";
}
