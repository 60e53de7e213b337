// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import io.millrace.datahub.DataHubCalls.Commit;
import io.millrace.datahub.DataHubCalls.Offset;
import io.millrace.http.Causes;
import io.millrace.http.HttpTransport;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.ledger.LedgerException.Kind;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The offsets of a subscription. Each shard has a session, opened by whoever took it over last, and
 * a version, which a reset moves on; a commit under another session or version is refused.
 */
final class DataHubLedger implements DeliveryLedger {

  /** As many as a topic may have shards: no request of a job comes near what DataHub takes. */
  private static final int MOST_TOGETHER = 256;

  private final DataHubCalls calls;
  private final String subscription;

  /** The session and version of each shard that was opened. */
  private final Map<String, Offset> held = new ConcurrentHashMap<>();

  DataHubLedger(DataHubCalls calls, String subscription) {
    this.calls = calls;
    this.subscription = subscription;
  }

  @Override
  public CompletableFuture<Entry> open(String shard) {
    return named(
        calls
            .openSession(subscription, shard)
            .thenApply(
                opened -> {
                  held.put(shard, opened);
                  return new Entry(next(opened), opened.version());
                }));
  }

  /**
   * The vendor's client sends sequence 0 for an offset that is reset to a time alone. Taken for a
   * time, it brings the first record once more at worst.
   */
  private static StartPosition next(Offset offset) {
    return offset.version() > 0 && offset.sequence() == 0 && offset.time() > 0
        ? new StartPosition.At(offset.time())
        : offset.next();
  }

  @Override
  public CompletableFuture<Void> write(String shard, Position delivered) {
    return write(Map.of(shard, delivered));
  }

  @Override
  public int mostTogether() {
    return MOST_TOGETHER;
  }

  @Override
  public CompletableFuture<Void> write(Map<String, Position> delivered) {
    Map<String, Commit> commits = new HashMap<>();
    delivered.forEach(
        (shard, position) -> {
          Offset session = held.get(shard);
          if (session == null) {
            throw new IllegalStateException("shard " + shard + " was not opened");
          }
          commits.put(shard, new Commit(position, session));
        });
    return named(calls.commit(subscription, commits));
  }

  @Override
  public CompletableFuture<Set<String>> moved(Collection<String> shards) {
    return named(
        calls
            .offsets(subscription, shards)
            .thenApply(
                offsets -> {
                  Set<String> moved = new HashSet<>();
                  offsets.forEach(
                      (shard, offset) -> {
                        Offset session = held.get(shard);
                        if (session != null && session.version() != offset.version()) {
                          moved.add(shard);
                        }
                      });
                  return moved;
                }));
  }

  private <T> CompletableFuture<T> named(CompletableFuture<T> answer) {
    Function<Throwable, CompletableFuture<T>> translated =
        failure -> CompletableFuture.failedFuture(translated(Causes.of(failure)));
    return answer.exceptionallyCompose(translated);
  }

  private LedgerException translated(Throwable failure) {
    return new LedgerException(
        kind(failure), "subscription " + subscription + ": " + failure.getMessage(), failure);
  }

  private static Kind kind(Throwable failure) {
    if (DataHubErrors.TABLE.is(failure, "OffsetSessionChanged")
        || DataHubErrors.TABLE.is(failure, "OffsetSessionClosed")) {
      return Kind.STOLEN;
    }
    if (DataHubErrors.TABLE.is(failure, "OffsetReseted")) {
      return Kind.MOVED;
    }
    if (DataHubErrors.TABLE.is(failure, DataHubErrors.NO_SUCH_SHARD)) {
      return Kind.GONE;
    }
    return failure instanceof StreamException refused
            && refused.kind() == StreamException.Kind.REFUSED
        ? Kind.REFUSED
        : Kind.UNAVAILABLE;
  }

  @Override
  public void close() {
    calls.close();
  }

  /** Opens the ledger of a topic's subscription. */
  record Factory(DataHubStream stream) implements DeliveryLedger.Factory {

    private static final long serialVersionUID = 1L;

    @Override
    public DeliveryLedger open(HttpTransport transport) {
      DataHubCalls calls = new DataHubCalls(stream, transport, Clock.systemUTC());
      return new DataHubLedger(calls, stream.subscriptionId());
    }

    @Override
    public String ledger() {
      return "subscription " + stream.subscriptionId() + " of " + stream.stream();
    }
  }
}
