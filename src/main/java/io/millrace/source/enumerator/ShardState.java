// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

/** How far a shard is. What is not known is not drained. */
enum ShardState {
  /** Not begun: its parents are not drained, or the stream still prepares it. */
  NEW,
  /** A split of it exists, with a reader or waiting for one. */
  READING,
  /** Its lane has passed its end, or it was never to be read. */
  DRAINED
}
