// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

class BoundedManifestTest {

  /** More than enough to fill a manifest. */
  private static final int CHECKPOINTS = 600;

  @TempDir private Path directory;

  @Test
  void theManifestStaysShortHoweverManyCheckpointsThereAre() throws Exception {
    // The state itself is the same size all the time; without the bound its manifest is not.
    assertThat(manifestAfterCheckpoints(false)).isGreaterThan(BoundedManifest.MOST_BYTES);
    assertThat(manifestAfterCheckpoints(true)).isLessThan(BoundedManifest.MOST_BYTES + 4096);
  }

  private long manifestAfterCheckpoints(boolean bounded) throws Exception {
    Path place = Files.createDirectory(directory.resolve("bounded-" + bounded));
    List<AutoCloseable> handles = new ArrayList<>();
    RocksDB.loadLibrary();
    try (DBOptions plain = new DBOptions().setCreateIfMissing(true);
        ColumnFamilyOptions columns = new ColumnFamilyOptions();
        Options options =
            new Options(
                bounded ? new BoundedManifest().createDBOptions(plain, handles) : plain, columns);
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
