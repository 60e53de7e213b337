// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.io.File;
import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * Options of RocksDB's for a job that runs for months, on whatever machine: where it keeps its log,
 * and how long its manifest becomes.
 *
 * <p>The <i>manifest</i> is the list of what was done to its files. RocksDB writes some 300 bytes
 * into it with every checkpoint, and begins it anew at 1 GB, or when the task restarts. A
 * checkpoint holds all of it, so checkpoints would grow by megabytes a day for each subtask,
 * although what is in the state does not.
 *
 * <p>Its <i>log</i> Flink has written beside its own, to a file whose name is the whole path of the
 * state with underscores in it. A job that is rescaled restores the parts of its state in
 * directories still deeper; where that makes a name of more than 255 characters, RocksDB cannot be
 * opened, and the job restarts for ever. So the log is kept beside the state, unless {@code
 * state.backend.rocksdb.log.dir} says where.
 *
 * <p>Flink makes one by its name, as {@code state.backend.rocksdb.options-factory} says.
 */
public final class RocksDBFiles implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  /** Some two hundred checkpoints, and more than a state of this job has files. */
  static final long MOST_BYTES_OF_MANIFEST = 64 * 1024;

  /** Where Flink's processes are told their log is. */
  private static final String LOG_FILE = "log.file";

  /** RocksDB's word for the directory of the state. */
  private static final String BESIDE_THE_STATE = "";

  @Override
  public DBOptions createDBOptions(
      DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    String log = System.getProperty(LOG_FILE);
    if (log != null && currentOptions.dbLogDir().equals(new File(log).getParent())) {
      currentOptions.setDbLogDir(BESIDE_THE_STATE);
    }
    return currentOptions.setMaxManifestFileSize(MOST_BYTES_OF_MANIFEST);
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions;
  }
}
