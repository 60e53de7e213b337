// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.reader;

import io.millrace.model.ShardRecord;
import io.millrace.source.ShardSplit;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Lets the fetcher thread drive {@link ShardFetches}, and waits for it. Owns nothing: Flink makes a
 * new one when a subtask gets its next split after it had none.
 */
final class ShardSplitReader implements SplitReader<ShardRecord, ShardSplit> {

  private final ShardFetches fetches;
  private volatile boolean woken;

  ShardSplitReader(ShardFetches fetches) {
    this.fetches = fetches;
  }

  @Override
  public RecordsWithSplitIds<ShardRecord> fetch() throws IOException {
    try {
      while (!woken) {
        Portions portions = fetches.advance();
        if (!portions.isEmpty()) {
          return portions;
        }
        fetches.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a fetch");
    }
    woken = false;
    return fetches.nothing();
  }

  @Override
  public void handleSplitsChanges(SplitsChange<ShardSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new IllegalArgumentException("splits are added or retired: " + change);
    }
    change.splits().forEach(fetches::add);
  }

  @Override
  public void wakeUp() {
    woken = true;
    fetches.wake();
  }

  @Override
  public void close() {
    // The fetches outlive this reader of theirs.
  }
}
