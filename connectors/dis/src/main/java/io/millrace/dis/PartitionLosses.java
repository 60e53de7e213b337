// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.model.Position;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.time.Instant;

/** The ways in which what a partition held can be gone before it was read. */
final class PartitionLosses {

  /** How far the clocks of DIS's own machines may differ. */
  private static final Duration SERVICE_SKEW = Duration.ofSeconds(10);

  private static final String GO_ON = "; source.on-data-loss: earliest goes on without ";

  private final String partition;
  private final DisCalls calls;

  PartitionLosses(String partition, DisCalls calls) {
    this.partition = partition;
    this.calls = calls;
  }

  /** Records have expired. */
  StreamException expired(long first, long oldest) {
    return calls.loss(
        partition,
        "sequences "
            + first
            + " to "
            + (oldest - 1)
            + " are gone ("
            + (oldest - first)
            + "): they expired before they were read, because the partition lags by more than the"
            + " stream's retention"
            + GO_ON
            + "them",
        oldest - first);
  }

  /**
   * The partition has expired as a whole.
   *
   * @param next sequence that was to be read
   * @param end the sequence behind its last one, as far as is known
   */
  StreamException expiredWhole(long next, long end) {
    long known = end - next;
    return calls.loss(
        partition,
        "the partition has expired with all that "
            + (next == 0 ? "it had" : "followed sequence " + (next - 1))
            + (known > 0
                ? ", at least " + known + " records"
                : ", nobody knows how much, possibly nothing")
            + ": the stream was scaled down, and the partition was not read to its end within the"
            + " stream's retention"
            + GO_ON
            + "it",
        Math.max(1, known));
  }

  /**
   * Records from before a time are gone.
   *
   * @param oldest as DIS says
   */
  StreamException expiredTime(long start, long oldest) {
    return calls.loss(
        partition,
        "reading is to begin at "
            + Instant.ofEpochMilli(start)
            + ", and what was written before "
            + Instant.ofEpochMilli(oldest)
            + " has expired, nobody knows how much, possibly nothing"
            + GO_ON
            + "it",
        1);
  }

  /** The stream has other records at the place that was read last. */
  StreamException recreated(Position last, long found) {
    return recreated("read up to sequence " + last.sequence() + ", and DIS has " + found + " next");
  }

  /**
   * A stream cannot be younger than a record of it that was read.
   *
   * @throws StreamException when it is
   */
  void requireSameStream(Position last, StreamState state) {
    if (last.time() > 0 && state.createdAt() > last.time() + SERVICE_SKEW.toMillis()) {
      throw recreated(
          "read up to sequence " + last.sequence() + " of a stream that is older than this one");
    }
  }

  private StreamException recreated(String seen) {
    return calls.failure(
        Kind.DATA_LOSS,
        partition,
        seen + ": " + StreamWatch.RECREATED + ", " + StreamWatch.RESTART,
        null);
  }
}
