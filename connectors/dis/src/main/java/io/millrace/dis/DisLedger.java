// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.http.Causes;
import io.millrace.http.HttpTransport;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.ledger.LedgerException.Kind;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The checkpoints of an app: of each partition the sequence of the last record consumed. DIS takes
 * them from everybody who asks, so nobody is fenced, and nobody's moving them shows.
 */
final class DisLedger implements DeliveryLedger {

  private final DisCalls calls;
  private final String app;

  DisLedger(DisCalls calls, String app) {
    this.calls = calls;
    this.app = app;
  }

  @Override
  public CompletableFuture<Entry> open(String shard) {
    return named(
        calls
            .checkpoint(app, shard)
            .exceptionallyCompose(failure -> nothingStored(failure))
            .thenApply(last -> new Entry(next(last), 0)));
  }

  /** An app that is not there is made; a partition that has expired has nothing to be skipped. */
  private CompletableFuture<OptionalLong> nothingStored(Throwable failure) {
    if (DisErrors.TABLE.is(failure, DisErrors.NO_SUCH_APP)) {
      return calls.createApp(app).thenApply(made -> OptionalLong.empty());
    }
    return DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
        ? CompletableFuture.completedFuture(OptionalLong.empty())
        : CompletableFuture.failedFuture(failure);
  }

  static StartPosition next(OptionalLong last) {
    return last.isEmpty()
        ? new StartPosition.Earliest()
        : new StartPosition.After(new Position(last.getAsLong(), 0, 0));
  }

  /** Of a partition that has expired meanwhile nobody will ask. */
  @Override
  public CompletableFuture<Void> write(String shard, Position delivered) {
    return named(
        calls
            .commit(app, shard, delivered.sequence())
            .exceptionallyCompose(
                failure ->
                    DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure)));
  }

  private <T> CompletableFuture<T> named(CompletableFuture<T> answer) {
    Function<Throwable, CompletableFuture<T>> translated =
        failure -> CompletableFuture.failedFuture(translated(Causes.of(failure)));
    return answer.exceptionallyCompose(translated);
  }

  private LedgerException translated(Throwable failure) {
    boolean refused =
        failure instanceof StreamException refusal
            && refusal.kind() == StreamException.Kind.REFUSED;
    return new LedgerException(
        refused ? Kind.REFUSED : Kind.UNAVAILABLE,
        "app " + app + ": " + failure.getMessage(),
        failure);
  }

  @Override
  public void close() {
    calls.close();
  }

  /** Opens the ledger of a stream's app. */
  record Factory(DisStream stream) implements DeliveryLedger.Factory {

    private static final long serialVersionUID = 1L;

    @Override
    public DeliveryLedger open(HttpTransport transport) {
      return new DisLedger(new DisCalls(stream, transport, Clock.systemUTC()), stream.app());
    }

    @Override
    public String ledger() {
      return "app " + stream.app() + " of " + stream.stream();
    }

    @Override
    public List<String> warnings() {
      return List.of(
          "app "
              + stream.app()
              + " can be written by anybody: DIS knows no owner of a checkpoint. What keeps two of"
              + " this job's tasks apart is the lease alone; no other job or program may use the"
              + " app");
    }
  }
}
