// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

/** Why a lane launches nothing by itself. Written into state by its place in this list. */
public enum Suspension {
  /** It does. */
  NONE,
  /** An operator said so; also what an earlier version did not tell apart. */
  BY_HAND,
  /** The attempts of the sealed envelope are used up. */
  EXHAUSTED,
  /** The record at the head is too large for the function. */
  TOO_LARGE;

  /** True when the envelope at the head is the reason, so that without it the lane can go on. */
  boolean isOfTheEnvelope() {
    return this == EXHAUSTED || this == TOO_LARGE;
  }
}
