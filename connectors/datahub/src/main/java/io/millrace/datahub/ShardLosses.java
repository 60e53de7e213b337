// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.model.Position;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways in which what a shard held can be gone before it was read, and what is said of each. */
final class ShardLosses {

  private static final Logger LOG = LoggerFactory.getLogger(ShardLosses.class);

  /** How far the clocks of DataHub's own machines may differ. */
  private static final Duration SERVICE_SKEW = Duration.ofSeconds(10);

  private static final String GO_ON = "; source.on-data-loss: earliest goes on without ";

  private final String shard;
  private final DataHubCalls calls;

  ShardLosses(String shard, DataHubCalls calls) {
    this.shard = shard;
    this.calls = calls;
  }

  /** Records have expired. */
  StreamException expired(long first, long oldest) {
    return calls.loss(
        shard,
        "sequences "
            + first
            + " to "
            + (oldest - 1)
            + " are gone ("
            + (oldest - first)
            + "): they expired before they were read, because the shard lags by more than the"
            + " topic's lifecycle"
            + GO_ON
            + "them",
        oldest - first);
  }

  /**
   * The shard has expired as a whole.
   *
   * @param last sequence that was read; −1 before the first
   * @param newest sequence that the shard was seen to have; −1 where unknown
   */
  StreamException gone(long last, long newest) {
    long known = newest - last;
    return calls.loss(
        shard,
        "the shard is gone with all that "
            + (last < 0 ? "it had" : "followed sequence " + last)
            + (known > 0
                ? ", at least " + known + " records"
                : ", nobody knows how much, possibly nothing")
            + ": it was closed, and expired before it was read to its end"
            + GO_ON
            + "it",
        Math.max(1, known));
  }

  /** A closed shard ends, and DataHub no longer has the place behind which it was to be read. */
  void warnOfDoubtfulEnd(Position last) {
    LOG.warn(
        "{}the shard is closed and holds nothing behind {}, and DataHub does not tell whether it"
            + " ever did: what it had there has expired unread",
        calls.where(shard),
        last.sequence() < 0 ? "its beginning" : "sequence " + last.sequence());
  }

  /** The topic has other records at the place that was read last. */
  StreamException recreated(Position last, long found) {
    return recreated(
        "read up to sequence " + last.sequence() + ", and DataHub has " + found + " next");
  }

  /**
   * A topic cannot be younger than a record of it that was read.
   *
   * @throws StreamException when it is
   */
  void requireSameTopic(Position last, Topic topic) {
    if (last.time() > 0 && topic.createdAt() > last.time() + SERVICE_SKEW.toMillis()) {
      throw recreated(
          "read up to sequence " + last.sequence() + " of a topic that is older than this one");
    }
  }

  private StreamException recreated(String seen) {
    return calls.failure(
        Kind.DATA_LOSS,
        shard,
        seen + ": " + TopicWatch.RECREATED + ", " + TopicWatch.RESTART,
        null);
  }
}
