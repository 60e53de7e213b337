// SPDX-License-Identifier: Apache-2.0
package io.millrace.model;

import java.io.Serializable;

/** Where the reading of a shard begins, or goes on. */
public sealed interface StartPosition extends Serializable {

  /** At the oldest record that the stream still has. */
  record Earliest() implements StartPosition {}

  /**
   * Behind the newest record at the moment of asking. Never stored: it is resolved once, into
   * {@link Earliest} (the shard had no record), {@link At} or {@link After}.
   */
  record Latest() implements StartPosition {}

  /**
   * At the first record that the stream accepted at {@code time} or later.
   *
   * @param time milliseconds since the epoch
   */
  record At(long time) implements StartPosition {}

  /**
   * Behind a record that was read already.
   *
   * @param position of that record
   */
  record After(Position position) implements StartPosition {}
}
