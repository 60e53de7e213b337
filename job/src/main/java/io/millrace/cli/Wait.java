// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.util.Set;

/** How far a command must be before this program ends. */
enum Wait {
  /** The shard's task has done it. */
  accepted,
  /** A completed checkpoint has it: no failure can undo it. */
  durable;

  /** The stages with which a shard is far enough. */
  Set<String> stages() {
    return this == accepted ? Set.of("APPLIED", "DURABLE", "MISSED") : Set.of("DURABLE", "MISSED");
  }
}
