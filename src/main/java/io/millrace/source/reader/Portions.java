// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.ShardRecord;
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

  private Portion current;
  private Iterator<ShardRecord> records;

  /**
   * @param portions in the order of emitting
   * @param retired shards whose splits are done with
   * @param emitted told when the records of a portion were all emitted
   */
  Portions(List<Portion> portions, Set<String> retired, Consumer<Portion> emitted) {
    this.portions = portions.iterator();
    this.retired = retired;
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
    return current.shard();
  }

  @Override
  public ShardRecord nextRecordFromSplit() {
    return records.hasNext() ? records.next() : null;
  }

  @Override
  public Set<String> finishedSplits() {
    return retired;
  }
}
