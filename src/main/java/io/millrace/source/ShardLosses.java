// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.model.Position;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.annotation.Internal;

/** The ways in which what a shard held can be gone before it was read, and what is said of each. */
@Internal
public final class ShardLosses {

  /** How far the clocks of a service's own machines may differ. */
  private static final Duration SERVICE_SKEW = Duration.ofSeconds(10);

  private static final String GO_ON = "; source.on-data-loss: earliest goes on without ";
  private static final String UNKNOWN = ", nobody knows how much, possibly nothing";

  private final String id;
  private final StreamWords words;

  /**
   * @param id of the shard
   */
  public ShardLosses(String id, StreamWords words) {
    this.id = id;
    this.words = words;
  }

  /**
   * Records have expired.
   *
   * @param first sequence that was to be read
   * @param oldest sequence that is still there
   */
  public StreamException expired(long first, long oldest) {
    return loss(
        "sequences "
            + first
            + " to "
            + (oldest - 1)
            + " are gone ("
            + (oldest - first)
            + "): they expired before they were read, because the "
            + words.shard()
            + " lags by more than "
            + words.keeping()
            + GO_ON
            + "them",
        oldest - first);
  }

  /**
   * The shard has expired as a whole.
   *
   * @param last sequence that was read; −1 before the first
   * @param newest sequence that the shard was seen to have; −1 where unknown
   * @param why it could
   */
  public StreamException gone(long last, long newest, String why) {
    long known = newest - last;
    return loss(
        "the "
            + words.shard()
            + " is gone with all that "
            + (last < 0 ? "it had" : "followed sequence " + last)
            + (known > 0 ? ", at least " + known + " records" : UNKNOWN)
            + ": "
            + why
            + GO_ON
            + "it",
        Math.max(1, known));
  }

  /**
   * Records from before a time are gone.
   *
   * @param oldest as the service says
   */
  public StreamException expiredTime(long start, long oldest) {
    return loss(
        "reading is to begin at "
            + Instant.ofEpochMilli(start)
            + ", and what was written before "
            + Instant.ofEpochMilli(oldest)
            + " has expired"
            + UNKNOWN
            + GO_ON
            + "it",
        1);
  }

  private StreamException loss(String what, long lost) {
    return StreamException.dataLoss(words.where(id) + what, lost);
  }

  /** The stream has other records at the place that was read last. */
  public StreamException recreated(Position last, long found) {
    return recreated(
        "read up to sequence "
            + last.sequence()
            + ", and "
            + words.service()
            + " has "
            + found
            + " next");
  }

  /**
   * A stream cannot be younger than a record of it that was read.
   *
   * @param createdAt milliseconds since the epoch; 0 where unknown
   * @throws StreamException when it is
   */
  public void requireSameStream(Position last, long createdAt) {
    if (last.time() > 0 && createdAt > last.time() + SERVICE_SKEW.toMillis()) {
      throw recreated(
          "read up to sequence "
              + last.sequence()
              + " of a "
              + words.stream()
              + " that is older than this one");
    }
  }

  private StreamException recreated(String seen) {
    return new StreamException(
        Kind.DATA_LOSS,
        words.where(id) + seen + ": " + words.recreated() + ", " + StreamWords.START_ANEW);
  }
}
