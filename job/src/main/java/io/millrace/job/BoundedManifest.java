// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * Options of RocksDB's for a job that runs for months: its manifest, the list of what was done to
 * its files, is begun anew before it is long.
 *
 * <p>RocksDB writes some 300 bytes into it with every checkpoint, and begins it anew at 1 GB, or
 * when the task restarts. A checkpoint holds all of it, so checkpoints would grow by megabytes a
 * day for each subtask, although what is in the state does not.
 *
 * <p>Flink makes one by its name, as {@code state.backend.rocksdb.options-factory} says.
 */
public final class BoundedManifest implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  /** Some two hundred checkpoints, and more than a state of this job has files. */
  static final long MOST_BYTES = 64 * 1024;

  @Override
  public DBOptions createDBOptions(
      DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions.setMaxManifestFileSize(MOST_BYTES);
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions;
  }
}
