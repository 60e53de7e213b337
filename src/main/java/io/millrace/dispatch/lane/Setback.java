// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import io.millrace.dispatch.Outcome;
import java.util.Optional;

/**
 * What keeps a lane from launching its sealed envelope: failed attempts, the time to wait for, an
 * earlier call that may still run, a suspension, and the error that goes with them.
 *
 * <p>Part of its lane, and checkpointed with it, but for what is said to be of this run only.
 */
final class Setback {

  private int attempts;
  private long notBefore;
  private long heldUntil;
  private Suspension suspension = Suspension.NONE;
  private LastError lastError;

  // Of this run only.
  private boolean ledgerError;
  private boolean fateForgivable;
  private long probeAt = Long.MAX_VALUE;

  static Setback of(LaneSnapshot snapshot) {
    Setback setback = new Setback();
    setback.attempts = snapshot.attempts();
    setback.notBefore = snapshot.notBefore();
    setback.heldUntil = snapshot.heldUntil();
    setback.suspension = snapshot.suspension();
    setback.lastError = snapshot.lastError().orElse(null);
    return setback;
  }

  /** An attempt failed, and counts; see {@link Lane#fail}. */
  Lane.Verdict fail(Outcome outcome, long now, RetrySchedule schedule, long holdUntil) {
    attempts++;
    fateForgivable = outcome instanceof Outcome.UnknownFate;
    lastError = errorOf(outcome, now);
    heldUntil = Math.max(heldUntil, holdUntil);
    notBefore = Math.max(schedule.nextAttempt(now), heldUntil);
    if (!schedule.isExhausted(attempts)) {
      return Lane.Verdict.RETRY;
    }
    if (suspension != Suspension.BY_HAND) {
      suspension = Suspension.EXHAUSTED;
      rearm(schedule);
    }
    return Lane.Verdict.EXHAUSTED;
  }

  /** An attempt was refused because of load. */
  void postpone(Outcome outcome, long now, long until) {
    fateForgivable = false;
    lastError = errorOf(outcome, now);
    notBefore = until;
  }

  /** An attempt met a target that is not there; see {@link Lane#meetTargetFault}. */
  void meetTargetFault(Outcome outcome, long now) {
    if (fateForgivable) {
      attempts--;
      fateForgivable = false;
    }
    lastError = errorOf(outcome, now);
  }

  private static LastError errorOf(Outcome outcome, long now) {
    return new LastError(outcome.message(), outcome.requestId().orElse(null), now);
  }

  /** No attempt can succeed. */
  void refuse(String reason, long now) {
    suspension = Suspension.TOO_LARGE;
    lastError = new LastError(reason, null, now);
  }

  /** The envelope was delivered. */
  void overcome() {
    notBefore = 0;
    heldUntil = 0;
    lift();
  }

  /** The envelope, or part of it, was given up: what follows waits only for an earlier call. */
  void lift() {
    attempts = 0;
    notBefore = heldUntil;
    lastError = null;
    fateForgivable = false;
    if (suspension.isOfTheEnvelope()) {
      suspension = Suspension.NONE;
    }
  }

  /** There is another envelope; a suspension stays, with its reason. */
  void startOver() {
    attempts = 0;
    fateForgivable = false;
    if (!isSuspended()) {
      lastError = null;
    }
  }

  /** The next attempt is due. */
  void hurry() {
    notBefore = heldUntil;
  }

  /** An earlier call may run till then. */
  void holdUntil(long until) {
    heldUntil = Math.max(heldUntil, until);
    notBefore = Math.max(notBefore, until);
  }

  boolean suspend(String reason, long now) {
    if (isSuspended()) {
      return false;
    }
    suspension = Suspension.BY_HAND;
    if (lastError == null) {
      lastError = new LastError(reason, null, now);
    }
    return true;
  }

  boolean resume() {
    if (!isSuspended()) {
      return false;
    }
    suspension = Suspension.NONE;
    attempts = 0;
    fateForgivable = false;
    return true;
  }

  /** Finds out when a lane whose attempts are used up is tried by itself. */
  void rearm(RetrySchedule schedule) {
    if (suspension == Suspension.EXHAUSTED && lastError != null) {
      probeAt = schedule.nextProbe(attempts, lastError.at());
    }
  }

  /** The ledger has failed; tells for what the lane waits, unless there is worse to tell. */
  void meetLedgerFault(String message, long now) {
    if (lastError == null || ledgerError) {
      lastError = new LastError(message, null, now);
      ledgerError = true;
    }
  }

  void forgetLedgerError() {
    if (ledgerError) {
      lastError = null;
      ledgerError = false;
    }
  }

  boolean isSuspended() {
    return suspension != Suspension.NONE;
  }

  /** True when the lane is suspended, and tried by itself from time to time. */
  boolean isProbed() {
    return suspension == Suspension.EXHAUSTED && probeAt != Long.MAX_VALUE;
  }

  /** No attempt before this time. */
  long notBefore() {
    return isProbed() ? Math.max(notBefore, probeAt) : notBefore;
  }

  long heldUntil() {
    return heldUntil;
  }

  int attempts() {
    return attempts;
  }

  Suspension suspension() {
    return suspension;
  }

  Optional<LastError> lastError() {
    return Optional.ofNullable(lastError);
  }

  /** What is checkpointed of the time to wait for: a probe is reckoned anew. */
  long storedNotBefore() {
    return notBefore;
  }

  /** What is checkpointed of the error: what the ledger said is not. */
  Optional<LastError> storedError() {
    return ledgerError ? Optional.empty() : lastError();
  }
}
