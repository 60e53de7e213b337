// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.dispatch.lane.Backoff;
import io.millrace.http.Causes;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;
import io.millrace.source.SourceOptions.OnDataLoss;
import io.millrace.source.SourceSettings;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException;
import io.millrace.source.runtime.Unrecoverable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of all shards of a reader: one under way for each shard at most, none for a shard
 * whose gate is closed, none beyond the budget. A shard that fails or is caught up waits by itself.
 *
 * <p>Confined to the fetcher thread, but for {@link #post}, {@link #wake} and {@link #emitted}:
 * answers, and what other threads have to say, come in as mail. Nothing here is checkpointed.
 */
final class ShardFetches {

  private static final Logger LOG = LoggerFactory.getLogger(ShardFetches.class);

  private static final Backoff TROUBLED =
      new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final Backoff REFUSED = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60));

  /** What a record is taken to need until a shard has shown some. */
  private static final long FIRST_GUESS = 1024;

  /** So many records are asked for of a shard that had none moments ago, and never any. */
  private static final int PROBE = 16;

  /** Memory of a record beside its body: the objects around it. */
  private static final long RECORD_OVERHEAD = 96;

  /** With so many portions of a shard not emitted, its next fetch waits. */
  private static final int MOST_UNEMITTED = 2;

  private final StreamClient client;
  private final TaskLink link;
  private final SourceSettings settings;
  private final Moves moves;
  private final FetchBudget budget;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Troubles troubles = new Troubles();

  private final BlockingQueue<Runnable> mail = new LinkedBlockingQueue<>();
  private final Map<String, ShardFetch> shards = new HashMap<>();

  /** Shards that were moved after they were assigned and before they came here. */
  private final Map<String, Moved> movedEarly = new HashMap<>();

  /** Shards that may be fetched as soon as the budget allows, first come first served. */
  private final Queue<ShardFetch> runnable = new ArrayDeque<>();

  private final Queue<ShardFetch> timed =
      new PriorityQueue<>(Comparator.comparingLong(shard -> shard.due));

  private final Set<ShardFetch> gated = new LinkedHashSet<>();
  private final List<Portion> fetched = new ArrayList<>();
  private final Set<String> retired = new HashSet<>();
  private final AtomicLong lag = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  /**
   * @param moves of the shards; only handed on
   * @param nanoTime the clock, like {@link System#nanoTime}
   */
  ShardFetches(
      StreamClient client,
      TaskLink link,
      SourceSettings settings,
      Moves moves,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.client = client;
    this.link = link;
    this.settings = settings;
    this.moves = moves;
    this.budget = new FetchBudget(settings.fetchBuffer());
    this.nanoTime = nanoTime;
    this.random = random;
  }

  private record Moved(ShardSplit split, int epoch) {}

  /** One shard: what is under way, what is not emitted, and when it is fetched next. */
  private static final class ShardFetch {
    private final ShardSplit split;
    private final StreamClient.ShardCursor cursor;
    private final int epoch;
    private long bytesPerRecord = FIRST_GUESS;

    /** What its lane has room for; twice as much with each fetch that did not fill it. */
    private int wanted = Integer.MAX_VALUE;

    private long reserved;
    private long due;
    private long lastSequence;
    private long lag;
    private int failures;
    private int unemitted;
    private boolean parked;
    private boolean gone;

    /** True once it brought records, whose size is then a guess at that of others. */
    private boolean shown;

    /** True when its last fetch found it empty, and it was fetched on without a break. */
    private boolean idle;

    private ShardFetch(ShardSplit split, StreamClient.ShardCursor cursor, int epoch) {
      this.split = split;
      this.cursor = cursor;
      this.epoch = epoch;
      this.lastSequence =
          split.next() instanceof StartPosition.After after ? after.position().sequence() : -1;
    }

    private String id() {
      return split.shard();
    }
  }

  // ---- any thread ----

  /** Has something done on the fetcher thread. */
  void post(Runnable letter) {
    mail.add(letter);
  }

  /** Has the fetcher thread look again what it may do. */
  void wake() {
    post(() -> {});
  }

  /** The records of a portion are all emitted. */
  void emitted(Portion portion) {
    if (moves.isCurrent(portion.shard(), portion.epoch())) {
      link.report(portion.shard(), portion.reached());
    }
    post(() -> settle(portion));
  }

  /** Records that the stream has and that were not fetched, over all shards. */
  long lagRecords() {
    return lag.get();
  }

  /** Records that expired unread and were given up, since the reader was opened. */
  long lostRecords() {
    return lost.get();
  }

  // ---- the fetcher thread ----

  /** Begins to fetch a shard; of a finished one, brings its end again. */
  void add(ShardSplit split) {
    Moved moved = movedEarly.remove(split.shard());
    if (moved == null) {
      add(split, 0);
    } else {
      add(moved.split(), moved.epoch());
    }
  }

  /** Fetches a shard from somewhere else; what was fetched of it is dropped when it is emitted. */
  void move(ShardSplit split, int epoch) {
    ShardFetch before = shards.remove(split.shard());
    if (before == null) {
      movedEarly.put(split.shard(), new Moved(split, epoch));
    } else {
      forget(before);
      add(split, epoch);
    }
  }

  private void add(ShardSplit split, int epoch) {
    ShardFetch shard =
        new ShardFetch(split, client.open(split.shard(), split.lane(), split.next()), epoch);
    shards.put(split.shard(), shard);
    ShardProgress reached =
        new ShardProgress(split.lane(), shard.lastSequence, -1, -1, split.parents());
    link.report(split.shard(), reached);
    if (split.finished()) {
      hand(shard, List.of(ShardRecord.endOf(split.shard(), split.lane())), 0, reached);
    } else {
      runnable.add(shard);
    }
  }

  /** Forgets a shard, and has its split forgotten. */
  void retire(String id) {
    ShardFetch shard = shards.remove(id);
    if (shard != null) {
      forget(shard);
      retired.add(id);
    }
  }

  private void forget(ShardFetch shard) {
    shard.gone = true;
    runnable.remove(shard);
    timed.remove(shard);
    gated.remove(shard);
    lag.addAndGet(-shard.lag);
  }

  /**
   * Reads the mail and begins the fetches that may begin.
   *
   * @return what was fetched since the last time
   * @throws RuntimeException when a shard cannot be read on; the job is to fail with it
   */
  Portions advance() {
    for (Runnable letter = mail.poll(); letter != null; letter = mail.poll()) {
      letter.run();
    }
    wakeTimed();
    openGates();
    begin();
    Portions portions =
        new Portions(List.copyOf(fetched), Set.copyOf(retired), moves, this::emitted);
    fetched.clear();
    retired.clear();
    return portions;
  }

  /** Portions without any. */
  Portions nothing() {
    return new Portions(List.of(), Set.of(), moves, portion -> {});
  }

  /** Waits until there is mail or a fetch is due. */
  void await() throws InterruptedException {
    ShardFetch next = timed.peek();
    Runnable letter =
        next == null
            ? mail.take()
            : mail.poll(Math.max(0, next.due - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
    if (letter != null) {
      letter.run();
    }
  }

  /** Bytes fetched and not emitted, and expected of the fetches under way. */
  long bytesTaken() {
    return budget.taken();
  }

  private void wakeTimed() {
    long now = nanoTime.getAsLong();
    while (!timed.isEmpty() && timed.peek().due - now <= 0) {
      runnable.add(timed.poll());
    }
  }

  private void openGates() {
    for (Iterator<ShardFetch> each = gated.iterator(); each.hasNext(); ) {
      ShardFetch shard = each.next();
      if (link.isOpen(shard.id())) {
        each.remove();
        runnable.add(shard);
      }
    }
  }

  private void begin() {
    for (ShardFetch shard = runnable.peek(); shard != null; shard = runnable.peek()) {
      if (!link.isOpen(shard.id())) {
        shard.idle = false;
        gated.add(runnable.poll());
      } else if (shard.unemitted >= MOST_UNEMITTED) {
        runnable.poll().parked = true;
      } else if (!begin(shard)) {
        return;
      } else {
        runnable.poll();
      }
    }
  }

  /**
   * Begins the next fetch of a shard; false when the budget does not allow it now. A shard that has
   * shown no record may bring the largest answer there is: all shards do, when a job goes on after
   * days. One that was empty moments ago is only probed, so that idle shards need no room.
   */
  private boolean begin(ShardFetch shard) {
    boolean probes = shard.idle && !shard.shown;
    long fitting = budget.share(shards.size()) / shard.bytesPerRecord;
    link.takeRoom(shard.id()).ifPresent(room -> shard.wanted = room);
    int most = Math.min(probes ? PROBE : shard.wanted, settings.fetchMaxRecords());
    int maxRecords = (int) Math.max(1, Math.min(most, fitting));
    long expected =
        shard.shown || probes
            ? maxRecords * shard.bytesPerRecord
            : Math.min(client.largestAnswer(), settings.fetchBuffer());
    if (!budget.reserve(expected)) {
      return false;
    }
    shard.reserved = expected;
    shard.wanted = (int) Math.min(2L * shard.wanted, Integer.MAX_VALUE);
    CompletableFuture<StreamClient.Fetch> answer;
    try {
      answer = shard.cursor.fetch(maxRecords);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    var unused =
        answer.whenComplete((fetch, failure) -> post(() -> answered(shard, fetch, failure)));
    return true;
  }

  private void answered(ShardFetch shard, StreamClient.Fetch fetch, Throwable failure) {
    long size = failure == null ? size(fetch.records()) : 0;
    budget.settle(shard.reserved, shard.gone ? 0 : size);
    shard.reserved = 0;
    if (shard.gone) {
      return;
    }
    if (failure != null) {
      failed(shard, failure);
      return;
    }
    shard.failures = 0;
    troubles.succeeded(shard.id());
    take(shard, fetch, size);
    if (!fetch.ended()) {
      schedule(shard, fetch.caughtUp() ? settings.idleWait().toNanos() : 0);
    }
  }

  private static long size(List<ShardRecord> records) {
    long size = 0;
    for (ShardRecord record : records) {
      size += record.body().length + RECORD_OVERHEAD;
    }
    return size;
  }

  private void take(ShardFetch shard, StreamClient.Fetch fetch, long size) {
    List<ShardRecord> records = fetch.records();
    shard.idle = records.isEmpty() && fetch.caughtUp();
    if (!records.isEmpty()) {
      shard.shown = true;
      shard.lastSequence = records.get(records.size() - 1).sequence();
      // Larger records count at once, smaller ones little by little.
      long seen = size / records.size();
      shard.bytesPerRecord = Math.max(seen, (7 * shard.bytesPerRecord + seen) / 8);
    }
    long behind = fetch.lagRecords().orElse(0);
    lag.addAndGet(behind - shard.lag);
    shard.lag = behind;
    ShardProgress reached =
        new ShardProgress(
            shard.split.lane(),
            shard.lastSequence,
            fetch.latest().map(Position::sequence).orElse(-1L),
            fetch.latest().map(Position::time).orElse(-1L),
            shard.split.parents());
    if (fetch.ended()) {
      List<ShardRecord> withEnd = new ArrayList<>(records);
      withEnd.add(ShardRecord.endOf(shard.id(), shard.split.lane()));
      hand(shard, withEnd, size, reached);
    } else if (!records.isEmpty()) {
      hand(shard, records, size, reached);
    } else if (shard.unemitted == 0) {
      link.report(shard.id(), reached);
    }
  }

  private void hand(ShardFetch shard, List<ShardRecord> records, long size, ShardProgress reached) {
    shard.unemitted++;
    fetched.add(new Portion(shard.id(), records, size, shard.epoch, reached));
  }

  private void settle(Portion portion) {
    budget.settle(portion.bytes(), 0);
    ShardFetch shard = shards.get(portion.shard());
    if (shard != null && shard.epoch == portion.epoch()) {
      shard.unemitted--;
      if (shard.parked) {
        shard.parked = false;
        runnable.add(shard);
      }
    }
  }

  private void failed(ShardFetch shard, Throwable failure) {
    Throwable cause = Causes.of(failure);
    if (!(cause instanceof StreamException refusal)) {
      throw new IllegalStateException("fetching shard " + shard.id() + " failed", cause);
    }
    shard.failures++;
    shard.idle = false;
    switch (refusal.kind()) {
      case THROTTLED, UNAVAILABLE -> backOff(shard, refusal, TROUBLED);
      case REFUSED -> backOff(shard, refusal, REFUSED);
      case DATA_LOSS -> lose(shard, refusal);
      case FATAL -> throw Unrecoverable.because(refusal);
    }
  }

  private void lose(ShardFetch shard, StreamException loss) {
    if (settings.onDataLoss() == OnDataLoss.fail || loss.lost().isEmpty()) {
      throw Unrecoverable.because(loss);
    }
    long records = loss.lost().getAsLong();
    lost.addAndGet(records);
    LOG.warn(
        "{} records of shard {} are lost and were not delivered: {}",
        records,
        shard.id(),
        loss.getMessage());
    shard.failures = 0;
    shard.cursor.acceptLoss();
    schedule(shard, 0);
  }

  private void backOff(ShardFetch shard, StreamException refusal, Backoff backoff) {
    troubles.failed(shard.id(), refusal.getMessage());
    schedule(shard, TimeUnit.MILLISECONDS.toNanos(backoff.waitMillis(shard.failures, random)));
  }

  private void schedule(ShardFetch shard, long waitNanos) {
    if (waitNanos == 0) {
      runnable.add(shard);
    } else {
      shard.due = nanoTime.getAsLong() + waitNanos;
      timed.add(shard);
    }
  }
}
