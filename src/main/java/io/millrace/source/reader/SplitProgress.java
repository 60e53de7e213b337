// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;

/**
 * How far the emitting of a split is. Confined to the task thread; what is checkpointed of it is
 * the split.
 */
final class SplitProgress {

  private ShardSplit split;
  private boolean moved;
  private boolean finished;
  private long sequence;
  private int index;
  private long time;

  SplitProgress(ShardSplit split) {
    this.split = split;
    this.finished = split.finished();
  }

  /** A record, or the end, has been emitted. */
  void emitted(ShardRecord record) {
    if (record.end()) {
      finished = true;
    } else {
      moved = true;
      sequence = record.sequence();
      index = record.index();
      time = record.time();
    }
  }

  /** The split goes on somewhere else. */
  void move(StartPosition next) {
    split = split.from(next);
    moved = false;
    finished = false;
  }

  /** The split as it is to be read on. */
  ShardSplit split() {
    StartPosition next =
        moved ? new StartPosition.After(new Position(sequence, index, time)) : split.next();
    return new ShardSplit(split.shard(), split.lane(), next, split.parents(), finished);
  }
}
