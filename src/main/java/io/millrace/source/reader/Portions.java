// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.ShardRecord;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** Portions of several shards, emitted one after the other on the task thread. */
final class Portions implements RecordsWithSplitIds<ShardRecord> {

  private final Iterator<Portion> portions;
  private final Set<String> retired;
  private final Consumer<Portion> emitted;
  private final boolean empty;

  private final Moves moves;

  private Portion current;
  private Iterator<ShardRecord> records;
  private int movesSeen;

  /**
   * @param portions in the order of emitting
   * @param retired shards whose splits are done with
   * @param moves what was fetched before a move is not emitted
   * @param emitted told when the records of a portion were all emitted, or dropped
   */
  Portions(List<Portion> portions, Set<String> retired, Moves moves, Consumer<Portion> emitted) {
    this.portions = portions.iterator();
    this.retired = retired;
    this.moves = moves;
    this.emitted = emitted;
    this.empty = portions.isEmpty() && retired.isEmpty();
  }

  /** True when there is nothing for the task thread to do. */
  boolean isEmpty() {
    return empty;
  }

  @Override
  public String nextSplit() {
    if (current != null) {
      emitted.accept(current);
      current = null;
    }
    if (!portions.hasNext()) {
      return null;
    }
    current = portions.next();
    records = current.records().iterator();
    dropIfMoved();
    return current.shard();
  }

  /** The shard may be moved between any two records. */
  @Override
  public ShardRecord nextRecordFromSplit() {
    if (movesSeen != moves.count()) {
      dropIfMoved();
    }
    return records.hasNext() ? records.next() : null;
  }

  private void dropIfMoved() {
    movesSeen = moves.count();
    if (!moves.isCurrent(current.shard(), current.epoch())) {
      records = Collections.emptyIterator();
    }
  }

  @Override
  public Set<String> finishedSplits() {
    return retired;
  }
}
