// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.OptionalLong;

/**
 * One request that reached the function's service, as its journal has it.
 *
 * @param id unique in the journal
 * @param start when it arrived
 * @param end when its handling ended, which is never after the answer was sent; empty while open
 * @param process the process that called, so that a call can be told from one of a killed process
 * @param body the event
 * @param fate how it ended, as the service saw it
 */
public record Invocation(
    long id, long start, OptionalLong end, String process, String body, Fate fate) {

  /** How a call ended. */
  public enum Fate {
    /** The function ran, reported no error, and the answer was sent. */
    ACKNOWLEDGED,
    /** The caller was told that it failed: an error of the function, a refusal, throttling. */
    FAILED,
    /** The connection was cut without an answer: the caller cannot know whether it ran. */
    CUT,
    /** No end yet, or none that the caller waited for, or an answer that it could not read. */
    UNKNOWN
  }

  /** When the caller was told that all went well; {@link Long#MAX_VALUE} for never. */
  long acknowledged() {
    return fate == Fate.ACKNOWLEDGED ? end.orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
  }

  /** True while the call was under way. */
  boolean openAt(long time) {
    return start <= time && end.orElse(Long.MAX_VALUE) > time;
  }
}
