// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.http.Causes;
import io.millrace.http.HttpFailure;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledger in step with the shards of one subtask: opens each before anything is delivered
 * of it, then writes the position delivered last, one call under way for a shard and the newest
 * position first. A store that fails is asked again, ever more slowly.
 *
 * <p>Everything is done under a fresh lease only, so a task that was frozen, and replaced, takes no
 * shard back and writes nothing. A session that somebody else took is opened again once, under a
 * lease renewed since; taken a second time within an hour it ends the job, because another job
 * writes to the same ledger.
 *
 * <p>Belongs to the task thread; answers come back to it through {@link DispatchPort#execute}.
 * Nothing here is checkpointed.
 */
final class Bookkeeper {

  private static final Logger LOG = LoggerFactory.getLogger(Bookkeeper.class);

  private static final Backoff FAILING = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private static final Backoff REFUSED = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60));

  /** For seconds after a shard was made, not every part of a service knows it. */
  private static final int PATIENCE = 6;

  /** How often the ledger is asked whether somebody has moved a shard by hand. */
  private static final long WATCH_MILLIS = 10_000;

  /** Two thefts further apart than this are not those of two jobs that take it from each other. */
  private static final Duration FORGIVEN_AFTER = Duration.ofHours(1);

  private static final int MOST_STORED = 32;

  /** Calls under way at once: a subtask may begin with hundreds of shards. */
  private static final int MOST_CALLS = 64;

  /** What the bookkeeper tells the lanes. */
  interface Lanes {

    /** The shard was opened for the first time in this task. */
    void opened(String shard, DeliveryLedger.Entry entry);

    /** Somebody has moved the shard by hand; nothing is written before {@link #resume}. */
    void moved(String shard, DeliveryLedger.Entry entry);

    /** What was delivered last is in the ledger. */
    void written(String shard);

    /** The ledger does not know the shard, and nothing will be written of it. */
    void unknown(String shard);

    /** The shard waits for the ledger, which has failed. */
    void failing(String shard, String message);
  }

  private static final class Account {
    final String shard;
    boolean open;
    boolean everOpened;
    boolean underWay;

    /** Written by itself, because a write together with others failed. */
    boolean alone;

    boolean closing;
    boolean moving;

    /** Counts the moves: what was written before one says nothing of what came after it. */
    int era;

    long version;
    Position wanted;

    /** What the store has, or may have: writes that failed may have arrived, or may yet. */
    final List<Position> stored = new ArrayList<>();

    /** Openings that failed may arrive yet, and then look like a theft. */
    int lostOpenings;

    boolean gone;
    boolean takingBack;
    int failures;
    long dueAt;
    boolean stolen;
    long stolenAt;

    Account(String shard) {
      this.shard = shard;
    }

    /** Remembers what is written; of a store that fails for long the oldest is forgotten. */
    void send(Position position) {
      if (stored.size() == MOST_STORED) {
        stored.remove(0);
      }
      stored.add(position);
    }

    boolean wantsCall() {
      return !underWay && !moving && !gone && (!open || wanted != null);
    }
  }

  private final String trigger;
  private final String name;
  private final DeliveryLedger ledger;
  private final DispatchPort port;
  private final Lease lease;
  private final RandomGenerator random;
  private final Lanes lanes;

  /** How many shards one write may hold. */
  private final int mostTogether;

  private final Map<String, Account> accounts = new HashMap<>();
  private final LinkedHashSet<Account> ready = new LinkedHashSet<>();

  /** Open shards that wait for the end of a write of several, to be in the one after it. */
  private final LinkedHashSet<Account> next = new LinkedHashSet<>();

  private final Queue<Account> later =
      new PriorityQueue<>(Comparator.comparingLong(account -> account.dueAt));
  private final Set<String> failing = new HashSet<>();
  private int underWay;
  private boolean writingTogether;
  private boolean watching;
  private long watchAt;

  /**
   * @param trigger the trigger's name, for messages
   * @param terms the ledger, and whether lanes wait for it
   */
  Bookkeeper(
      String trigger,
      LedgerTerms terms,
      DispatchPort port,
      Lease lease,
      RandomGenerator random,
      Lanes lanes) {
    this.trigger = trigger;
    this.name = terms.name();
    this.ledger = terms.ledger();
    // A lane that waits for its write is not to wait for the write of others before it.
    this.mostTogether = terms.strict() ? 1 : ledger.mostTogether();
    this.port = port;
    this.lease = lease;
    this.random = random;
    this.lanes = lanes;
    this.watchAt = port.now() + WATCH_MILLIS;
  }

  /**
   * Has a shard opened, unless it is already or is about to be; also one that was done with, and
   * goes on.
   *
   * @return true when it is known where the shard stands
   */
  boolean open(String shard) {
    Account account = accounts.get(shard);
    if (account == null) {
      account = new Account(shard);
      accounts.put(shard, account);
      ready.add(account);
    }
    account.closing = false;
    return account.everOpened;
  }

  /** True when it is known where the shard stands. */
  boolean isOpen(String shard) {
    Account account = accounts.get(shard);
    return account != null && account.everOpened;
  }

  /** The version that the ledger had when a shard was opened, which it must have been. */
  long version(String shard) {
    return accounts.get(shard).version;
  }

  /** Shards that were never opened in this task. */
  int unopened() {
    int unopened = 0;
    for (Account account : accounts.values()) {
      unopened += account.everOpened ? 0 : 1;
    }
    return unopened;
  }

  /** The shard was delivered up to here; to be written. */
  void delivered(String shard, Position position) {
    Account account = accounts.get(shard);
    if (!account.gone) {
      account.wanted = position;
      offer(account);
    }
  }

  /** True when the ledger does not know the shard. */
  boolean isUnknown(String shard) {
    Account account = accounts.get(shard);
    return account != null && account.gone;
  }

  /** What the ledger may have of a shard. */
  List<Position> stored(String shard) {
    return List.copyOf(accounts.get(shard).stored);
  }

  /** The shard goes on somewhere else: what was to be written is of the past. */
  void resume(String shard) {
    Account account = accounts.get(shard);
    account.wanted = null;
    account.moving = false;
    account.era++;
    offer(account);
  }

  /** The shard is done with; what is to be written of it still is. */
  void close(String shard) {
    Account account = accounts.get(shard);
    account.closing = true;
    forgetIfDone(account);
  }

  private void forgetIfDone(Account account) {
    if (account.closing && !account.underWay && account.wanted == null) {
      accounts.remove(account.shard);
      ready.remove(account);
      next.remove(account);
      later.remove(account);
      recovered(account);
    }
  }

  /** True while an answer is to come that a planned stop should wait for. */
  boolean isBusy() {
    return underWay > 0;
  }

  private void offer(Account account) {
    if (account.wantsCall() && account.dueAt == 0) {
      ready.add(account);
    }
  }

  /** Makes the calls that are due, as far as the lease allows. */
  void pump() {
    long now = port.now();
    while (!later.isEmpty() && later.peek().dueAt <= now) {
      Account account = later.poll();
      account.dueAt = 0;
      offer(account);
    }
    if (!lease.isFresh(port.nanoTime())) {
      return;
    }
    List<Account> waiting = new ArrayList<>();
    List<Account> together = new ArrayList<>();
    for (var each = ready.iterator(); each.hasNext() && underWay < MOST_CALLS; ) {
      Account account = each.next();
      each.remove();
      if (account.stolen && !account.open && !lease.isRenewedSince(account.stolenAt)) {
        waiting.add(account);
      } else if (account.wantsCall()) {
        if (!account.open || account.alone || mostTogether == 1) {
          call(account);
        } else if (writingTogether || together.size() == mostTogether) {
          next.add(account);
        } else {
          together.add(account);
        }
      }
    }
    ready.addAll(waiting);
    if (!together.isEmpty()) {
      writeTogether(together);
    }
    if (now >= watchAt && !watching) {
      watch();
    }
    if (!later.isEmpty()) {
      port.wakeAt(later.peek().dueAt);
    }
  }

  private void call(Account account) {
    if (account.open) {
      Entry entry = begin(account);
      send(() -> ledger.write(account.shard, entry.position))
          .whenComplete(
              (done, failure) ->
                  port.execute(
                      () -> {
                        written(entry, failure);
                        pump();
                      }));
    } else {
      asked(account);
      send(() -> ledger.open(account.shard))
          .whenComplete((entry, failure) -> port.execute(() -> opened(account, entry, failure)));
    }
  }

  /** A position on its way to the ledger. */
  private record Entry(Account account, Position position, int era) {}

  private Entry begin(Account account) {
    Entry entry = new Entry(account, account.wanted, account.era);
    asked(account);
    account.wanted = null;
    account.send(entry.position);
    return entry;
  }

  /**
   * Writes several shards with one request. One such is under way at a time: what is delivered
   * meanwhile makes the next.
   */
  private void writeTogether(List<Account> shards) {
    writingTogether = true;
    List<Entry> entries = new ArrayList<>();
    Map<String, Position> delivered = new HashMap<>();
    for (Account account : shards) {
      Entry entry = begin(account);
      entries.add(entry);
      delivered.put(account.shard, entry.position);
    }
    send(() -> ledger.write(delivered))
        .whenComplete((done, failure) -> port.execute(() -> writtenTogether(entries, failure)));
  }

  private void writtenTogether(List<Entry> entries, Throwable failure) {
    writingTogether = false;
    ready.addAll(next);
    next.clear();
    for (Entry entry : entries) {
      if (failure == null || entries.size() == 1) {
        written(entry, failure);
      } else {
        // One of them may be the cause, and the others are not to suffer from it.
        entry.account.alone = true;
        answered(entry.account);
        unwritten(entry);
        offer(entry.account);
        forgetIfDone(entry.account);
      }
    }
    pump();
  }

  private static <T> CompletableFuture<T> send(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void opened(Account account, DeliveryLedger.Entry entry, Throwable failure) {
    answered(account);
    if (failure != null) {
      failed(account, failure);
    } else {
      recovered(account);
      account.open = true;
      account.stored.clear();
      if (entry.next() instanceof StartPosition.After after) {
        account.stored.add(after.position());
      }
      boolean first = !account.everOpened;
      boolean moved = !first && account.version != entry.version();
      account.everOpened = true;
      account.version = entry.version();
      if (first) {
        lanes.opened(account.shard, entry);
      } else if (moved) {
        account.moving = true;
        lanes.moved(account.shard, entry);
      } else if (account.takingBack) {
        LOG.warn(
            "{} shard {}: {} was opened by somebody else, and was taken back; a second time"
                + " within an hour would end the job",
            trigger,
            account.shard,
            name);
      }
      account.takingBack = false;
      offer(account);
      forgetIfDone(account);
    }
    pump();
  }

  private void written(Entry entry, Throwable failure) {
    Account account = entry.account;
    answered(account);
    if (failure != null) {
      unwritten(entry);
      failed(account, failure);
    } else {
      recovered(account);
      account.alone = false;
      account.stored.clear();
      account.send(entry.position);
      offer(account);
      if (account.wanted == null && account.era == entry.era) {
        lanes.written(account.shard);
      }
      forgetIfDone(account);
    }
  }

  private static void unwritten(Entry entry) {
    Account account = entry.account;
    if (account.era != entry.era) {
      // It may arrive after what is written next; a new session keeps it out.
      account.open = false;
    } else if (account.wanted == null) {
      account.wanted = entry.position;
    }
  }

  private void asked(Account account) {
    account.underWay = true;
    underWay++;
  }

  private void answered(Account account) {
    account.underWay = false;
    underWay--;
  }

  private void failed(Account account, Throwable failure) {
    Throwable cause = Causes.of(failure);
    if (HttpFailure.isNotLetOut(cause)) {
      // As if it had never been asked; it will be, once there is a lease.
      offer(account);
      return;
    }
    LedgerException.Kind kind =
        cause instanceof LedgerException refusal
            ? refusal.kind()
            : LedgerException.Kind.UNAVAILABLE;
    switch (kind) {
      case STOLEN -> stolen(account, cause.getMessage());
      case MOVED -> {
        account.open = false;
        offer(account);
      }
      case UNAVAILABLE -> {
        account.lostOpenings += account.open ? 0 : 1;
        backOff(account, cause, FAILING);
      }
      case GONE -> {
        if (account.failures < PATIENCE) {
          backOff(account, cause, FAILING);
        } else {
          giveUp(account, cause);
        }
      }
      case REFUSED -> backOff(account, cause, REFUSED);
    }
  }

  private void giveUp(Account account, Throwable cause) {
    LOG.warn(
        "{} shard {}: {} does not know it; it goes on without: {}",
        trigger,
        account.shard,
        name,
        cause.getMessage());
    recovered(account);
    account.gone = true;
    account.everOpened = true;
    account.wanted = null;
    lanes.unknown(account.shard);
    forgetIfDone(account);
  }

  private void stolen(Account account, String message) {
    account.open = false;
    if (account.lostOpenings > 0) {
      account.lostOpenings--;
      offer(account);
      return;
    }
    long now = port.nanoTime();
    if (account.stolen && now - account.stolenAt < FORGIVEN_AFTER.toNanos()) {
      port.failJob(
          trigger
              + " shard "
              + account.shard
              + ": another job or program reads with "
              + name
              + " and took it twice; give each its own. "
              + message);
      return;
    }
    account.stolen = true;
    account.stolenAt = now;
    account.takingBack = true;
    offer(account);
  }

  private void backOff(Account account, Throwable cause, Backoff backoff) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (failing.isEmpty()) {
      LOG.warn(
          "{}: {} cannot be {}; trying again until it can: {}",
          trigger,
          name,
          account.open ? "written" : "opened",
          message);
    }
    failing.add(account.shard);
    account.failures++;
    account.dueAt = port.now() + backoff.waitMillis(account.failures, random);
    later.add(account);
    lanes.failing(account.shard, message);
  }

  private void recovered(Account account) {
    account.failures = 0;
    if (failing.remove(account.shard) && failing.isEmpty()) {
      LOG.info("{}: {} is written again", trigger, name);
    }
  }

  /**
   * Asks whether somebody has moved a shard by hand. An idle shard would not find out by itself.
   */
  private void watch() {
    watchAt = port.now() + WATCH_MILLIS;
    List<String> open = new ArrayList<>();
    for (Account account : accounts.values()) {
      if (account.open && !account.moving) {
        open.add(account.shard);
      }
    }
    if (open.isEmpty()) {
      return;
    }
    watching = true;
    send(() -> ledger.moved(open))
        .whenComplete((moved, failure) -> port.execute(() -> watched(moved, failure)));
  }

  private void watched(Set<String> moved, Throwable failure) {
    watching = false;
    if (failure != null) {
      // A ledger that fails shows when it is written.
      LOG.debug("{}: {} was not looked at", trigger, name, failure);
      return;
    }
    for (String shard : moved) {
      Account account = accounts.get(shard);
      if (account != null && account.open && !account.underWay && !account.moving) {
        account.open = false;
        offer(account);
      }
    }
    pump();
  }
}
