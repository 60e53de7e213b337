// SPDX-License-Identifier: Apache-2.0
package io.millrace.ledger;

import io.millrace.http.HttpTransport;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.PublicEvolving;

/**
 * A store of delivered positions, one for each shard of a stream. Every call is one request, made
 * asynchronously, and fails with a {@link LedgerException}. Safe for use by several threads.
 *
 * <p>A shard is {@linkplain #open opened} before it is written, which fences those who opened it
 * before, where the store can fence. The newest write wins: the store takes positions in any order,
 * also ones behind those it has. The caller has at most one call under way for a shard, and decides
 * when to try again.
 */
@PublicEvolving
public interface DeliveryLedger extends AutoCloseable {

  /** Takes the shard over and tells where it stands. */
  CompletableFuture<Entry> open(String shard);

  /**
   * Stores where the shard stands.
   *
   * @param delivered the last record delivered, with its time
   */
  CompletableFuture<Void> write(String shard, Position delivered);

  /** How many shards one request can write; 1 where the store takes one at a time. */
  default int mostTogether() {
    return 1;
  }

  /**
   * Stores where several shards stand, with one request. When it fails, nobody knows of which shard
   * that was, nor which others are stored; the caller then writes each for itself.
   *
   * @param delivered the last record delivered of each shard, {@link #mostTogether} of them at most
   */
  default CompletableFuture<Void> write(Map<String, Position> delivered) {
    throw new UnsupportedOperationException("the ledger takes one shard at a time");
  }

  /**
   * Which of these opened shards were moved by somebody else since they were opened: an operator
   * who reset an offset. A store that cannot tell finds none.
   */
  default CompletableFuture<Set<String>> moved(Collection<String> shards) {
    return CompletableFuture.completedFuture(Set.of());
  }

  /** Gives up what the ledger holds; calls under way fail. The transport is not the ledger's. */
  @Override
  void close();

  /**
   * Where a shard stands in the ledger.
   *
   * @param next what is to be delivered next: {@link StartPosition.After} the last record
   *     delivered; {@link StartPosition.At} where an operator chose a time; {@link
   *     StartPosition.Earliest} when nothing was ever stored
   * @param version changes when somebody moves the shard by hand, and only then; 0 where the store
   *     has no such number
   */
  record Entry(StartPosition next, long version) {
    public Entry {
      if (next.isRelative()) {
        throw new IllegalArgumentException("not a position that stays: " + next);
      }
    }
  }

  /** Opens ledgers; travels in the job graph, so it holds references to secrets and no secret. */
  interface Factory extends Serializable {

    /** Opens a ledger on the transport of the job. Does no I/O. */
    DeliveryLedger open(HttpTransport transport);

    /** The ledger in a few words, for messages: {@code subscription 15… of /projects/…}. */
    String ledger();

    /** What the user should know of this ledger before it is used, a line each. */
    default List<String> warnings() {
      return List.of();
    }
  }
}
