// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

/**
 * One broken promise, in words.
 *
 * @param kind which
 * @param shard where
 * @param text what was seen, with the journal's ids
 */
public record Finding(Kind kind, String shard, String text) {

  /** The promises. */
  public enum Kind {
    /** D3. */
    LOST,
    /** D2, D4, D5. */
    OUT_OF_ORDER,
    /** D1. */
    OVERLAPPING,
    /** D1: the retry of a call of unknown fate that did not wait for its end. */
    NOT_WAITED,
    /** D6: more repeats than the faults explain. */
    EXCESS_REPEAT,
    /** D6: a retry that is not the same bytes. */
    CHANGED_RETRY,
    /** D2, D4, D5 as a function sees them that keeps the latest state of each key. */
    NOT_CONVERGED,
    /** A metric that says something else than the journal or the stream. */
    METRIC_DISAGREES
  }

  @Override
  public String toString() {
    return kind + " shard " + shard + ": " + text;
  }
}
