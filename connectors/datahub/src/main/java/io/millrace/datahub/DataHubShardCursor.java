// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import io.millrace.datahub.DataHubCalls.Cursor;
import io.millrace.datahub.DataHubCalls.Seek;
import io.millrace.http.Causes;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardLosses;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamWatch;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads one shard. What counts is the position of the last record handed out: DataHub's cursor is
 * only a shortcut to what follows it, and is made anew from the position when it expires.
 *
 * <p>Used by one fetch at a time; the caller's wait for a fetch orders the threads.
 *
 * <p>A position is sought at its own sequence, and what was handed out before is dropped again:
 * records written as one batch share a sequence, and a crash may have come in their middle.
 */
final class DataHubShardCursor implements ShardCursor {

  /** How far the clocks of this machine and of DataHub may differ. */
  private static final Duration SKEW = Duration.ofMinutes(10);

  /** DataHub's cursor of a shard without records. */
  private static final String EMPTY_SHARD = "3" + "0".repeat(31);

  /** A shard that is unknown and unlisted so often in a row is gone, and not just new. */
  private static final int GONE_AFTER = 5;

  private final String shard;
  private final int lane;
  private final StartPosition start;
  private final DataHubCalls calls;
  private final ShardLosses losses;
  private final StreamWatch<Topic> watch;
  private final Function<Topic, RowLayout> layouts;
  private final RecordEncoder encoder;
  private final Clock clock;

  /** Of the last record handed out, or where to start behind; null before. */
  private Position position;

  /** Of the last record of DataHub's answers since the last seek, dropped ones included. */
  private Position read;

  /** DataHub's cursor to go on with; null when one has to be sought. */
  private String cursor;

  /** True when it was not certain after a seek that nothing lies between position and cursor. */
  private boolean unsure;

  /** Of the newest record that DataHub told of; −1 before. */
  private long newest = -1;

  /** True once a listing had the shard as closed. */
  private boolean closed;

  /** True when the newest record was told after that: none follows it. */
  private boolean newestIsLast;

  /** How often in a row DataHub did not know the shard. */
  private int unknown;

  /** How to go on behind the loss that was told; null when none was. */
  private Runnable afterLoss;

  private Topic laidOut;
  private RowLayout layout;
  private boolean ended;

  DataHubShardCursor(
      String shard,
      int lane,
      StartPosition start,
      DataHubCalls calls,
      StreamWatch<Topic> watch,
      Function<Topic, RowLayout> layouts,
      RecordEncoder encoder,
      Clock clock) {
    this.shard = shard;
    this.lane = lane;
    this.start = start;
    this.calls = calls;
    this.losses = new ShardLosses(shard, calls.words());
    this.watch = watch;
    this.layouts = layouts;
    this.encoder = encoder;
    this.clock = clock;
    this.position = start instanceof StartPosition.After after ? after.position() : null;
  }

  @Override
  public CompletableFuture<Fetch> fetch(int maxRecords) {
    if (ended) {
      return CompletableFuture.completedFuture(end());
    }
    boolean seeks = cursor == null && position != null;
    return (seeks ? watch.recent() : watch.known())
        .thenCompose(known -> fetch(known, maxRecords, true))
        .thenApply(
            fetch -> {
              unknown = 0;
              return fetch;
            })
        .exceptionallyCompose(
            failure -> {
              Throwable cause = Causes.of(failure);
              if (DataHubErrors.TABLE.is(cause, Meaning.END_OF_SHARD)) {
                return endIfClosed(cause);
              }
              return DataHubErrors.TABLE.is(cause, DataHubErrors.NO_SUCH_SHARD)
                  ? goneIfUnlisted(cause)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  @Override
  public void acceptLoss() {
    if (afterLoss == null) {
      throw new IllegalStateException("shard " + shard + ": no loss was told");
    }
    afterLoss.run();
    afterLoss = null;
  }

  private CompletableFuture<Fetch> fetch(Topic known, int maxRecords, boolean mayRenew) {
    if (cursor != null) {
      return read(known, maxRecords, mayRenew);
    }
    if (position != null) {
      losses.requireSameStream(position, known.createdAt());
    }
    return seek()
        .thenCompose(
            found ->
                found
                    ? read(known, maxRecords, mayRenew)
                    : CompletableFuture.completedFuture(nothingYet()));
  }

  private CompletableFuture<Fetch> read(Topic known, int maxRecords, boolean mayRenew) {
    return calls
        .records(shard, cursor, maxRecords)
        .thenCompose(answer -> take(known, answer))
        .exceptionallyCompose(
            failure -> {
              if (!DataHubErrors.TABLE.is(failure, Meaning.EXPIRED_CURSOR)) {
                return CompletableFuture.failedFuture(Causes.of(failure));
              }
              cursor = null;
              return mayRenew
                  ? watch.now().thenCompose(newer -> fetch(newer, maxRecords, false))
                  : CompletableFuture.failedFuture(Causes.of(failure));
            });
  }

  /** Asks for the topic again where a row has columns that it did not have. */
  private CompletableFuture<Fetch> take(Topic known, GetRecordsResponse answer) {
    int longest = 0;
    for (RecordEntry entry : answer.getRecordsList()) {
      longest = Math.max(longest, entry.getData().getDataCount());
    }
    return known.blob() || layout(known).covers(longest)
        ? CompletableFuture.completedFuture(taken(known, answer))
        : watch.now().thenApply(newer -> taken(newer, answer));
  }

  private RowLayout layout(Topic topic) {
    if (topic != laidOut) {
      layout = layouts.apply(topic);
      laidOut = topic;
    }
    return layout;
  }

  private byte[] encoded(RecordEntry entry, Topic topic) {
    if (!topic.blob()) {
      return encoder.row(entry, layout(topic));
    }
    if (!encoder.canHold(entry)) {
      throw calls.failure(
          Kind.FATAL,
          shard,
          "record "
              + entry.getSequence()
              + " is not UTF-8 text, and source.blob-encoding: utf8 would change it; accepted:"
              + " base64, or a savepoint behind the record",
          null);
    }
    return encoder.blob(entry);
  }

  private Fetch taken(Topic known, GetRecordsResponse answer) {
    List<ShardRecord> records = new ArrayList<>(answer.getRecordsCount());
    Position last = read;
    for (RecordEntry entry : answer.getRecordsList()) {
      Position at = following(last, entry);
      if (position == null || at.compareTo(position) > 0) {
        byte[] body = encoded(entry, known);
        records.add(
            new ShardRecord(shard, lane, at.sequence(), at.index(), at.time(), body, false));
      }
      last = at;
    }
    // Only now: an answer that cannot be taken must leave everything as it was.
    read = last;
    if (!records.isEmpty()) {
      position = records.get(records.size() - 1).position();
    }
    boolean nothingFollowed =
        answer.getRecordsCount() == 0 && answer.getNextCursor().equals(cursor);
    cursor = answer.getNextCursor();
    return fetch(records, nothingFollowed, answer);
  }

  /**
   * The place of a record; fails when it cannot follow.
   *
   * @param last the record before it since the last seek, or null
   */
  private Position following(Position last, RecordEntry entry) {
    long sequence = entry.getSequence();
    if (last != null) {
      if (sequence < last.sequence()) {
        throw calls.failure(
            Kind.FATAL, shard, "sequence " + sequence + " came after " + last.sequence(), null);
      }
      int index = sequence == last.sequence() ? last.index() + 1 : 0;
      return new Position(sequence, index, entry.getSystemTime());
    }
    if (position != null && sequence < position.sequence()) {
      throw losses.recreated(position, sequence);
    }
    if (unsure && sequence > position.sequence() + 1) {
      throw lost(sequence);
    }
    return new Position(sequence, 0, entry.getSystemTime());
  }

  private Fetch fetch(
      List<ShardRecord> records, boolean nothingFollowed, GetRecordsResponse answer) {
    newest = answer.getLatestSequence();
    newestIsLast = closed;
    if (newest < 0) {
      return new Fetch(records, nothingFollowed, false, Optional.empty(), lag(nothingFollowed));
    }
    Position latest = new Position(newest, 0, answer.getLatestTime());
    if (position == null) {
      return new Fetch(records, nothingFollowed, false, Optional.of(latest), lag(nothingFollowed));
    }
    long behind = Math.max(0, newest - position.sequence());
    boolean caughtUp = nothingFollowed || behind == 0;
    return new Fetch(records, caughtUp, false, Optional.of(latest), OptionalLong.of(behind));
  }

  private static OptionalLong lag(boolean nothingFollowed) {
    return nothingFollowed ? OptionalLong.of(0) : OptionalLong.empty();
  }

  private Fetch nothingYet() {
    return new Fetch(List.of(), true, false, Optional.empty(), OptionalLong.empty());
  }

  private Fetch end() {
    return new Fetch(List.of(), true, true, Optional.ofNullable(position), OptionalLong.of(0));
  }

  /** Finds the cursor of what is to be read next; false when its time has not come yet. */
  private CompletableFuture<Boolean> seek() {
    if (position != null) {
      return seekBehind(position);
    }
    if (start instanceof StartPosition.At at) {
      return seekTime(at.time());
    }
    return calls.cursor(shard, Seek.OLDEST).thenApply(this::at);
  }

  private boolean at(Cursor found) {
    cursor = found.text();
    read = null;
    unsure = false;
    return true;
  }

  /** DataHub refuses a time that it has not reached yet. */
  private CompletableFuture<Boolean> seekTime(long time) {
    return calls
        .cursor(shard, Seek.SYSTEM_TIME, time)
        .thenApply(this::at)
        .exceptionallyCompose(
            failure ->
                outOfRange(failure) && time > clock.millis() - SKEW.toMillis()
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.failedFuture(Causes.of(failure)));
  }

  private CompletableFuture<Boolean> seekBehind(Position last) {
    if (last.sequence() < 0) {
      return calls.cursor(shard, Seek.OLDEST).thenApply(oldest -> atOldest(last, oldest));
    }
    return seekSequence(last, last.sequence())
        .exceptionallyCompose(ifOutOfRange(() -> seekSequence(last, last.sequence() + 1)))
        .exceptionallyCompose(
            ifOutOfRange(
                () ->
                    calls.cursor(shard, Seek.OLDEST).thenApply(oldest -> atOldest(last, oldest))));
  }

  private CompletableFuture<Boolean> seekSequence(Position last, long sequence) {
    return calls
        .cursor(shard, Seek.SEQUENCE, sequence)
        .thenApply(
            found -> {
              if (found.sequence() > last.sequence() + 1) {
                throw lost(found.sequence());
              }
              return at(found);
            });
  }

  /** DataHub knows neither the last record nor a place behind it. */
  private boolean atOldest(Position last, Cursor oldest) {
    boolean empty = oldest.text().equals(EMPTY_SHARD);
    if (!empty && oldest.sequence() > last.sequence() + 1) {
      throw lost(oldest.sequence());
    }
    if (!empty && oldest.sequence() >= 0 && oldest.sequence() <= last.sequence()) {
      throw losses.recreated(position, oldest.sequence());
    }
    at(oldest);
    // The first record that comes will tell whether something is missing before it.
    unsure = true;
    return true;
  }

  private static Function<Throwable, CompletableFuture<Boolean>> ifOutOfRange(
      Supplier<CompletableFuture<Boolean>> otherwise) {
    return failure ->
        outOfRange(failure) ? otherwise.get() : CompletableFuture.failedFuture(Causes.of(failure));
  }

  private static boolean outOfRange(Throwable failure) {
    return DataHubErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE);
  }

  private StreamException lost(long oldest) {
    afterLoss =
        () -> {
          position = new Position(oldest - 1, Integer.MAX_VALUE, 0);
          cursor = null;
        };
    return losses.expired(position.sequence() + 1, oldest);
  }

  /** A closed shard leaves the list when its records have expired, read or not. */
  private CompletableFuture<Fetch> goneIfUnlisted(Throwable refusal) {
    return calls
        .shards()
        .thenCompose(
            shards -> {
              Optional<Shard> listed =
                  shards.stream().filter(each -> each.id().equals(shard)).findFirst();
              closed |= listed.isPresent() && !listed.get().open();
              unknown = listed.isPresent() ? 0 : unknown + 1;
              if (unknown < GONE_AFTER) {
                return CompletableFuture.failedFuture(refusal);
              }
              if (newestIsLast && position != null && position.sequence() >= newest) {
                ended = true;
                return CompletableFuture.completedFuture(end());
              }
              // Else having read the newest proves nothing: that answer may be days old.
              afterLoss = () -> ended = true;
              long last = position == null ? -1 : position.sequence();
              return CompletableFuture.failedFuture(
                  losses.gone(
                      last, newest, "it was closed, and expired before it was read to its end"));
            });
  }

  private CompletableFuture<Fetch> endIfClosed(Throwable sealed) {
    return calls
        .shards()
        .thenCompose(
            shards -> {
              // A closed shard leaves the list when its records have expired.
              boolean open =
                  shards.stream().anyMatch(listed -> listed.id().equals(shard) && listed.open());
              if (open) {
                return CompletableFuture.failedFuture(sealed);
              }
              if (endIsDoubtful()) {
                DoubtfulEnd.warn(calls.words().where(shard), position);
              }
              ended = true;
              return CompletableFuture.completedFuture(end());
            });
  }

  /** True when a place was sought and not found, and no record has shown since that it is there. */
  private boolean endIsDoubtful() {
    return position != null && (cursor == null || (unsure && read == null));
  }
}
