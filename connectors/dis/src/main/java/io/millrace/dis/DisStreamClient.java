// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import io.millrace.dis.DisCalls.Entry;
import io.millrace.dis.DisCalls.Page;
import io.millrace.dis.DisCalls.Seek;
import io.millrace.dis.StreamState.Partition;
import io.millrace.dis.StreamState.Range;
import io.millrace.dis.StreamState.Status;
import io.millrace.http.Causes;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamWatch;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A stream of DIS. Keeps what is known of the stream, and nothing else. */
final class DisStreamClient implements StreamClient {

  private final DisStream stream;
  private final DisCalls calls;
  private final Clock clock;
  private final StreamWatch<StreamState> watch;

  DisStreamClient(DisStream stream, DisCalls calls, Clock clock) {
    this.stream = stream;
    this.calls = calls;
    this.clock = clock;
    this.watch =
        new StreamWatch<>(
            calls::stream, state -> List.of(state.id(), state.createdAt()), calls.words(), clock);
  }

  @Override
  public CompletableFuture<StreamDescription> describe() {
    return watch.now().thenApply(state -> new StreamDescription(stream.stream(), state.kind()));
  }

  /**
   * What has expired is not listed: it holds nothing, and when it comes back it begins at its
   * oldest record like a new one.
   */
  @Override
  public CompletableFuture<List<Shard>> shards() {
    return watch
        .now()
        .thenApply(
            state ->
                state.partitions().stream()
                    .filter(partition -> partition.status() != Status.EXPIRED)
                    .map(DisStreamClient::shard)
                    .toList());
  }

  private static Shard shard(Partition partition) {
    return new Shard(
        partition.id(),
        partition.number(),
        List.of(),
        partition.status() != Status.CREATING,
        partition.status() != Status.DELETED);
  }

  /** Base64 and JSON around the bytes that a fetch is bounded by. */
  @Override
  public long largestAnswer() {
    return 2L * stream.maxFetchBytes();
  }

  @Override
  public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
    if (start instanceof StartPosition.Latest) {
      return range(shard).thenCompose(range -> resolveLatest(shard, range));
    }
    if (start instanceof StartPosition.Sequences sequences) {
      Long sequence = sequences.byShard().get(shard);
      return sequence == null
          ? CompletableFuture.completedFuture(new StartPosition.Earliest())
          : resolveSequence(shard, sequence);
    }
    if (start instanceof StartPosition.Subscription) {
      return calls
          .checkpoint(stream.subscription().orElseThrow(), shard)
          .thenApply(DisLedger::next);
    }
    return CompletableFuture.completedFuture(start);
  }

  private CompletableFuture<Range> range(String shard) {
    return watch
        .recent()
        .thenApply(
            state ->
                state
                    .partition(shard)
                    .flatMap(Partition::range)
                    .orElseThrow(
                        () ->
                            calls.failure(
                                Kind.UNAVAILABLE,
                                shard,
                                "DIS does not tell its sequences at the moment",
                                null)));
  }

  /**
   * Whether the range ends with the newest record or behind it is not documented, so the newest is
   * read.
   */
  private CompletableFuture<StartPosition> resolveLatest(String shard, Range range) {
    long probed = Math.max(range.first(), range.next() - 1);
    return calls
        .cursor(shard, Seek.AT_SEQUENCE_NUMBER, probed)
        .thenCompose(cursor -> calls.records(shard, cursor, stream.maxFetchBytes()))
        .thenApply(page -> behindNewest(page, range))
        .exceptionallyCompose(
            failure ->
                DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                    ? CompletableFuture.completedFuture(new StartPosition.Earliest())
                    : CompletableFuture.failedFuture(failure));
  }

  private static StartPosition behindNewest(Page page, Range range) {
    Position newest = null;
    for (Entry entry : page.records()) {
      if (entry.sequence() <= range.next()) {
        newest = new Position(entry.sequence(), 0, entry.time());
      }
    }
    if (newest != null) {
      return new StartPosition.After(newest);
    }
    return range.next() == 0 ? new StartPosition.Earliest() : before(range.next());
  }

  /**
   * Behind the sequence before. One that has expired is no mistake: its first fetch will find the
   * loss; one that is yet to come is.
   */
  private CompletableFuture<StartPosition> resolveSequence(String shard, long sequence) {
    StartPosition start = before(sequence);
    return calls
        .cursor(shard, Seek.AT_SEQUENCE_NUMBER, sequence)
        .thenApply(found -> start)
        .exceptionallyCompose(
            failure -> {
              if (DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)) {
                return CompletableFuture.completedFuture(start);
              }
              return DisErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE)
                  ? range(shard).thenApply(range -> within(shard, sequence, range))
                  : CompletableFuture.failedFuture(failure);
            });
  }

  private StartPosition within(String shard, long sequence, Range range) {
    if (sequence <= range.next()) {
      return before(sequence);
    }
    throw calls.failure(
        Kind.FATAL,
        shard,
        "source.start-sequences: "
            + sequence
            + " is not accepted; accepted: a sequence that the partition has, or the next one, "
            + range.next(),
        null);
  }

  @Override
  public CompletableFuture<StartPosition> pin(String shard, StartPosition start) {
    if (start instanceof StartPosition.Earliest) {
      return range(shard).thenApply(range -> before(range.first()));
    }
    return start instanceof StartPosition.At at
        ? pinTime(shard, at)
        : CompletableFuture.completedFuture(start);
  }

  /** A time behind all records stays one. */
  private CompletableFuture<StartPosition> pinTime(String shard, StartPosition.At at) {
    return calls
        .cursor(shard, Seek.AT_TIMESTAMP, at.time())
        .thenCompose(cursor -> calls.records(shard, cursor, stream.maxFetchBytes()))
        .thenApply(page -> page.records().isEmpty() ? at : before(page.records().get(0).sequence()))
        .exceptionallyCompose(
            failure -> {
              boolean stays =
                  DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                      || Complaint.oldestTime(Causes.of(failure)).isPresent();
              return stays
                  ? CompletableFuture.completedFuture(at)
                  : CompletableFuture.failedFuture(failure);
            });
  }

  private static StartPosition before(long sequence) {
    return new StartPosition.After(new Position(sequence - 1, 0, 0));
  }

  @Override
  public ShardCursor open(String shard, int lane, StartPosition start) {
    if (start.isRelative()) {
      throw new IllegalArgumentException("resolve " + start + " first");
    }
    return new DisShardCursor(
        shard,
        lane,
        start,
        calls,
        watch,
        new RecordEncoder(stream.form()),
        stream.maxFetchBytes(),
        clock);
  }

  @Override
  public void close() {
    calls.close();
  }
}
