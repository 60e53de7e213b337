// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.http.HttpTransport;
import io.millrace.inquiry.Inquiry;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.PublicEvolving;

/**
 * One stream of one cloud. No method blocks; every future completes exceptionally with a {@link
 * StreamException} when the stream refuses or cannot be reached. Safe for use by several threads.
 *
 * <p>A client re-sends nothing by itself: when to try again is the caller's decision.
 */
@PublicEvolving
public interface StreamClient extends AutoCloseable {

  /** Describes the stream; fails where it does not exist or may not be read. */
  CompletableFuture<StreamDescription> describe();

  /** All shards the stream lists at this moment, ended ones included. */
  CompletableFuture<List<Shard>> shards();

  /**
   * Turns a {@linkplain StartPosition#isRelative relative} position into one that means the same
   * later on; returns every other position as it is.
   */
  CompletableFuture<StartPosition> resolve(String shard, StartPosition start);

  /**
   * Turns a place that moves as records expire into the one that it is now, so that whoever reads
   * from there later finds out what has expired in between; returns every other place as it is. A
   * stream that keeps all its records has nothing to pin.
   *
   * @param start not {@linkplain StartPosition#isRelative relative}
   */
  default CompletableFuture<StartPosition> pin(String shard, StartPosition start) {
    return CompletableFuture.completedFuture(start);
  }

  /** Bytes that one answer to a fetch holds at most, as far as is known. */
  default long largestAnswer() {
    return 4 << 20;
  }

  /**
   * Begins to read a shard. Does no I/O: what is wrong shows in the first fetch.
   *
   * @param lane the key of the shard's lane, put into every record
   */
  ShardCursor open(String shard, int lane, StartPosition start);

  /** Gives up what the client holds; calls under way fail. The transport is not the client's. */
  @Override
  void close();

  /** Reads one shard, one fetch after another; never two at once. */
  interface ShardCursor {

    /**
     * Fetches what follows. After a failed fetch the same call asks for the same records again; an
     * expired cursor of the cloud's is renewed inside, from the position reached.
     *
     * @param maxRecords at most so many records, at least 1
     */
    CompletableFuture<Fetch> fetch(int maxRecords);

    /**
     * After a fetch failed because {@linkplain StreamException#lost records are gone}: gives them
     * up, so that the next fetch goes on behind them.
     */
    default void acceptLoss() {
      throw new UnsupportedOperationException("no loss was told");
    }
  }

  /**
   * What one fetch brought.
   *
   * @param records in order
   * @param caughtUp true when the stream had nothing more at that moment; the reader then waits a
   *     little before it asks again
   * @param ended true when the shard is closed and has been read to its end; {@code records} may
   *     still hold the last ones
   * @param latest the newest record the stream has in this shard, where the answer tells
   * @param lagRecords how many records the stream has behind the last one of this fetch, where the
   *     answer tells
   */
  record Fetch(
      List<ShardRecord> records,
      boolean caughtUp,
      boolean ended,
      Optional<Position> latest,
      OptionalLong lagRecords) {

    public Fetch {
      records = List.copyOf(records);
    }
  }

  /**
   * A stream in a few words, for {@code check} and the log.
   *
   * @param name the stream's full name, for example {@code test_project/test_topic}
   * @param kind what it holds, for example {@code TUPLE, 3 columns}
   */
  record StreamDescription(String name, String kind) {}

  /** Opens clients; travels in the job graph, so it holds references to secrets and no secret. */
  interface Factory extends Serializable {

    /** Opens a client on the transport of the job. Does no I/O. */
    StreamClient open(HttpTransport transport);

    /** The stream's full name, for messages. */
    String stream();

    /**
     * True when a shard that takes no records any more can be {@linkplain Shard#open open} again
     * later, and then goes on behind its last record.
     */
    default boolean reopens() {
      return false;
    }

    /** The subscription that {@link StartPosition.Subscription} asks, where one is named. */
    default Optional<String> subscription() {
      return Optional.empty();
    }

    /** The option that names the subscription, for messages. */
    default String subscriptionOption() {
      return "source.subscription";
    }

    /** Questions to the stream's cloud; none where there are none. */
    default Inquiry inquiry(HttpTransport transport) {
      return findings -> {};
    }
  }
}
