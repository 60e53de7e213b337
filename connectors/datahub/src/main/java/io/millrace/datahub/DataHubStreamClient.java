// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import io.millrace.datahub.DataHubCalls.Cursor;
import io.millrace.datahub.DataHubCalls.Offset;
import io.millrace.datahub.DataHubCalls.Seek;
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

/** A topic of DataHub. Keeps what is known of the topic, and nothing else. */
final class DataHubStreamClient implements StreamClient {

  /** DataHub's largest answer; enough for all records of the newest sequence. */
  private static final int NEWEST = 1000;

  private final DataHubStream stream;
  private final DataHubCalls calls;
  private final Clock clock;
  private final StreamWatch<Topic> watch;

  DataHubStreamClient(DataHubStream stream, DataHubCalls calls, Clock clock) {
    this.stream = stream;
    this.calls = calls;
    this.clock = clock;
    this.watch = new StreamWatch<>(calls::topic, Topic::createdAt, calls.words(), clock);
  }

  @Override
  public CompletableFuture<StreamDescription> describe() {
    CompletableFuture<Topic> topic = watch.now();
    return stream
        .subscription()
        .map(id -> topic.thenCombine(calls.subscription(id), (found, there) -> found))
        .orElse(topic)
        .thenApply(
            found -> {
              layout(found);
              String kind = found.blob() ? "BLOB" : "TUPLE, " + found.columns().size() + " columns";
              return new StreamDescription(stream.stream(), kind);
            });
  }

  /** Where the columns asked for are; fails when one is not there. */
  private RowLayout layout(Topic topic) {
    try {
      return RowLayout.of(topic, stream.form());
    } catch (IllegalArgumentException e) {
      throw calls.failure(Kind.FATAL, "", e.getMessage(), null);
    }
  }

  /** Looks with each listing whether the topic is still the same. */
  @Override
  public CompletableFuture<List<Shard>> shards() {
    return watch.now().thenApply(this::layout).thenCompose(layout -> calls.shards());
  }

  @Override
  public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
    if (start instanceof StartPosition.Latest) {
      return resolveLatest(shard);
    }
    if (start instanceof StartPosition.Sequences sequences) {
      Long sequence = sequences.byShard().get(shard);
      return sequence == null
          ? CompletableFuture.completedFuture(new StartPosition.Earliest())
          : resolveSequence(shard, sequence);
    }
    if (start instanceof StartPosition.Subscription) {
      String id = stream.subscription().orElseThrow();
      return calls.offset(id, shard).thenApply(Offset::next);
    }
    return CompletableFuture.completedFuture(start);
  }

  private CompletableFuture<StartPosition> resolveLatest(String shard) {
    // DataHub's LATEST is the newest record itself, and an empty shard looks like one with a
    // single record: only reading tells.
    return calls
        .cursor(shard, Seek.LATEST)
        .thenCompose(cursor -> calls.records(shard, cursor.text(), NEWEST))
        .thenApply(DataHubStreamClient::behindFirstSequence)
        .exceptionallyCompose(
            failure ->
                DataHubErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                    ? CompletableFuture.completedFuture(new StartPosition.At(clock.millis()))
                    : CompletableFuture.failedFuture(Causes.of(failure)));
  }

  /** What follows the first sequence of the answer came after the question. */
  private static StartPosition behindFirstSequence(GetRecordsResponse answer) {
    if (answer.getRecordsCount() == 0) {
      return new StartPosition.Earliest();
    }
    RecordEntry first = answer.getRecords(0);
    int index = 0;
    while (index + 1 < answer.getRecordsCount()
        && answer.getRecords(index + 1).getSequence() == first.getSequence()) {
      index++;
    }
    return new StartPosition.After(new Position(first.getSequence(), index, first.getSystemTime()));
  }

  /**
   * Behind the sequence before. One that has expired is no mistake: its first fetch will find the
   * loss; one that is yet to come is.
   */
  private CompletableFuture<StartPosition> resolveSequence(String shard, long sequence) {
    StartPosition start = before(sequence);
    return calls
        .cursor(shard, Seek.SEQUENCE, sequence)
        .exceptionallyCompose(
            failure ->
                // Whether the place behind the newest record can be sought is not documented.
                DataHubErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE) && sequence > 0
                    ? calls.cursor(shard, Seek.SEQUENCE, sequence - 1)
                    : CompletableFuture.failedFuture(Causes.of(failure)))
        .thenApply(found -> start)
        .exceptionallyCompose(
            failure -> {
              if (DataHubErrors.TABLE.is(failure, Meaning.END_OF_SHARD)) {
                return CompletableFuture.completedFuture(start);
              }
              return DataHubErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE)
                  ? calls
                      .cursor(shard, Seek.OLDEST)
                      .thenApply(oldest -> expired(shard, sequence, oldest.sequence(), start))
                  : CompletableFuture.failedFuture(Causes.of(failure));
            });
  }

  private StartPosition expired(String shard, long sequence, long oldest, StartPosition start) {
    if (oldest > sequence) {
      return start;
    }
    throw calls.failure(
        Kind.FATAL,
        shard,
        "source.start-sequences: "
            + sequence
            + " is not accepted; accepted: a sequence that the shard has, or the next one",
        null);
  }

  @Override
  public CompletableFuture<StartPosition> pin(String shard, StartPosition start) {
    if (start instanceof StartPosition.Earliest) {
      return pin(start, calls.cursor(shard, Seek.OLDEST));
    }
    return start instanceof StartPosition.At at
        ? pin(start, calls.cursor(shard, Seek.SYSTEM_TIME, at.time()))
        : CompletableFuture.completedFuture(start);
  }

  /**
   * A time that is yet to come stays one, and a closed shard without records has nothing to pin.
   */
  private static CompletableFuture<StartPosition> pin(
      StartPosition start, CompletableFuture<Cursor> sought) {
    return sought
        .thenApply(found -> found.sequence() < 0 ? start : before(found.sequence()))
        .exceptionallyCompose(
            failure ->
                DataHubErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE)
                        || DataHubErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                    ? CompletableFuture.completedFuture(start)
                    : CompletableFuture.failedFuture(Causes.of(failure)));
  }

  private static StartPosition before(long sequence) {
    return new StartPosition.After(new Position(sequence - 1, Integer.MAX_VALUE, 0));
  }

  @Override
  public ShardCursor open(String shard, int lane, StartPosition start) {
    if (start.isRelative()) {
      throw new IllegalArgumentException("resolve " + start + " first");
    }
    RecordEncoder encoder = new RecordEncoder(shard, stream.form());
    return new DataHubShardCursor(shard, lane, start, calls, watch, this::layout, encoder, clock);
  }

  @Override
  public void close() {
    calls.close();
  }
}
