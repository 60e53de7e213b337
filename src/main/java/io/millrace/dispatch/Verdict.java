// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import java.util.Optional;
import org.apache.flink.annotation.PublicEvolving;

/**
 * What a refusal of a function service asks for.
 *
 * <p>Which fault is whose: the project's delivery contract, "What counts as a failure".
 */
@PublicEvolving
public enum Verdict {
  /** Counts as an attempt of the envelope. */
  RECORDS,
  /** The event is too large. */
  TOO_LARGE,
  /** Blocks the function for all shards until a probe succeeds. */
  TARGET,
  /** Asked too much at a time. */
  THROTTLED,
  /** Somebody on the way gave up waiting; the function may be running. */
  UNKNOWN;

  /** What an HTTP status means where the service's own code does not tell. */
  public static Verdict ofStatus(int status) {
    return switch (status) {
      // 200 to one that should run later, 202 to one that should run now: not the service.
      case 202, 401, 403, 404, 405, 409, 410 -> TARGET;
      case 413 -> TOO_LARGE;
      case 429, 503 -> THROTTLED;
      case 408, 499, 504 -> UNKNOWN;
      // A redirect, or an upgrade: something else answers at this address.
      default -> status < 400 ? TARGET : RECORDS;
    };
  }

  /** The outcome of an attempt that ended so. */
  public Outcome outcome(String message, Optional<String> requestId) {
    return switch (this) {
      case RECORDS -> new Outcome.RecordFault(message, requestId);
      case TOO_LARGE -> new Outcome.TooLarge(message, requestId);
      case TARGET -> new Outcome.TargetFault(message, requestId);
      case THROTTLED -> new Outcome.Throttled(message, requestId);
      case UNKNOWN -> new Outcome.UnknownFate(message, requestId);
    };
  }
}
