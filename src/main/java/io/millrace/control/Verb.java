// SPDX-License-Identifier: Apache-2.0
package io.millrace.control;

/** What an operator can tell a shard to do. */
public enum Verb {
  /** Launch nothing more until resumed. */
  SUSPEND,
  /** Go on with what was suspended, with fresh attempts. */
  RESUME,
  /** Make the next attempt now; failed attempts stay counted. */
  RETRY,
  /** Give up the envelope at the head, or one record of it. */
  SKIP,
  /** Go on from another place in the stream. */
  SEEK
}
