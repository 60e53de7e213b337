// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.source.StreamException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.annotation.Internal;

/**
 * What is known of a stream, asked for by all of its shards together. Notices when the stream was
 * deleted and created again. Safe for use by several threads.
 *
 * @param <T> the stream, as its cloud describes it
 */
@Internal
public final class StreamWatch<T> {

  /** For so long an answer serves all shards. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final Supplier<CompletableFuture<T>> ask;
  private final Function<T, Object> identity;
  private final StreamWords words;
  private final Clock clock;
  private CompletableFuture<T> asked;
  private long askedAt;
  private long questions;
  private Object first;
  private T last;

  /** The number of the question that {@link #last} answers. */
  private long answered;

  /**
   * @param ask asks once
   * @param identity of a stream, not of its name
   * @param words for what is said of it
   */
  public StreamWatch(
      Supplier<CompletableFuture<T>> ask,
      Function<T, Object> identity,
      StreamWords words,
      Clock clock) {
    this.ask = ask;
    this.identity = identity;
    this.words = words;
    this.clock = clock;
  }

  /** The stream as it was at some time since the watch began. */
  public synchronized CompletableFuture<T> known() {
    return usable() ? asked : now();
  }

  /** The stream as it was moments ago. */
  public synchronized CompletableFuture<T> recent() {
    return usable() && fresh() ? asked : now();
  }

  /** The present moment, for {@link #glance}. */
  public synchronized long moment() {
    return questions;
  }

  /**
   * The stream as it was told last, at once, if that was asked after a moment; asks again where it
   * was not, or is some time ago.
   *
   * @param since a {@link #moment}
   */
  public synchronized Optional<T> glance(long since) {
    if (questions <= since || (asked.isDone() && !fresh())) {
      var unused = now();
    }
    return answered > since ? Optional.of(last) : Optional.empty();
  }

  /** The stream as it is. */
  public synchronized CompletableFuture<T> now() {
    askedAt = clock.millis();
    long number = ++questions;
    asked = ask.get().thenApply(stream -> same(stream, number));
    return asked;
  }

  private boolean usable() {
    return asked != null && !asked.isCompletedExceptionally();
  }

  private boolean fresh() {
    return clock.millis() - askedAt < FRESH.toMillis();
  }

  private synchronized T same(T stream, long number) {
    Object its = identity.apply(stream);
    if (first == null) {
      first = its;
    }
    if (!its.equals(first)) {
      throw new StreamException(
          Kind.DATA_LOSS,
          words.where("")
              + words.recreated()
              + "; records of the former "
              + words.stream()
              + " that were not read are gone, "
              + StreamWords.START_ANEW);
    }
    if (number > answered) {
      last = stream;
      answered = number;
    }
    return stream;
  }
}
