// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.datahub.ShardLog.Incoming;
import io.millrace.emulator.datahub.TopicSchema.Column;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A topic: its shards, open and closed, and its subscriptions. Safe for use by several threads;
 * splits and merges are made one at a time.
 */
final class Topic {

  private static final Duration GUARD = Duration.ofSeconds(5);

  private final String project;
  private final String name;
  private final ExpandMode expandMode;
  private final int mostActive;
  private final InstantSource clock;
  private final BooleanSupplier splitGuard;
  private final long createdAt;
  private final List<ShardLog> shards = new CopyOnWriteArrayList<>();
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final AtomicLong unkeyed = new AtomicLong();
  private final ReadWriteLock topology = new ReentrantReadWriteLock();
  private volatile List<ShardLog> active = List.of();
  private volatile NavigableMap<BigInteger, ShardLog> byKey = new TreeMap<>();
  private final Map<String, Connector> connectors = new ConcurrentSkipListMap<>();
  private volatile TopicSchema schema;
  private volatile int lifecycleDays;
  private volatile String comment;

  /** How shards may be added, by the words of the wire. */
  enum ExpandMode {
    SPLIT_EXTEND(""),
    ONLY_SPLIT("split"),
    ONLY_EXTEND("extend");

    final String wireName;

    ExpandMode(String wireName) {
      this.wireName = wireName;
    }

    static ExpandMode named(String wireName) {
      for (ExpandMode mode : values()) {
        if (mode.wireName.equalsIgnoreCase(wireName)) {
          return mode;
        }
      }
      throw DataHubException.invalidParameter("Invalid expand mode: " + wireName);
    }
  }

  Topic(
      String project,
      String name,
      TopicSchema schema,
      int shardCount,
      int lifecycleDays,
      String comment,
      ExpandMode expandMode,
      int mostActive,
      InstantSource clock,
      BooleanSupplier splitGuard) {
    if (shardCount < 1 || shardCount > mostActive) {
      throw DataHubException.invalidParameter(
          "Invalid shard count: " + shardCount + "; 1 to " + mostActive + ".");
    }
    this.project = project;
    this.name = name;
    this.schema = schema;
    this.expandMode = expandMode;
    this.mostActive = mostActive;
    this.clock = clock;
    this.splitGuard = splitGuard;
    this.createdAt = clock.millis();
    this.comment = comment;
    setLifecycleDays(lifecycleDays);
    for (KeyRange range : KeyRange.divide(shardCount)) {
      add(range, List.of());
    }
    index();
  }

  String project() {
    return project;
  }

  String name() {
    return name;
  }

  TopicSchema schema() {
    return schema;
  }

  /** Adds columns behind those there are. */
  synchronized void append(List<Column> columns) {
    schema = schema.with(columns);
  }

  ExpandMode expandMode() {
    return expandMode;
  }

  long createdAt() {
    return createdAt;
  }

  int lifecycleDays() {
    return lifecycleDays;
  }

  void setLifecycleDays(int days) {
    if (days < 1 || days > 7) {
      throw DataHubException.invalidParameter("Invalid lifecycle: " + days + "; 1 to 7 days.");
    }
    lifecycleDays = days;
  }

  String comment() {
    return comment;
  }

  void setComment(String text) {
    comment = text;
  }

  Map<String, Subscription> subscriptions() {
    return subscriptions;
  }

  /** Makes a subscription, of the service's own connectors or of a user. */
  Subscription subscribe(String comment, boolean system, OffsetJournal offsets) {
    long now = clock.millis();
    String suffix =
        ThreadLocalRandom.current()
            .ints(5, 0, 52)
            .collect(
                StringBuilder::new,
                (text, i) -> text.append((char) (i < 26 ? 'a' + i : 'A' + i - 26)),
                StringBuilder::append)
            .toString();
    String id = now + suffix;
    Subscription created =
        new Subscription(id, comment, system, now, offsets.of(project + "/" + name, id));
    subscriptions.put(created.id(), created);
    return created;
  }

  Subscription subscription(String id) {
    Subscription subscription = subscriptions.get(id);
    if (subscription == null) {
      throw new DataHubException("NoSuchSubscription", "Subscription id invalid:" + id);
    }
    return subscription;
  }

  Map<String, Connector> connectors() {
    return connectors;
  }

  /** All shards there ever were. */
  List<ShardLog> shards() {
    return shards;
  }

  /** The shards that are still known: a closed one is forgotten when its records have expired. */
  List<ShardLog> listed() {
    expireOld();
    return shards.stream().filter(shard -> !shard.isGone(horizon())).toList();
  }

  List<ShardLog> active() {
    return active;
  }

  ShardLog shard(String id) {
    if (!id.isEmpty() && id.length() < 10 && id.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = Integer.parseInt(id);
      // Shards are numbered in the order in which they were made, and none is ever removed.
      if (number < shards.size()) {
        ShardLog shard = shards.get(number);
        shard.expireBefore(horizon());
        if (!shard.isGone(horizon())) {
          return shard;
        }
      }
      throw DataHubException.noSuchShard(project, name, id);
    }
    throw DataHubException.invalidParameter("Invalid shard id: " + id);
  }

  /** Appends a record to the shard that its hash key leads to. */
  void append(Incoming record, BigInteger hashKey) {
    routed(
        () -> {
          boolean extended = byKey.size() < active.size();
          return extended
              ? active.get(hashKey.mod(BigInteger.valueOf(active.size())).intValue())
              : byKey.floorEntry(hashKey).getValue();
        },
        record);
  }

  /** Appends a record without a key to the active shard whose turn it is. */
  void append(Incoming record) {
    routed(() -> active.get((int) (unkeyed.getAndIncrement() % active.size())), record);
  }

  /**
   * No split or merge comes between choosing the shard and appending, so that keys keep their
   * order.
   */
  private void routed(Supplier<ShardLog> choice, Incoming record) {
    topology.readLock().lock();
    try {
      choice.get().append(List.of(record), clock.millis());
    } finally {
      topology.readLock().unlock();
    }
  }

  /** Splits a shard in two at a key. */
  List<ShardLog> split(String id, BigInteger key) {
    return changed(() -> splitNow(id, key));
  }

  private List<ShardLog> splitNow(String id, BigInteger key) {
    requireMode(ExpandMode.ONLY_EXTEND, "split");
    ShardLog parent = shard(id);
    requireActive(parent);
    if (key.compareTo(parent.range().begin()) <= 0 || key.compareTo(parent.range().end()) >= 0) {
      throw DataHubException.invalidParameter("The key range is invalid.");
    }
    requireSettled(parent);
    requireRoom(2, 1);
    parent.close(clock.millis());
    return List.of(
        add(new KeyRange(parent.range().begin(), key), List.of(parent.id())),
        add(new KeyRange(key, parent.range().end()), List.of(parent.id())));
  }

  /** Splits a shard in the middle. */
  List<ShardLog> split(String id) {
    return split(id, shard(id).range().middle());
  }

  /** Merges two neighbours. */
  ShardLog merge(String id, String adjacentId) {
    return changed(() -> mergeNow(id, adjacentId));
  }

  private ShardLog mergeNow(String id, String adjacentId) {
    requireMode(ExpandMode.ONLY_EXTEND, "merge");
    ShardLog one = shard(id);
    ShardLog other = shard(adjacentId);
    requireActive(one);
    requireActive(other);
    boolean before = one.range().endsAt(other.range());
    if (one == other || (!before && !other.range().endsAt(one.range()))) {
      throw DataHubException.invalidParameter("The two shards are not adjacent.");
    }
    requireSettled(one);
    requireSettled(other);
    requireRoom(1, 2);
    long now = clock.millis();
    one.close(now);
    other.close(now);
    ShardLog low = before ? one : other;
    ShardLog high = before ? other : one;
    return add(
        new KeyRange(low.range().begin(), high.range().end()), List.of(one.id(), other.id()));
  }

  /** Adds shards without parents until a number is active. */
  void extendTo(int number) {
    changed(() -> extendNow(number));
  }

  private List<ShardLog> extendNow(int number) {
    requireMode(ExpandMode.ONLY_SPLIT, "extend");
    int added = number - active().size();
    if (added < 1) {
      throw DataHubException.invalidParameter(
          "Invalid shard number: " + number + "; more than " + active().size() + ".");
    }
    requireRoom(added, 0);
    return Stream.generate(() -> add(KeyRange.NONE, List.of())).limit(added).toList();
  }

  /** Drops what has reached the end of its life. */
  void expireOld() {
    shards.forEach(shard -> shard.expireBefore(horizon()));
  }

  private long horizon() {
    return clock.millis() - Duration.ofDays(lifecycleDays).toMillis();
  }

  /** Looks at the shards while no split or merge is half done. */
  <T> T consistently(Supplier<T> look) {
    topology.readLock().lock();
    try {
      return look.get();
    } finally {
      topology.readLock().unlock();
    }
  }

  private <T> T changed(Supplier<T> change) {
    topology.writeLock().lock();
    try {
      T result = change.get();
      index();
      return result;
    } finally {
      topology.writeLock().unlock();
    }
  }

  private void index() {
    active = shards.stream().filter(ShardLog::active).toList();
    NavigableMap<BigInteger, ShardLog> begins = new TreeMap<>();
    for (ShardLog shard : active) {
      if (!shard.range().equals(KeyRange.NONE)) {
        begins.put(shard.range().begin(), shard);
      }
    }
    byKey = begins;
  }

  private ShardLog add(KeyRange range, List<String> parents) {
    ShardLog shard = new ShardLog(shards.size(), range, parents, clock.millis());
    shards.add(shard);
    return shard;
  }

  private void requireMode(ExpandMode excluded, String operation) {
    if (expandMode == excluded) {
      throw new DataHubException(
          "OperationDenied", "The topic's expand mode does not allow to " + operation + " shards.");
    }
  }

  private static void requireActive(ShardLog shard) {
    if (!shard.active()) {
      throw DataHubException.notActive();
    }
  }

  private void requireSettled(ShardLog shard) {
    if (splitGuard.getAsBoolean() && clock.millis() - shard.createdAt() < GUARD.toMillis()) {
      throw new DataHubException("LimitExceeded", "Split/Merge shard operation limit exceeded.");
    }
  }

  private void requireRoom(int added, int closed) {
    int mostListed = 2 * mostActive;
    if (active().size() + added - closed > mostActive || listed().size() + added > mostListed) {
      throw new DataHubException(
          "LimitExceeded",
          "A topic has at most " + mostActive + " active and " + mostListed + " shards in all.");
    }
  }
}
