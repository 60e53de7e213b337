// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bytes of the files under a directory, as far as they stay there while they are counted.
 *
 * @param rocksDb those of the job's state
 * @param others all others
 */
record DiskUse(double rocksDb, double others) {

  /** What Flink calls a directory of RocksDB's, after the job and operator that it is of. */
  private static final Pattern STATE = Pattern.compile("job_.+_op_.+");

  double all() {
    return rocksDb + others;
  }

  /** Counts; nothing where there is no such directory. */
  static Optional<DiskUse> of(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    Count count = new Count();
    Files.walkFileTree(directory, count);
    return Optional.of(new DiskUse(count.rocksDb, count.others));
  }

  private static final class Count extends SimpleFileVisitor<Path> {

    private double rocksDb;
    private double others;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (isOfState(file)) {
        rocksDb += attributes.size();
      } else {
        others += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean isOfState(Path file) {
      for (Path each : file) {
        if (STATE.matcher(each.toString()).matches()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException removedMeanwhile) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, IOException removedMeanwhile) {
      return FileVisitResult.CONTINUE;
    }
  }
}
