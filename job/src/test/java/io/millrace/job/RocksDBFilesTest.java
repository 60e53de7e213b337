// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

class RocksDBFilesTest {

  /** More than enough to fill a manifest. */
  private static final int CHECKPOINTS = 600;

  @TempDir private Path directory;

  @AfterEach
  void forgetTheLog() {
    System.clearProperty("log.file");
  }

  /** What Flink does with the options before it asks for others. */
  private DBOptions asFlinkHasThem() throws IOException {
    Path log = Files.createDirectories(directory.resolve("log")).resolve("taskmanager-0.log");
    System.setProperty("log.file", log.toString());
    return new DBOptions().setCreateIfMissing(true).setDbLogDir(log.getParent().toString());
  }

  @Test
  void aStateIsOpenedHoweverDeepItsDirectory() throws Exception {
    Path deep =
        Files.createDirectories(directory.resolve("a".repeat(150)).resolve("b".repeat(150)));
    RocksDB.loadLibrary();
    try (DBOptions plain = asFlinkHasThem();
        ColumnFamilyOptions columns = new ColumnFamilyOptions();
        Options options = new Options(plain, columns)) {
      assertThatThrownBy(() -> RocksDB.open(options, deep.toString()))
          .hasMessageContaining("File name too long");
    }
    try (DBOptions ours = new RocksDBFiles().createDBOptions(asFlinkHasThem(), List.of());
        ColumnFamilyOptions columns = new ColumnFamilyOptions();
        Options options = new Options(ours, columns);
        RocksDB state = RocksDB.open(options, deep.toString())) {
      state.put(new byte[] {1}, new byte[] {2});
    }
    assertThat(deep.resolve("LOG")).exists();
  }

  @Test
  void whereAnOperatorWantsTheLogItStays() throws Exception {
    try (DBOptions plain = asFlinkHasThem().setDbLogDir("/var/log/rocksdb")) {
      assertThat(new RocksDBFiles().createDBOptions(plain, List.of()).dbLogDir())
          .isEqualTo("/var/log/rocksdb");
    }
  }

  @Test
  void theManifestStaysShortHoweverManyCheckpointsThereAre() throws Exception {
    // The state itself is the same size all the time; without the bound its manifest is not.
    assertThat(manifestAfterCheckpoints(false)).isGreaterThan(RocksDBFiles.MOST_BYTES_OF_MANIFEST);
    assertThat(manifestAfterCheckpoints(true))
        .isLessThan(RocksDBFiles.MOST_BYTES_OF_MANIFEST + 4096);
  }

  private long manifestAfterCheckpoints(boolean bounded) throws Exception {
    Path place = Files.createDirectory(directory.resolve("bounded-" + bounded));
    List<AutoCloseable> handles = new ArrayList<>();
    RocksDB.loadLibrary();
    try (DBOptions plain = new DBOptions().setCreateIfMissing(true);
        ColumnFamilyOptions columns = new ColumnFamilyOptions();
        Options options =
            new Options(
                bounded ? new RocksDBFiles().createDBOptions(plain, handles) : plain, columns);
        WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
        FlushOptions flush = new FlushOptions().setWaitForFlush(true);
        RocksDB state = RocksDB.open(options, place.toString())) {
      for (int i = 0; i < CHECKPOINTS; i++) {
        state.put(unlogged, new byte[] {1}, new byte[] {(byte) i});
        state.flush(flush);
      }
      return manifestBytes(place);
    }
  }

  private static long manifestBytes(Path place) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("MANIFEST")) {
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }
}
