// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.ledger.DeliveryLedger;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the lanes of a subtask go on: behind what the ledger says was delivered, or where an
 * operator moves them. A lane and the reader of its shard are moved together, on the task thread,
 * so a checkpoint has either both or neither.
 *
 * <p>With a ledger, nothing of a shard is fetched or launched before the ledger has told where it
 * stands. The ledger moves a lane forward only: it is written after the fact, and can be behind.
 * Two things make it obeyed otherwise or not at all: a version that has changed tells that somebody
 * moved the shard by hand, and is obeyed backward too; and what it said before a move of ours is
 * not believed after it.
 *
 * <p>Belongs to the task thread. Checkpointed with each lane: its {@link LedgerMark}.
 */
final class LanePositions implements Bookkeeper.Lanes {

  private static final Logger LOG = LoggerFactory.getLogger(LanePositions.class);

  /** What this class needs of the dispatcher. */
  interface Host {

    /** The lane of a shard, if it has one. */
    Optional<Lane> lane(String shard);

    /** The lane may be launched again, or hold something else. */
    void moved(Lane lane);
  }

  private final String trigger;
  private final DispatchPort port;
  private final Host host;
  private final LedgerTerms terms;
  private final Bookkeeper books;

  /** Where the reader of each shard begins, or began; shards without a reader are not in it. */
  private final Map<String, StartPosition> reading = new HashMap<>();

  /** Where the ledger has seen shards whose reader is not there yet. */
  private final Map<String, Position> ahead = new HashMap<>();

  /** Moves by hand that wait for a call under way, or for the reader. */
  private final Map<String, DeliveryLedger.Entry> byHand = new HashMap<>();

  /** Shards that an operator moves as soon as it can be done. */
  private final Set<String> seeking = new HashSet<>();

  private int opened;
  private int forward;
  private int rewound;
  private long skipped;

  /**
   * @param terms empty for no ledger
   */
  LanePositions(
      String trigger,
      Optional<LedgerTerms> terms,
      DispatchPort port,
      Lease lease,
      RandomGenerator random,
      Host host) {
    this.trigger = trigger;
    this.port = port;
    this.host = host;
    this.terms = terms.orElse(null);
    this.books = terms.map(t -> new Bookkeeper(trigger, t, port, lease, random, this)).orElse(null);
  }

  /** A shard that has no lane in the state begins. */
  void beginNew(Lane lane) {
    if (books != null && terms.rewind() && terms.resumed()) {
      // What the ledger has of it this job may have written, and no state is older than that.
      lane.setLedger(lane.ledger().rewoundIn(terms.job()));
    }
    begin(lane);
  }

  /** A lane was made, or restored: it waits for the ledger, where there is one. */
  void begin(Lane lane) {
    if (books == null) {
      return;
    }
    if (books.open(lane.shard())) {
      // A shard that comes back while its end is still being written: nothing will be asked.
      lane.setLedger(mark(lane.ledger(), books.version(lane.shard())));
      port.changed(lane);
    } else {
      lane.setOpening(true);
    }
  }

  /** Of a lane that knows what the ledger says. */
  private LedgerMark mark(LedgerMark before, long version) {
    return before.at(terms.name(), version).rewoundIn(terms.rewind() ? terms.job() : "");
  }

  /** True when the shard has a reader. */
  boolean isRead(String shard) {
    return reading.containsKey(shard);
  }

  /**
   * True when there is one; then a shard that is read needs a lane even before its first record.
   */
  boolean keepsLedger() {
    return books != null;
  }

  /**
   * The reader of a shard begins.
   *
   * @return where it is to begin
   */
  StartPosition assigned(String shard, StartPosition next) {
    StartPosition from = next;
    DeliveryLedger.Entry move = byHand.get(shard);
    Optional<Lane> lane = host.lane(shard);
    Position seen = ahead.remove(shard);
    if (move != null && lane.isPresent() && !lane.get().inFlight()) {
      byHand.remove(shard);
      empty(lane.get(), move);
      from = untimed(move.next());
    } else if (seen != null && isAhead(seen, next)) {
      from = untimed(new StartPosition.After(seen));
      LOG.info("{} shard {}: goes on {}", trigger, shard, described(from));
    }
    reading.put(shard, from);
    if (lane.isPresent() && lane.get().isOpening()) {
      port.holdReader(shard);
    }
    return from;
  }

  /** Makes the calls to the ledger that are due. */
  void pump() {
    if (books != null) {
      books.pump();
    }
  }

  /** True while an answer of the ledger is to come that a planned stop should wait for. */
  boolean isBusy() {
    return books != null && books.isBusy();
  }

  /** The call of a lane has ended, and delivered its envelope or not. */
  void ended(Lane lane, boolean delivered) {
    DeliveryLedger.Entry move = byHand.get(lane.shard());
    if (move != null) {
      if (reading.containsKey(lane.shard())) {
        byHand.remove(lane.shard());
        obey(lane, move);
      }
    } else if (books != null && delivered && !books.isUnknown(lane.shard())) {
      lane.delivered().ifPresent(position -> books.delivered(lane.shard(), position));
      if (terms.strict()) {
        lane.setWriting(true);
      }
    }
  }

  /** The lane is gone. */
  void retire(Lane lane) {
    reading.remove(lane.shard());
    ahead.remove(lane.shard());
    byHand.remove(lane.shard());
    seeking.remove(lane.shard());
    if (books != null) {
      books.close(lane.shard());
    }
  }

  /**
   * An operator moves a shard. Told again, it does nothing more.
   *
   * @param command id of the command
   * @return false when it cannot be done yet: its reader is not there, or a call is under way
   */
  boolean seek(Lane lane, String command, StartPosition target) {
    String shard = lane.shard();
    if (lane.hasDone(command)) {
      return true;
    }
    if (lane.inFlight()
        || !reading.containsKey(shard)
        || byHand.containsKey(shard)
        || (books != null && !books.isOpen(shard))) {
      return awaitSeek(lane, command);
    }
    seeking.remove(shard);
    lane.clear();
    lane.setDone(command);
    moveReader(shard, target);
    if (books != null) {
      lane.setLedger(lane.ledger().past(books.stored(shard)));
      books.resume(shard);
    }
    release(lane);
    LOG.info("{} shard {}: moved by an operator; goes on {}", trigger, shard, described(target));
    return true;
  }

  /** True when an operator is about to move the shard. */
  boolean isSeeking(String shard) {
    return seeking.contains(shard);
  }

  /**
   * Nothing more is launched until the lane is moved; unless the command has moved it before, and
   * only comes again.
   *
   * @return whether it has
   */
  boolean awaitSeek(Lane lane, String command) {
    if (lane.hasDone(command)) {
      return true;
    }
    seeking.add(lane.shard());
    lane.setOpening(true);
    return false;
  }

  private void moveReader(String shard, StartPosition target) {
    reading.put(shard, target);
    port.moveReader(shard, target);
  }

  private void release(Lane lane) {
    open(lane);
    port.releaseReader(lane.shard());
    host.moved(lane);
  }

  private void open(Lane lane) {
    lane.setOpening(seeking.contains(lane.shard()));
    lane.setWriting(false);
    port.changed(lane);
  }

  // ---- what the ledger says ----

  @Override
  public void opened(String shard, DeliveryLedger.Entry entry) {
    host.lane(shard).ifPresent(lane -> opened(lane, entry));
    summarize();
  }

  private void opened(Lane lane, DeliveryLedger.Entry entry) {
    LedgerMark mark = lane.ledger();
    String name = terms.name();
    boolean first = !mark.rewoundIn().equals(terms.job());
    opened++;
    if (terms.rewind() && first && terms.restored()) {
      if (entry.next() instanceof StartPosition.After after) {
        rewound++;
        mark = mark.past(List.of(after.position()));
      }
    } else if (mark.isMovedBy(name, entry.version())) {
      moved(lane, entry);
      return;
    } else if (!(entry.next() instanceof StartPosition.After after)
        || !mark.isPast(after.position())) {
      goForward(lane, entry.next());
    }
    lane.setLedger(mark(mark, entry.version()));
    catchUp(lane, entry.next());
    release(lane);
  }

  /** What was delivered before a restore may not have come to the ledger. */
  private void catchUp(Lane lane, StartPosition known) {
    Optional<Position> delivered = lane.delivered();
    if (delivered.isPresent()
        && !(known instanceof StartPosition.After after
            && after.position().compareTo(delivered.get()) == 0)) {
      books.delivered(lane.shard(), delivered.get());
    }
  }

  private void goForward(Lane lane, StartPosition next) {
    StartPosition start = reading.get(lane.shard());
    if (next instanceof StartPosition.After after) {
      int left = lane.skipThrough(after.position());
      skipped += left;
      if (start == null) {
        ahead.put(lane.shard(), after.position());
        forward += left > 0 ? 1 : 0;
      } else if (isAhead(after.position(), start)) {
        moveReader(lane.shard(), untimed(next));
        forward++;
      } else if (left > 0) {
        forward++;
      }
    } else if (next instanceof StartPosition.At at
        && lane.ledger().isNewTo(terms.name())
        && start != null
        && isEarlier(start, at)) {
      // An operator chose the time before the job was first started.
      moveReader(lane.shard(), next);
      forward++;
    }
  }

  private static boolean isEarlier(StartPosition start, StartPosition.At at) {
    return start instanceof StartPosition.Earliest
        || (start instanceof StartPosition.At from && from.time() < at.time());
  }

  /** A ledger stores whatever time it is given beside a sequence, which alone is to be trusted. */
  private static StartPosition untimed(StartPosition next) {
    return next instanceof StartPosition.After after
        ? new StartPosition.After(
            new Position(after.position().sequence(), after.position().index(), 0))
        : next;
  }

  /** True when a reader that begins there would read what was delivered already. */
  private static boolean isAhead(Position delivered, StartPosition start) {
    if (start instanceof StartPosition.After after) {
      return delivered.compareTo(after.position()) > 0;
    }
    return !(start instanceof StartPosition.At at) || delivered.time() >= at.time();
  }

  /** One line for all shards that were opened together. */
  private void summarize() {
    if (books.unopened() > 0 || opened == 0) {
      return;
    }
    if (rewound > 0) {
      LOG.warn(
          "{}: delivery.on-restore: rewind: {} shards go on from the restored state, whatever {}"
              + " says was delivered since",
          trigger,
          rewound,
          terms.name());
    }
    LOG.info(
        "{}: {} shards are opened in {}; {} of them go on behind what it says was delivered, ahead"
            + " of where the restored state or the start option has them ({} restored records are"
            + " left out)",
        trigger,
        opened,
        terms.name(),
        forward,
        skipped);
    opened = 0;
    forward = 0;
    rewound = 0;
    skipped = 0;
  }

  @Override
  public void moved(String shard, DeliveryLedger.Entry entry) {
    Optional<Lane> lane = host.lane(shard);
    if (lane.isPresent()) {
      moved(lane.get(), entry);
    } else {
      books.resume(shard);
    }
  }

  @Override
  public void unknown(String shard) {
    host.lane(shard).ifPresent(this::release);
    summarize();
  }

  private void moved(Lane lane, DeliveryLedger.Entry entry) {
    if (lane.inFlight() || !reading.containsKey(lane.shard())) {
      byHand.put(lane.shard(), entry);
      lane.setOpening(true);
    } else {
      obey(lane, entry);
    }
  }

  private void obey(Lane lane, DeliveryLedger.Entry entry) {
    empty(lane, entry);
    moveReader(lane.shard(), untimed(entry.next()));
    release(lane);
  }

  private void empty(Lane lane, DeliveryLedger.Entry entry) {
    LOG.warn(
        "{} shard {}: was moved by hand in {}; goes on {}",
        trigger,
        lane.shard(),
        terms.name(),
        described(entry.next()));
    lane.clear();
    lane.setLedger(lane.ledger().at(terms.name(), entry.version()).past(List.of()));
    open(lane);
    books.resume(lane.shard());
  }

  @Override
  public void written(String shard) {
    Lane lane = host.lane(shard).orElse(null);
    if (lane == null) {
      return;
    }
    if (!lane.ledger().past().isEmpty() && !byHand.containsKey(shard)) {
      lane.setLedger(lane.ledger().past(List.of()));
      port.changed(lane);
    }
    if (terms.strict()) {
      lane.setWriting(false);
      host.moved(lane);
    }
  }

  @Override
  public void failing(String shard, String message) {
    host.lane(shard).ifPresent(lane -> lane.meetLedgerFault(message, port.now()));
  }

  private static String described(StartPosition next) {
    if (next instanceof StartPosition.After after) {
      return "behind sequence " + after.position().sequence();
    }
    return next instanceof StartPosition.At at
        ? "at the first record of " + Instant.ofEpochMilli(at.time())
        : "at its oldest record";
  }
}
