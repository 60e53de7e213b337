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
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardLosses;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamErrors.Meaning;
import io.millrace.source.StreamException.Kind;
import io.millrace.source.StreamWatch;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one partition. What counts is the position of the last record handed out: DIS's cursor,
 * which lives for five minutes, is only a shortcut to what follows it, and is made anew from the
 * position.
 *
 * <p>DIS bounds an answer by bytes and not by records: what an answer has beyond the records asked
 * for is kept and handed out next.
 *
 * <p>Used by one fetch at a time; the caller's wait for a fetch orders the threads.
 */
final class DisShardCursor implements ShardCursor {

  private static final Logger LOG = LoggerFactory.getLogger(DisShardCursor.class);

  /** No less is asked for: records of one partition differ in size. */
  private static final long LEAST_BYTES = 64 << 10;

  private final String partition;
  private final int lane;
  private final StartPosition start;
  private final DisCalls calls;
  private final ShardLosses losses;
  private final StreamWatch<StreamState> watch;
  private final RecordEncoder encoder;
  private final long maxFetchBytes;
  private final Clock clock;

  /** When it was opened: what was listed before may be of a partition that is in service again. */
  private final long opened;

  /** Of the last record handed out, or where to start behind; null before. */
  private Position position;

  /** DIS's cursor to go on with; null when one has to be sought. */
  private String cursor;

  /** Fetched, and to be handed out before anything else is fetched. */
  private final Deque<ShardRecord> rest = new ArrayDeque<>();

  /** True when the time to start at has expired, and that was accepted. */
  private boolean fromOldest;

  /** What the last listing said of the sequences; null before. */
  private Range listed;

  /** True once a listing had the partition out of service: nothing follows what it holds. */
  private boolean deleted;

  /** Of what was fetched last; 0 where nothing is known, and the next may be of any size. */
  private long bytesPerRecord;

  private boolean warned;

  /** How to go on behind the loss that was told; null when none was. */
  private Runnable afterLoss;

  private boolean ended;

  DisShardCursor(
      String partition,
      int lane,
      StartPosition start,
      DisCalls calls,
      StreamWatch<StreamState> watch,
      RecordEncoder encoder,
      long maxFetchBytes,
      Clock clock) {
    this.partition = partition;
    this.lane = lane;
    this.start = start;
    this.calls = calls;
    this.losses = new ShardLosses(partition, calls.words());
    this.watch = watch;
    this.encoder = encoder;
    this.maxFetchBytes = maxFetchBytes;
    this.clock = clock;
    this.opened = watch.moment();
    this.position = start instanceof StartPosition.After after ? after.position() : null;
  }

  @Override
  public CompletableFuture<Fetch> fetch(int maxRecords) {
    if (ended) {
      return CompletableFuture.completedFuture(end());
    }
    if (!rest.isEmpty()) {
      return CompletableFuture.completedFuture(handOut(maxRecords));
    }
    return prepared()
        .thenCompose(ready -> fetch(maxRecords, true))
        .exceptionallyCompose(
            failure ->
                DisErrors.TABLE.is(failure, Meaning.END_OF_SHARD)
                    ? CompletableFuture.completedFuture(expired())
                    : CompletableFuture.failedFuture(Causes.of(failure)));
  }

  @Override
  public void acceptLoss() {
    if (afterLoss == null) {
      throw new IllegalStateException("partition " + partition + ": no loss was told");
    }
    afterLoss.run();
    afterLoss = null;
  }

  /** Before a place is sought: whether it is still of the same stream. */
  private CompletableFuture<Void> prepared() {
    return cursor != null || position == null
        ? CompletableFuture.completedFuture(null)
        : watch.recent().thenAccept(state -> losses.requireSameStream(position, state.createdAt()));
  }

  private CompletableFuture<Fetch> fetch(int maxRecords, boolean mayRenew) {
    return cursor != null
        ? read(maxRecords, mayRenew)
        : seek()
            .thenCompose(
                found -> {
                  cursor = found;
                  return read(maxRecords, mayRenew);
                });
  }

  private CompletableFuture<Fetch> read(int maxRecords, boolean mayRenew) {
    long bytes = bytes(maxRecords);
    return calls
        .records(partition, cursor, bytes)
        .thenApply(page -> take(page, maxRecords, bytes))
        .exceptionallyCompose(
            failure -> {
              if (!DisErrors.TABLE.is(failure, Meaning.EXPIRED_CURSOR)) {
                return CompletableFuture.failedFuture(Causes.of(failure));
              }
              cursor = null;
              return mayRenew
                  ? fetch(maxRecords, false)
                  : CompletableFuture.failedFuture(Causes.of(failure));
            });
  }

  /** What so many records are likely to take: what comes beyond them has to be kept. */
  private long bytes(int maxRecords) {
    return bytesPerRecord == 0
        ? maxFetchBytes
        : Math.min(maxFetchBytes, Math.max(LEAST_BYTES, maxRecords * bytesPerRecord));
  }

  private Fetch take(Page page, int maxRecords, long bytes) {
    List<ShardRecord> records = records(page);
    // Only now: an answer that cannot be taken must leave everything as it was.
    cursor = page.next().orElse(null);
    rest.addAll(records);
    if (page.records().isEmpty()) {
      return nothing(bytes);
    }
    long size = page.records().stream().mapToLong(entry -> entry.data().length()).sum();
    // Base64 counts here and bytes on the wire: so much the more is left for larger records.
    bytesPerRecord = 1 + size / page.records().size();
    look();
    return handOut(maxRecords);
  }

  private List<ShardRecord> records(Page page) {
    long fetchedAt = clock.millis();
    List<ShardRecord> records = new ArrayList<>(page.records().size());
    long last = -1;
    for (Entry entry : page.records()) {
      if (entry.sequence() <= last) {
        throw calls.failure(
            Kind.FATAL, partition, "sequence " + entry.sequence() + " came after " + last, null);
      }
      last = entry.sequence();
      if (position == null || last > position.sequence()) {
        byte[] body = encoder.encode(entry, fetchedAt);
        records.add(new ShardRecord(partition, lane, last, 0, entry.time(), body, false));
      }
    }
    return records;
  }

  private Fetch handOut(int maxRecords) {
    List<ShardRecord> records = new ArrayList<>(Math.min(maxRecords, rest.size()));
    while (records.size() < maxRecords && !rest.isEmpty()) {
      records.add(rest.poll());
    }
    if (!records.isEmpty()) {
      position = records.get(records.size() - 1).position();
    }
    return new Fetch(records, false, false, newest(), OptionalLong.of(behind()));
  }

  /** The fetch brought nothing: DIS had nothing more, or no record that is small enough. */
  private Fetch nothing(long bytes) {
    bytesPerRecord = 0;
    if (bytes < maxFetchBytes) {
      return new Fetch(List.of(), false, false, newest(), OptionalLong.of(behind()));
    }
    if (deleted) {
      ended = true;
      return end();
    }
    warnIfStuck();
    look();
    return new Fetch(List.of(), true, false, newest(), OptionalLong.of(behind()));
  }

  /** What was listed before this fetch should have come with it. */
  private void warnIfStuck() {
    if (behind() > 0 && !warned) {
      warned = true;
      LOG.warn(
          "{}: DIS gives nothing behind sequence {}, and lists records up to {}: one that is larger"
              + " than source.fetch.max-bytes, {}, is never given",
          partition,
          next() - 1,
          listed.next() - 1,
          maxFetchBytes);
    }
  }

  /** Takes in what is known of the partition; does not wait for a listing that is slow. */
  private void look() {
    Optional<Partition> known = watch.glance(opened).flatMap(state -> state.partition(partition));
    known.ifPresent(
        now -> {
          deleted = now.status() == Status.DELETED || (deleted && now.status() == Status.EXPIRED);
          now.range().ifPresent(range -> listed = range);
        });
  }

  /** The sequence to be handed out next, at least. */
  private long next() {
    return position == null ? 0 : position.sequence() + 1;
  }

  private long behind() {
    return listed == null ? 0 : Math.max(0, listed.next() - Math.max(next(), listed.first()));
  }

  private Optional<Position> newest() {
    return behind() > 0
        ? Optional.of(new Position(listed.next() - 1, 0, -1))
        : Optional.ofNullable(position);
  }

  private Fetch end() {
    return new Fetch(List.of(), true, true, Optional.ofNullable(position), OptionalLong.of(0));
  }

  /** The partition holds nothing any more. */
  private Fetch expired() {
    look();
    boolean unread =
        position == null
            ? listed != null && listed.next() > listed.first()
            : !(deleted && listed != null && next() >= listed.next());
    if (unread) {
      afterLoss = () -> ended = true;
      long first = listed == null ? next() : Math.max(next(), listed.first());
      throw losses.gone(
          first - 1,
          listed == null ? -1 : listed.next() - 1,
          "the stream was scaled down, and the partition was not read to its end within the"
              + " stream's retention");
    }
    ended = true;
    return end();
  }

  // ---- places ----

  private CompletableFuture<String> seek() {
    if (position != null) {
      return seekBehind(position);
    }
    if (start instanceof StartPosition.At at && !fromOldest) {
      return seekTime(at.time());
    }
    return calls.cursor(partition, Seek.TRIM_HORIZON);
  }

  private CompletableFuture<String> seekTime(long time) {
    return calls
        .cursor(partition, Seek.AT_TIMESTAMP, time)
        .exceptionallyCompose(
            failure -> {
              OptionalLong oldest = Complaint.oldestTime(Causes.of(failure));
              if (oldest.isEmpty()) {
                return CompletableFuture.failedFuture(failure);
              }
              afterLoss = () -> fromOldest = true;
              return CompletableFuture.failedFuture(losses.expiredTime(time, oldest.getAsLong()));
            });
  }

  private CompletableFuture<String> seekBehind(Position last) {
    long next = last.sequence() + 1;
    return calls
        .cursor(partition, Seek.AT_SEQUENCE_NUMBER, next)
        .exceptionallyCompose(
            failure ->
                DisErrors.TABLE.is(failure, Meaning.OUT_OF_RANGE)
                    ? range(failure).thenCompose(range -> outOf(range, last))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Range> range(Throwable refusal) {
    Throwable told = Causes.of(refusal);
    return Complaint.range(told)
        .map(CompletableFuture::completedFuture)
        .orElseGet(
            () ->
                watch
                    .now()
                    .thenApply(
                        state ->
                            state
                                .partition(partition)
                                .flatMap(Partition::range)
                                .orElseThrow(
                                    () ->
                                        calls.failure(
                                            Kind.UNAVAILABLE,
                                            partition,
                                            told.getMessage(),
                                            told))));
  }

  private CompletableFuture<String> outOf(Range range, Position last) {
    long next = last.sequence() + 1;
    if (next < range.first()) {
      afterLoss =
          () -> {
            position = new Position(range.first() - 1, 0, 0);
            cursor = null;
          };
      throw losses.expired(next, range.first());
    }
    // Whether the place behind the newest record can be sought, and which of the two is told, is
    // not documented.
    if (next > range.next() + 1 || last.sequence() < 0) {
      throw losses.recreated(last, range.next());
    }
    return calls.cursor(partition, Seek.AFTER_SEQUENCE_NUMBER, last.sequence());
  }
}
