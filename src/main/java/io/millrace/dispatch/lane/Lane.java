// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.Outcome;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The ordered queue of one shard: a state machine in which at most one envelope is under way.
 *
 * <p>Records are appended at the tail. When the lane {@linkplain #launch launches}, it seals what
 * has arrived, up to its limits, as the next envelope; the sealed records stay the same in every
 * attempt, until the envelope is acknowledged, or an operator gives it up, and they leave at the
 * head. Failed attempts are counted for the sealed envelope only; when they are exhausted the lane
 * is suspended and keeps its records until it is resumed.
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

  /** What a lane waits for, for operators. */
  public enum Waiting {
    /** For records of the stream. */
    RECORDS,
    /** For more records to the same event. */
    LINGER,
    /** For a call that is free, of those that may be under way at once. */
    CALL_BUDGET,
    /** For the function's answer. */
    ANSWER,
    /** For the time of the next attempt. */
    NEXT_ATTEMPT,
    /** For a call whose answer was lost and that may still be running. */
    EARLIER_CALL,
    /** For the ledger to say where the shard stands, or to have what was delivered. */
    LEDGER,
    /** For an operator's command that is about to be done. */
    COMMAND,
    /** For a completed checkpoint to have what an operator skipped. */
    CHECKPOINT,
    /** For the next probe of a shard whose attempts are used up, or for an operator. */
    PROBE,
    /** For an operator. */
    OPERATOR
  }

  /** More than a shard is given between two checkpoints. */
  private static final int REMEMBERED_COMMANDS = 8;

  private final String shard;
  private final int key;
  private final BatchLimits limits;
  private final EnvelopeFormat format;
  private final long linger;
  private final LaneQueue queue;
  private final Setback setback;

  private int sealed;
  private boolean ended;
  private Position delivered;
  private Position through;
  private long envelopes;
  private long records;
  private long repeated;
  private long discarded;
  private LedgerMark ledger = LedgerMark.NONE;
  private List<String> commands = List.of();

  // Of this run only.
  private boolean opening;
  private boolean writing;
  private boolean awaitingCommand;
  private boolean awaitingCheckpoint;
  private long inFlightSince = -1;
  private long lingerUntil;
  private boolean restoredSeal;
  private final RecentCalls calls = new RecentCalls();

  private Lane(
      String shard,
      int key,
      BatchLimits limits,
      EnvelopeFormat format,
      long linger,
      LaneQueue queue,
      Setback setback) {
    this.shard = shard;
    this.key = key;
    this.limits = limits;
    this.format = format;
    this.linger = linger;
    this.queue = queue;
    this.setback = setback;
  }

  /** An empty lane. */
  public Lane(String shard, int key, BatchLimits limits, EnvelopeFormat format, long lingerMillis) {
    this(shard, key, limits, format, lingerMillis, new LaneQueue(0), new Setback());
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
    LaneQueue queue = new LaneQueue(snapshot.head());
    queued.forEach(queue::add);
    Lane lane =
        new Lane(snapshot.shard(), key, limits, format, lingerMillis, queue, Setback.of(snapshot));
    lane.sealed = snapshot.sealed();
    lane.restoredSeal = snapshot.sealed() > 0;
    lane.ended = snapshot.ended();
    lane.delivered = snapshot.delivered().orElse(null);
    lane.through = snapshot.through().orElse(null);
    lane.envelopes = snapshot.envelopes();
    lane.records = snapshot.records();
    lane.repeated = snapshot.repeated();
    lane.discarded = snapshot.discarded();
    lane.ledger = snapshot.ledger();
    lane.commands = snapshot.commands();
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
    queue.add(record);
  }

  // ---- attempts ----

  /**
   * When the lane can launch.
   *
   * @return a time that may have passed already; empty while a call is under way, while the lane is
   *     suspended and not probed, and when there is nothing to deliver
   */
  public OptionalLong launchableAt() {
    if (inFlight() || queue.isEmpty() || isHeld()) {
      return OptionalLong.empty();
    }
    if (isSuspended() && !setback.isProbed()) {
      return OptionalLong.empty();
    }
    if (sealed > 0 || queue.size() >= limits.maxRecords() || ended) {
      return OptionalLong.of(setback.notBefore());
    }
    return OptionalLong.of(Math.max(setback.notBefore(), lingerUntil));
  }

  private boolean isHeld() {
    return opening || writing || awaitingCommand || awaitingCheckpoint;
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
  public Optional<byte[]> launch(long now) {
    if (!isLaunchable(now)) {
      throw new IllegalStateException("shard " + shard + " cannot be launched");
    }
    if (sealed == 0) {
      sealed = limits.count(shard, queue.all(), format);
    }
    List<ShardRecord> envelope = sealedRecords();
    long size = format.frameSize(shard);
    for (ShardRecord record : envelope) {
      size += format.sizeOf(record);
    }
    if (envelope.size() == 1 && size > limits.maxEventSize()) {
      setback.refuse(
          "the record of sequence "
              + envelope.get(0).sequence()
              + " makes an event of "
              + size
              + " bytes, the function takes "
              + limits.maxEventSize()
              + " at most",
          now);
      return Optional.empty();
    }
    if (restoredSeal) {
      repeated += sealed;
      restoredSeal = false;
    }
    inFlightSince = now;
    return Optional.of(format.render(shard, envelope));
  }

  /** The attempt under way delivered the envelope. A lane that was being probed goes on. */
  public void acknowledge() {
    endFlight();
    envelopes++;
    records += sealed;
    passSealed();
    setback.overcome();
  }

  private void passSealed() {
    for (int i = 0; i < sealed; i++) {
      delivered = queue.remove().position();
    }
    if (through != null) {
      delivered = through;
    }
    unseal();
  }

  private void unseal() {
    sealed = 0;
    through = null;
    restoredSeal = false;
  }

  /**
   * The attempt under way failed, and counts.
   *
   * @param holdUntil no attempt before this time even if the schedule would allow it, because the
   *     call may still be running; 0 for no such hold
   */
  public Verdict fail(Outcome outcome, long now, RetrySchedule schedule, long holdUntil) {
    endFlight();
    return setback.fail(outcome, now, schedule, holdUntil);
  }

  /** The attempt under way was not made after all. */
  public void withdraw() {
    endFlight();
  }

  /** The attempt under way was refused because of load; it does not count. */
  public void postpone(Outcome outcome, long now, long until) {
    endFlight();
    setback.postpone(outcome, now, until);
  }

  /**
   * The attempt under way met a target that is not there; it does not count. Neither does the
   * attempt right before it, if that one lost its connection: the target was going down.
   */
  public void meetTargetFault(Outcome outcome, long now) {
    endFlight();
    setback.meetTargetFault(outcome, now);
  }

  private void endFlight() {
    if (!inFlight()) {
      throw new IllegalStateException("shard " + shard + " has no call under way");
    }
    inFlightSince = -1;
  }

  private void requireNoFlight() {
    if (inFlight()) {
      throw new IllegalStateException("shard " + shard + " has a call under way");
    }
  }

  /**
   * Whoever restores this lane makes no attempt before {@code until}: the call under way is left
   * behind, and may run till then.
   */
  public void leaveFlightBehind(long until) {
    setback.holdUntil(until);
  }

  /** The function answered the call under way after some time. */
  void answeredIn(long millis) {
    calls.add(millis, sealed);
  }

  // ---- where the lane goes on ----

  /**
   * Leaves out what was delivered already, as the ledger says.
   *
   * @param known the last record delivered
   * @return how many records are left out
   */
  public int skipThrough(Position known) {
    requireNoFlight();
    int skipped = 0;
    while (!queue.isEmpty() && queue.peek().position().compareTo(known) <= 0) {
      queue.remove();
      skipped++;
    }
    if (skipped > 0) {
      unseal();
      setback.startOver();
    }
    if (delivered == null || delivered.compareTo(known) < 0) {
      delivered = known;
    }
    return skipped;
  }

  /**
   * Forgets what it holds, and the end of the shard: its reader goes on somewhere else. A lane that
   * is suspended stays so, and where an earlier call may be running, no attempt is made before.
   */
  public void clear() {
    requireNoFlight();
    queue.clear();
    unseal();
    setback.startOver();
    ended = false;
    delivered = null;
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
    if (opening || writing) {
      setback.meetLedgerFault(message, now);
    }
  }

  private void forgetLedgerError() {
    if (!opening && !writing) {
      setback.forgetLedgerError();
    }
  }

  /** What of the ledger is checkpointed with the lane. */
  LedgerMark ledger() {
    return ledger;
  }

  void setLedger(LedgerMark mark) {
    ledger = mark;
  }

  // ---- operators ----

  /**
   * Stops launching until {@link #resume}. A call under way is not touched.
   *
   * @return false when the lane was suspended already
   */
  public boolean suspend(String reason, long now) {
    return setback.suspend(reason, now);
  }

  /**
   * Goes on with the sealed envelope, with fresh attempts, as soon as no earlier call can still be
   * running.
   *
   * @return false when the lane was not suspended
   */
  public boolean resume() {
    return setback.resume();
  }

  /**
   * Makes the next attempt due; failed attempts stay counted.
   *
   * @return false when the lane does not wait for one, or an earlier call may still be running
   */
  public boolean retry(long now) {
    if (state(now) != State.RETRYING || setback.heldUntil() > now) {
      return false;
    }
    setback.hurry();
    return true;
  }

  /**
   * Gives up the sealed envelope: an operator wants to go on without it. A lane that was suspended
   * because of it goes on, as soon as no earlier call can still be running.
   *
   * @return the records given up
   */
  public List<ShardRecord> discard() {
    requireNoFlight();
    List<ShardRecord> given = sealedRecords();
    discarded += sealed;
    passSealed();
    setback.lift();
    return given;
  }

  /**
   * Gives up one record of the sealed envelope; what is left is the envelope from now on.
   *
   * @param place of the record in the envelope, from 0
   */
  public void discard(int place) {
    requireNoFlight();
    if (sealed == 1) {
      discard();
      return;
    }
    Position given = sealedRecords().get(place).position();
    if (place == 0) {
      delivered = given;
    } else if (place == sealed - 1 && through == null) {
      through = given;
    }
    queue.remove(place);
    sealed--;
    discarded++;
    setback.lift();
  }

  /** Makes probes of a lane whose attempts are used up due as the schedule says. */
  void rearm(RetrySchedule schedule) {
    setback.rearm(schedule);
  }

  /** True when an operator's command was done already. */
  boolean hasDone(String command) {
    return commands.contains(command);
  }

  /** An operator's command was done. It may be given again, and is not to be done again. */
  void setDone(String command) {
    List<String> all = new ArrayList<>(commands);
    all.add(command);
    commands = List.copyOf(all.subList(Math.max(0, all.size() - REMEMBERED_COMMANDS), all.size()));
  }

  /** Nothing is launched while a command is about to be done. */
  void setAwaitingCommand(boolean value) {
    awaitingCommand = value;
  }

  /** Nothing is launched, and the lane does not end, while a crash could undo what was skipped. */
  void setAwaitingCheckpoint(boolean value) {
    awaitingCheckpoint = value;
  }

  // ---- what there is to see ----

  /** The records of the sealed envelope, in order; empty when none is sealed. */
  public List<ShardRecord> sealedRecords() {
    return queue.first(sealed);
  }

  /** How many records the sealed envelope has; 0 when none is sealed. */
  int sealed() {
    return sealed;
  }

  /** Records that were invoked again after a restore, though they may have been delivered. */
  long repeated() {
    return repeated;
  }

  /** Why the lane does not get on; empty while all is well. */
  public Optional<LastError> lastError() {
    return setback.lastError();
  }

  /** What is checkpointed, besides {@link #queued()}. */
  public LaneSnapshot snapshot() {
    return new LaneSnapshot(
        shard,
        head(),
        tail(),
        sealed,
        setback.attempts(),
        setback.storedNotBefore(),
        setback.heldUntil(),
        setback.suspension(),
        ended,
        delivered(),
        setback.storedError(),
        envelopes,
        records,
        repeated,
        discarded,
        Optional.ofNullable(through),
        ledger,
        commands);
  }

  /** All records that are not acknowledged, in order; the first has the index {@link #head()}. */
  public Collection<ShardRecord> queued() {
    return queue.all();
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
    return queue.head();
  }

  /** Index that the next record will have. */
  public long tail() {
    return queue.tail();
  }

  /** Queued records with an index below this may have had another one when they were written. */
  public long shiftedBelow() {
    return queue.shiftedBelow();
  }

  /** Memory that the queue takes, in bytes, estimated. */
  public long heldBytes() {
    return queue.heldBytes();
  }

  /** The last record delivered, or given up; empty before the first, and after a move. */
  public Optional<Position> delivered() {
    return Optional.ofNullable(delivered);
  }

  /** Failed attempts of the sealed envelope. */
  public int attempts() {
    return setback.attempts();
  }

  /** The last calls that the function answered, in this run. */
  public CallSummary calls() {
    return calls.summary();
  }

  /** How long these calls took, in milliseconds, the shortest first; not to be written to. */
  public int[] callMillis() {
    return calls.sortedMillis();
  }

  public boolean inFlight() {
    return inFlightSince >= 0;
  }

  /** When the call under way was launched, in milliseconds since the epoch; −1 for none. */
  public long inFlightSince() {
    return inFlightSince;
  }

  public boolean isSuspended() {
    return setback.isSuspended();
  }

  /** True when the shard has ended and all its records were acknowledged, or given up for good. */
  public boolean isDrained() {
    return ended && queue.isEmpty() && !awaitingCheckpoint;
  }

  /** When the next attempt is due; empty unless the lane waits for one. */
  public OptionalLong nextAttemptAt(long now) {
    boolean waits = state(now) == State.RETRYING || (setback.isProbed() && !inFlight());
    return waits && setback.notBefore() > 0
        ? OptionalLong.of(setback.notBefore())
        : OptionalLong.empty();
  }

  public State state(long now) {
    if (isSuspended()) {
      return State.SUSPENDED;
    }
    if (inFlight()) {
      return State.DELIVERING;
    }
    if (opening) {
      return State.OPENING;
    }
    if (queue.isEmpty()) {
      return isDrained() ? State.ENDED : State.IDLE;
    }
    return setback.notBefore() > now || setback.attempts() > 0 ? State.RETRYING : State.READY;
  }

  /** What the lane waits for; empty when it has passed its end. */
  public Optional<Waiting> waitingFor(long now) {
    if (inFlight()) {
      return Optional.of(Waiting.ANSWER);
    }
    if (awaitingCommand) {
      return Optional.of(Waiting.COMMAND);
    }
    if (isSuspended()) {
      return Optional.of(setback.isProbed() ? Waiting.PROBE : Waiting.OPERATOR);
    }
    if (awaitingCheckpoint) {
      return Optional.of(Waiting.CHECKPOINT);
    }
    if (opening || writing) {
      return Optional.of(Waiting.LEDGER);
    }
    if (queue.isEmpty()) {
      return ended ? Optional.empty() : Optional.of(Waiting.RECORDS);
    }
    if (setback.heldUntil() > now) {
      return Optional.of(Waiting.EARLIER_CALL);
    }
    if (setback.notBefore() > now) {
      return Optional.of(Waiting.NEXT_ATTEMPT);
    }
    return Optional.of(isLaunchable(now) ? Waiting.CALL_BUDGET : Waiting.LINGER);
  }

  @Override
  public String toString() {
    return "lane of shard " + shard + " [" + head() + ", " + tail() + "), sealed " + sealed;
  }
}
