// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.http.HttpTransport;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A stream in memory: shards, records, split, merge, and failures on request. A job reaches it
 * through {@link #factory()}, which travels in the job graph as the stream's name, so it works in a
 * MiniCluster of this JVM. Safe for use by several threads.
 *
 * <p>Sequences count from 0 in each shard; the time of a record is {@link #EPOCH} plus the number
 * of records put into the whole stream before it. With {@link #batch} one sequence holds several
 * records, which differ in the index.
 */
public final class FakeStream implements AutoCloseable {

  /** Time of the first record put into a stream. */
  public static final long EPOCH = 1_700_000_000_000L;

  private static final Map<String, FakeStream> STREAMS = new ConcurrentHashMap<>();

  private final String name = "fake-" + UUID.randomUUID();
  private final Map<String, FakeShard> shards = new LinkedHashMap<>();
  private final Deque<StreamException> listingFailures = new ArrayDeque<>();
  private Duration latency = Duration.ZERO;
  private long time = EPOCH;
  private int listings;
  private int openClients;
  private volatile boolean reopens;
  private int resolutions;

  private FakeStream() {}

  /** A stream with shards "0" to "{@code shards} − 1". */
  public static FakeStream withShards(int shards) {
    FakeStream stream = new FakeStream();
    for (int i = 0; i < shards; i++) {
      stream.addShard();
    }
    STREAMS.put(stream.name, stream);
    return stream;
  }

  /** Opens clients of this stream; serializable. */
  public StreamClient.Factory factory() {
    return new Factory(name, reopens);
  }

  /** From now on clients say that closed shards can be {@linkplain #reopen open again}. */
  public FakeStream reopening() {
    reopens = true;
    return this;
  }

  /** Forgets the stream; clients of it fail from now on. */
  @Override
  public void close() {
    STREAMS.remove(name);
  }

  // ---- what a test does to the stream ----

  /** Adds an open shard without parents. */
  public synchronized String addShard() {
    return addShard(List.of());
  }

  private String addShard(List<String> parents) {
    String id = Integer.toString(shards.size());
    shards.put(id, new FakeShard(new Shard(id, shards.size(), parents, true, true)));
    return id;
  }

  /** Appends {@code count} records with a sequence each. */
  public synchronized void put(String shard, int count) {
    for (int i = 0; i < count; i++) {
      append(open(shard), 1);
    }
  }

  /** Appends {@code count} records to each open shard. */
  public synchronized void putEverywhere(int count) {
    for (FakeShard shard : shards.values()) {
      if (shard.shard.open()) {
        for (int i = 0; i < count; i++) {
          append(shard, 1);
        }
      }
    }
  }

  /** Appends {@code count} records that share one sequence. */
  public synchronized void batch(String shard, int count) {
    append(open(shard), count);
  }

  private void append(FakeShard shard, int count) {
    long sequence = shard.nextSequence++;
    for (int index = 0; index < count; index++) {
      shard.records.add(new Position(sequence, index, time++));
    }
  }

  /** Closes a shard and opens two that continue it. */
  public synchronized List<String> split(String parent) {
    close(parent);
    return List.of(addShard(List.of(parent)), addShard(List.of(parent)));
  }

  /** Closes two shards and opens one that continues both. */
  public synchronized String merge(String left, String right) {
    close(left);
    close(right);
    return addShard(List.of(left, right));
  }

  /** Closes a shard. */
  public synchronized void close(String shard) {
    FakeShard found = open(shard);
    Shard old = found.shard;
    found.shard = new Shard(old.id(), old.ordinal(), old.parents(), true, false);
  }

  /** Opens a closed shard again. */
  public synchronized void reopen(String shard) {
    FakeShard found = find(shard);
    Shard old = found.shard;
    found.shard = new Shard(old.id(), old.ordinal(), old.parents(), true, true);
  }

  /** The stream does not list the shard any more. */
  public synchronized void unlist(String shard) {
    find(shard).listed = false;
  }

  /** The stream lists the shard as not readable yet, or as readable. */
  public synchronized void readable(String shard, boolean readable) {
    FakeShard found = find(shard);
    Shard old = found.shard;
    found.shard = new Shard(old.id(), old.ordinal(), old.parents(), readable, old.open());
  }

  /** Drops the oldest {@code count} records of a shard. */
  public synchronized void expire(String shard, int count) {
    FakeShard found = find(shard);
    found.records.subList(0, count).clear();
  }

  /** The stream's subscription says that so much of the shard was consumed. */
  public synchronized void consumed(String shard, Position last) {
    find(shard).consumed = last;
  }

  /** The next {@code times} fetches of the shard fail. */
  public synchronized void failFetches(String shard, StreamException.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      find(shard).failures.add(new StreamException(kind, "shard " + shard + ": " + kind));
    }
  }

  /** The next {@code times} times that the shard's start is to be pinned fail. */
  public synchronized void failPins(String shard, StreamException.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      find(shard).pinFailures.add(new StreamException(kind, "shard " + shard + ": " + kind));
    }
  }

  /** The next {@code times} listings fail. */
  public synchronized void failListings(StreamException.Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      listingFailures.add(new StreamException(kind, name + ": " + kind));
    }
  }

  /** Every answer takes so long. */
  public synchronized void latency(Duration each) {
    latency = each;
  }

  /** Fetches of the shard get no answer until {@link #release}. */
  public synchronized void hold(String shard) {
    find(shard).held = true;
  }

  /** Answers the held fetches. */
  public void release(String shard) {
    List<Runnable> waiting;
    synchronized (this) {
      FakeShard found = find(shard);
      found.held = false;
      waiting = List.copyOf(found.waiting);
      found.waiting.clear();
    }
    waiting.forEach(Runnable::run);
  }

  // ---- what a test asks ----

  /** The stream's name. */
  public String name() {
    return name;
  }

  /** Ids of all shards, in the order they were made. */
  public synchronized List<String> shardIds() {
    return List.copyOf(shards.keySet());
  }

  /** Positions of the records the shard holds, in order. */
  public synchronized List<Position> positions(String shard) {
    return List.copyOf(find(shard).records);
  }

  /** True when no record can be added to the shard. */
  public synchronized boolean isClosed(String shard) {
    return !find(shard).shard.open();
  }

  /** How many fetches of the shard were begun. */
  public synchronized int fetches(String shard) {
    return find(shard).fetches;
  }

  /** The largest number of records a fetch of the shard was allowed to bring, last asked. */
  public synchronized int lastMaxRecords(String shard) {
    return find(shard).lastMaxRecords;
  }

  /** How many fetches of the shard were under way at once, at most. */
  public synchronized int concurrentFetches(String shard) {
    return find(shard).mostUnderWay;
  }

  /** How many listings were begun. */
  public synchronized int listings() {
    return listings;
  }

  /** How many positions were resolved. */
  public synchronized int resolutions() {
    return resolutions;
  }

  /** How many clients are open. */
  public synchronized int openClients() {
    return openClients;
  }

  /** The body of the record at a position. */
  public static byte[] body(String shard, Position position) {
    return ("{\"eventId\":\""
            + shard
            + ":"
            + position.sequence()
            + "\",\"systemTime\":"
            + position.time()
            + ",\"data\":\"[\\\""
            + position.index()
            + "\\\"]\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private FakeShard find(String id) {
    FakeShard shard = shards.get(id);
    if (shard == null) {
      throw new IllegalArgumentException("no shard " + id + " in " + shards.keySet());
    }
    return shard;
  }

  private FakeShard open(String id) {
    FakeShard shard = find(id);
    if (!shard.shard.open()) {
      throw new IllegalStateException("shard " + id + " is closed");
    }
    return shard;
  }

  private static final class FakeShard {
    private Position consumed;
    private Shard shard;
    private final List<Position> records = new ArrayList<>();
    private final Deque<StreamException> failures = new ArrayDeque<>();
    private final Deque<StreamException> pinFailures = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private long nextSequence;
    private boolean listed = true;
    private boolean held;
    private int fetches;
    private int lastMaxRecords;
    private int underWay;
    private int mostUnderWay;

    private FakeShard(Shard shard) {
      this.shard = shard;
    }
  }

  /** Finds the stream of this JVM by its name. */
  private record Factory(String stream, boolean reopens) implements StreamClient.Factory {
    @Override
    public StreamClient open(HttpTransport transport) {
      FakeStream found = STREAMS.get(stream);
      if (found == null) {
        throw new IllegalStateException("the fake stream " + stream + " was closed");
      }
      return found.client();
    }
  }

  /** A client of this stream. */
  public StreamClient client() {
    synchronized (this) {
      openClients++;
    }
    return new FakeStreamClient();
  }

  private <T> CompletableFuture<T> answer(T value) {
    return later(CompletableFuture.completedFuture(value));
  }

  private <T> CompletableFuture<T> later(CompletableFuture<T> answer) {
    Duration wait;
    synchronized (this) {
      wait = latency;
    }
    if (wait.isZero()) {
      return answer;
    }
    CompletableFuture<T> late = new CompletableFuture<>();
    CompletableFuture.delayedExecutor(wait.toNanos(), TimeUnit.NANOSECONDS)
        .execute(() -> pass(answer, late));
    return late;
  }

  private static <T> void pass(CompletableFuture<T> from, CompletableFuture<T> to) {
    var unused =
        from.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                to.completeExceptionally(failure);
              } else {
                to.complete(value);
              }
            });
  }

  private final class FakeStreamClient implements StreamClient {

    private boolean closed;

    @Override
    public CompletableFuture<StreamDescription> describe() {
      return answer(new StreamDescription(name, "BLOB"));
    }

    @Override
    public CompletableFuture<List<Shard>> shards() {
      synchronized (FakeStream.this) {
        listings++;
        StreamException failure = listingFailures.poll();
        return later(
            failure != null
                ? CompletableFuture.failedFuture(failure)
                : CompletableFuture.completedFuture(
                    shards.values().stream().filter(s -> s.listed).map(s -> s.shard).toList()));
      }
    }

    @Override
    public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
      if (start instanceof StartPosition.Sequences sequences) {
        Long sequence = sequences.byShard().get(shard);
        return answer(
            sequence == null
                ? new StartPosition.Earliest()
                : new StartPosition.After(new Position(sequence - 1, Integer.MAX_VALUE, 0)));
      }
      if (!start.isRelative()) {
        return answer(start);
      }
      synchronized (FakeStream.this) {
        resolutions++;
        if (start instanceof StartPosition.Subscription) {
          Position consumed = find(shard).consumed;
          return answer(
              consumed == null ? new StartPosition.Earliest() : new StartPosition.After(consumed));
        }
        List<Position> records = find(shard).records;
        return answer(
            records.isEmpty()
                ? new StartPosition.Earliest()
                : new StartPosition.After(records.get(records.size() - 1)));
      }
    }

    @Override
    public CompletableFuture<StartPosition> pin(String shard, StartPosition start) {
      synchronized (FakeStream.this) {
        FakeShard found = find(shard);
        StreamException failure = found.pinFailures.poll();
        if (failure != null) {
          return later(CompletableFuture.failedFuture(failure));
        }
        if (start instanceof StartPosition.After) {
          return answer(start);
        }
        long oldest =
            found.records.stream()
                .filter(p -> !(start instanceof StartPosition.At at) || p.time() >= at.time())
                .mapToLong(Position::sequence)
                .findFirst()
                .orElse(found.nextSequence);
        return answer(new StartPosition.After(new Position(oldest - 1, Integer.MAX_VALUE, 0)));
      }
    }

    @Override
    public ShardCursor open(String shard, int lane, StartPosition start) {
      return new FakeCursor(this, shard, lane, start);
    }

    @Override
    public void close() {
      synchronized (FakeStream.this) {
        if (!closed) {
          closed = true;
          openClients--;
        }
      }
    }
  }

  private final class FakeCursor implements StreamClient.ShardCursor {

    private final FakeStreamClient client;
    private final String shard;
    private final int lane;
    private StartPosition next;
    private long behindLoss;

    private FakeCursor(FakeStreamClient client, String shard, int lane, StartPosition start) {
      this.client = client;
      this.shard = shard;
      this.lane = lane;
      this.next = start;
    }

    @Override
    public CompletableFuture<StreamClient.Fetch> fetch(int maxRecords) {
      synchronized (FakeStream.this) {
        if (client.closed) {
          return CompletableFuture.failedFuture(
              new StreamException(StreamException.Kind.UNAVAILABLE, "the client was closed"));
        }
        FakeShard source = find(shard);
        source.fetches++;
        source.lastMaxRecords = maxRecords;
        source.underWay++;
        source.mostUnderWay = Math.max(source.mostUnderWay, source.underWay);
        if (source.held) {
          CompletableFuture<StreamClient.Fetch> held = new CompletableFuture<>();
          source.waiting.add(() -> pass(read(source, maxRecords), held));
          return held;
        }
        return later(read(source, maxRecords));
      }
    }

    private CompletableFuture<StreamClient.Fetch> read(FakeShard source, int maxRecords) {
      synchronized (FakeStream.this) {
        source.underWay--;
        StreamException failure = source.failures.poll();
        if (failure != null) {
          return CompletableFuture.failedFuture(failure);
        }
        int from = 0;
        while (from < source.records.size() && before(source.records.get(from))) {
          from++;
        }
        if (next instanceof StartPosition.After after
            && from == 0
            && !source.records.isEmpty()
            && source.records.get(0).sequence() > after.position().sequence() + 1) {
          behindLoss = source.records.get(0).sequence() - 1;
          return CompletableFuture.failedFuture(
              StreamException.dataLoss(
                  "shard " + shard + ": records have expired",
                  behindLoss - after.position().sequence()));
        }
        int to = Math.min(source.records.size(), from + maxRecords);
        List<ShardRecord> records =
            source.records.subList(from, to).stream()
                .map(
                    p ->
                        new ShardRecord(
                            shard, lane, p.sequence(), p.index(), p.time(), body(shard, p), false))
                .toList();
        if (!records.isEmpty()) {
          next = new StartPosition.After(records.get(records.size() - 1).position());
        }
        int left = source.records.size() - to;
        Optional<Position> newest =
            source.records.isEmpty()
                ? Optional.empty()
                : Optional.of(source.records.get(source.records.size() - 1));
        return CompletableFuture.completedFuture(
            new StreamClient.Fetch(
                records,
                left == 0,
                left == 0 && !source.shard.open(),
                newest,
                OptionalLong.of(left)));
      }
    }

    /** True when the record lies before where this cursor stands. */
    @Override
    public void acceptLoss() {
      next = new StartPosition.After(new Position(behindLoss, Integer.MAX_VALUE, 0));
    }

    private boolean before(Position record) {
      if (next instanceof StartPosition.At at) {
        return record.time() < at.time();
      }
      if (next instanceof StartPosition.After after) {
        return record.compareTo(after.position()) <= 0;
      }
      if (next.isRelative()) {
        throw new IllegalStateException(next + " was not resolved for shard " + shard);
      }
      return false;
    }
  }

  /** Counts of records by shard, for tests that compare what arrived with what was put. */
  public synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    shards.forEach((id, shard) -> counts.put(id, shard.records.size()));
    return counts;
  }
}
