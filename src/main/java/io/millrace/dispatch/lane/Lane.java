// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.Outcome;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/**
 * The ordered queue of one shard: a state machine in which at most one envelope is under way.
 *
 * <p>Records are appended at the tail. When the lane {@linkplain #launch launches}, it seals what
 * has arrived, up to its limits, as the next envelope; the sealed records stay the same in every
 * attempt, until the envelope is acknowledged and they leave at the head. Failed attempts are
 * counted for the sealed envelope only; when they are exhausted the lane is suspended and keeps its
 * records until it is resumed.
 *
 * <p>Everything but the flight under way and the lingering is in {@link #snapshot()}: a lane
 * restored from it, with its queue, tries the sealed envelope again first, with the same bytes.
 *
 * <p>Not thread-safe: a lane belongs to the task thread. It has no clock; {@code now} is in
 * milliseconds since the epoch.
 */
public final class Lane {

  /** What a failed attempt led to. */
  public enum Verdict {
    /** The envelope will be tried again. */
    RETRY,
    /** The attempts are used up; the lane is suspended. */
    EXHAUSTED
  }

  /** What a lane is doing, for operators. */
  public enum State {
    /** Has not heard from the ledger where it stands, or is being moved. */
    OPENING,
    /** Nothing to deliver. */
    IDLE,
    /** Records wait to be launched: for a free call, or to linger. */
    READY,
    /** A call is under way. */
    DELIVERING,
    /** Waits for its next attempt. */
    RETRYING,
    /** Waits for an operator. */
    SUSPENDED,
    /** The shard has ended and all of it was delivered. */
    ENDED
  }

  /** Bytes that a queued record takes besides its body: its objects on a 64-bit JVM, rounded up. */
  private static final int RECORD_OVERHEAD = 112;

  private final String shard;
  private final int key;
  private final BatchLimits limits;
  private final EnvelopeFormat format;
  private final long linger;
  private final ArrayDeque<ShardRecord> queue = new ArrayDeque<>();

  private long head;
  private long heldBytes;
  private int sealed;
  private int attempts;
  private long notBefore;
  private boolean suspended;
  private boolean ended;
  private Position delivered;
  private LastError lastError;
  private long envelopes;
  private long records;
  private long repeated;
  private LedgerMark ledger = LedgerMark.NONE;
  private String movedBy = "";

  // Of this run only.
  private boolean opening;
  private boolean ledgerError;
  private boolean writing;
  private long inFlightSince = -1;
  private long lingerUntil;
  private boolean fateForgivable;
  private boolean restoredSeal;

  /** An empty lane. */
  public Lane(String shard, int key, BatchLimits limits, EnvelopeFormat format, long lingerMillis) {
    this.shard = shard;
    this.key = key;
    this.limits = limits;
    this.format = format;
    this.linger = lingerMillis;
  }

  /** The lane of a snapshot, with the records between its head and tail, in order. */
  public static Lane restore(
      LaneSnapshot snapshot,
      Collection<ShardRecord> queued,
      int key,
      BatchLimits limits,
      EnvelopeFormat format,
      long lingerMillis) {
    if (queued.size() != snapshot.tail() - snapshot.head()) {
      throw new IllegalStateException(
          "shard "
              + snapshot.shard()
              + ": state holds "
              + queued.size()
              + " records where its lane has "
              + (snapshot.tail() - snapshot.head()));
    }
    Lane lane = new Lane(snapshot.shard(), key, limits, format, lingerMillis);
    lane.head = snapshot.head();
    queued.forEach(lane::enqueue);
    lane.sealed = snapshot.sealed();
    lane.restoredSeal = snapshot.sealed() > 0;
    lane.attempts = snapshot.attempts();
    lane.notBefore = snapshot.notBefore();
    lane.suspended = snapshot.suspended();
    lane.ended = snapshot.ended();
    lane.delivered = snapshot.delivered().orElse(null);
    lane.lastError = snapshot.lastError().orElse(null);
    lane.envelopes = snapshot.envelopes();
    lane.records = snapshot.records();
    lane.repeated = snapshot.repeated();
    lane.ledger = snapshot.ledger();
    lane.movedBy = snapshot.movedBy();
    return lane;
  }

  /** Adds a record at the tail, or the end of the shard. */
  public void append(ShardRecord record, long now) {
    if (record.end()) {
      ended = true;
      return;
    }
    if (queue.size() == sealed) {
      lingerUntil = now + linger;
    }
    enqueue(record);
  }

  private ShardRecord dequeue() {
    ShardRecord record = queue.removeFirst();
    heldBytes -= record.body().length + RECORD_OVERHEAD;
    return record;
  }

  private void enqueue(ShardRecord record) {
    queue.addLast(record);
    heldBytes += record.body().length + RECORD_OVERHEAD;
  }

  /**
   * When the lane can launch.
   *
   * @return a time that may have passed already; empty while a call is under way, while the lane is
   *     suspended, and when there is nothing to deliver
   */
  public OptionalLong launchableAt() {
    if (inFlight() || suspended || opening || writing || queue.isEmpty()) {
      return OptionalLong.empty();
    }
    if (sealed > 0 || queue.size() >= limits.maxRecords() || ended) {
      return OptionalLong.of(notBefore);
    }
    return OptionalLong.of(Math.max(notBefore, lingerUntil));
  }

  /** True when the lane can launch at {@code now}. */
  public boolean isLaunchable(long now) {
    OptionalLong at = launchableAt();
    return at.isPresent() && at.getAsLong() <= now;
  }

  /**
   * Seals the next envelope where none is sealed yet, and begins an attempt.
   *
   * @return the rendered event; empty when its only record is too large for the function, in which
   *     case the lane is suspended instead
   */
  public java.util.Optional<byte[]> launch(long now) {
    if (!isLaunchable(now)) {
      throw new IllegalStateException("shard " + shard + " cannot be launched");
    }
    if (sealed == 0) {
      sealed = limits.count(shard, queue, format);
    }
    List<ShardRecord> envelope = sealedRecords();
    long size = format.frameSize(shard);
    for (ShardRecord record : envelope) {
      size += format.sizeOf(record);
    }
    if (envelope.size() == 1 && size > limits.maxEventSize()) {
      suspended = true;
      lastError =
          new LastError(
              "the record of sequence "
                  + envelope.get(0).sequence()
                  + " makes an event of "
                  + size
                  + " bytes, the function takes "
                  + limits.maxEventSize()
                  + " at most",
              null,
              now);
      return java.util.Optional.empty();
    }
    if (restoredSeal) {
      repeated += sealed;
      restoredSeal = false;
    }
    inFlightSince = now;
    return java.util.Optional.of(format.render(shard, envelope));
  }

  /** The attempt under way delivered the envelope. */
  public void acknowledge() {
    endFlight();
    for (int i = 0; i < sealed; i++) {
      delivered = dequeue().position();
    }
    head += sealed;
    envelopes++;
    records += sealed;
    sealed = 0;
    attempts = 0;
    notBefore = 0;
    lastError = null;
    fateForgivable = false;
  }

  /**
   * The attempt under way failed, and counts.
   *
   * @param holdUntil no attempt before this time even if the schedule would allow it, because the
   *     call may still be running; 0 for no such hold
   */
  public Verdict fail(Outcome outcome, long now, RetrySchedule schedule, long holdUntil) {
    endFlight();
    attempts++;
    fateForgivable = outcome instanceof Outcome.UnknownFate;
    lastError = errorOf(outcome, now);
    notBefore = Math.max(schedule.nextAttempt(now), holdUntil);
    if (schedule.isExhausted(attempts)) {
      suspended = true;
      return Verdict.EXHAUSTED;
    }
    return Verdict.RETRY;
  }

  /** The attempt under way was not made after all. */
  public void withdraw() {
    endFlight();
  }

  /** The attempt under way was refused because of load; it does not count. */
  public void postpone(Outcome outcome, long now, long until) {
    endFlight();
    fateForgivable = false;
    lastError = errorOf(outcome, now);
    notBefore = until;
  }

  /**
   * The attempt under way met a target that is not there; it does not count. Neither does the
   * attempt right before it, if that one lost its connection: the target was going down.
   */
  public void meetTargetFault(Outcome outcome, long now) {
    endFlight();
    if (fateForgivable) {
      attempts--;
      fateForgivable = false;
    }
    lastError = errorOf(outcome, now);
  }

  /**
   * Leaves out what was delivered already, as the ledger says.
   *
   * @param through the last record delivered
   * @return how many records are left out
   */
  public int skipThrough(Position through) {
    requireNoFlight();
    int skipped = 0;
    while (!queue.isEmpty() && queue.peekFirst().position().compareTo(through) <= 0) {
      dequeue();
      skipped++;
    }
    if (skipped > 0) {
      head += skipped;
      unseal();
    }
    if (delivered == null || delivered.compareTo(through) < 0) {
      delivered = through;
    }
    return skipped;
  }

  /**
   * Forgets what it holds, and the end of the shard: its reader goes on somewhere else. A lane that
   * is suspended stays so, and where an earlier call may be running, no attempt is made before.
   */
  public void clear() {
    requireNoFlight();
    head += queue.size();
    queue.clear();
    heldBytes = 0;
    unseal();
    ended = false;
    delivered = null;
  }

  private void unseal() {
    sealed = 0;
    attempts = 0;
    restoredSeal = false;
    fateForgivable = false;
    if (!suspended) {
      lastError = null;
    }
  }

  private void requireNoFlight() {
    if (inFlight()) {
      throw new IllegalStateException("shard " + shard + " has a call under way");
    }
  }

  /** Nothing is launched while it is not known where the lane stands. */
  void setOpening(boolean value) {
    opening = value;
    forgetLedgerError();
  }

  /** True while it is not known where the lane stands. */
  boolean isOpening() {
    return opening;
  }

  /** Nothing is launched while what was delivered last must first be in the ledger. */
  void setWriting(boolean value) {
    writing = value;
    forgetLedgerError();
  }

  /** The ledger has failed; tells an operator for what the lane waits, if it does. */
  void meetLedgerFault(String message, long now) {
    if ((opening || writing) && (lastError == null || ledgerError)) {
      lastError = new LastError(message, null, now);
      ledgerError = true;
    }
  }

  private void forgetLedgerError() {
    if (ledgerError && !opening && !writing) {
      lastError = null;
      ledgerError = false;
    }
  }

  /** What of the ledger is checkpointed with the lane. */
  LedgerMark ledger() {
    return ledger;
  }

  void setLedger(LedgerMark mark) {
    ledger = mark;
  }

  /** Id of the command that moved the lane last; empty for none. */
  String movedBy() {
    return movedBy;
  }

  void setMovedBy(String command) {
    movedBy = command;
  }

  /** The last record delivered; empty before the first, and after a move. */
  java.util.Optional<Position> delivered() {
    return java.util.Optional.ofNullable(delivered);
  }

  /**
   * Whoever restores this lane makes no attempt before {@code until}: the call under way is left
   * behind, and may run till then.
   */
  public void leaveFlightBehind(long until) {
    notBefore = Math.max(notBefore, until);
  }

  /**
   * Stops launching until {@link #resume}. A call under way is not touched.
   *
   * @return false when the lane was suspended already
   */
  public boolean suspend(String reason, long now) {
    if (suspended) {
      return false;
    }
    suspended = true;
    if (lastError == null) {
      lastError = new LastError(reason, null, now);
    }
    return true;
  }

  /**
   * Goes on with the sealed envelope, with fresh attempts, as soon as no earlier call can still be
   * running.
   *
   * @return false when the lane was not suspended
   */
  public boolean resume() {
    if (!suspended) {
      return false;
    }
    suspended = false;
    attempts = 0;
    fateForgivable = false;
    return true;
  }

  private void endFlight() {
    if (!inFlight()) {
      throw new IllegalStateException("shard " + shard + " has no call under way");
    }
    inFlightSince = -1;
  }

  private static LastError errorOf(Outcome outcome, long now) {
    return new LastError(outcome.message(), outcome.requestId().orElse(null), now);
  }

  /** The records of the sealed envelope, in order; empty when none is sealed. */
  public List<ShardRecord> sealedRecords() {
    List<ShardRecord> envelope = new ArrayList<>(sealed);
    Iterator<ShardRecord> records = queue.iterator();
    for (int i = 0; i < sealed; i++) {
      envelope.add(records.next());
    }
    return envelope;
  }

  /** Why the lane does not get on; empty while all is well. */
  public java.util.Optional<LastError> lastError() {
    return java.util.Optional.ofNullable(lastError);
  }

  /** What is checkpointed, besides {@link #queued()}. */
  public LaneSnapshot snapshot() {
    return new LaneSnapshot(
        shard,
        head,
        tail(),
        sealed,
        attempts,
        notBefore,
        suspended,
        ended,
        java.util.Optional.ofNullable(delivered),
        ledgerError ? java.util.Optional.empty() : java.util.Optional.ofNullable(lastError),
        envelopes,
        records,
        repeated,
        ledger,
        movedBy);
  }

  /** All records that are not acknowledged, in order; the first has the index {@link #head()}. */
  public Collection<ShardRecord> queued() {
    return java.util.Collections.unmodifiableCollection(queue);
  }

  public String shard() {
    return shard;
  }

  /** The key under which the lane's state is kept. */
  public int key() {
    return key;
  }

  /** Index of the first record that is not acknowledged. */
  public long head() {
    return head;
  }

  /** Index that the next record will have. */
  public long tail() {
    return head + queue.size();
  }

  /** Memory that the queue takes, in bytes, estimated. */
  public long heldBytes() {
    return heldBytes;
  }

  /** Failed attempts of the sealed envelope. */
  public int attempts() {
    return attempts;
  }

  public boolean inFlight() {
    return inFlightSince >= 0;
  }

  /** When the call under way was launched, in milliseconds since the epoch; −1 for none. */
  public long inFlightSince() {
    return inFlightSince;
  }

  public boolean isSuspended() {
    return suspended;
  }

  /** True when the shard has ended and all its records were acknowledged. */
  public boolean isDrained() {
    return ended && queue.isEmpty();
  }

  public State state(long now) {
    if (suspended) {
      return State.SUSPENDED;
    }
    if (inFlight()) {
      return State.DELIVERING;
    }
    if (opening) {
      return State.OPENING;
    }
    if (queue.isEmpty()) {
      return ended ? State.ENDED : State.IDLE;
    }
    return notBefore > now || attempts > 0 ? State.RETRYING : State.READY;
  }

  @Override
  public String toString() {
    return "lane of shard " + shard + " [" + head + ", " + tail() + "), sealed " + sealed;
  }
}
