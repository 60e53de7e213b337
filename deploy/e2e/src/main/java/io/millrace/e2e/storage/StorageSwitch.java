// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells a storage in other processes how to fail: by a file that holds the name of the fault, and
 * is not there while all is well. Any thread of any process.
 *
 * @param file on a disk that all of them see
 */
record StorageSwitch(Path file) {

  private static final long INTERVAL_MILLIS = 20;

  void on(StorageFault fault) throws IOException {
    // Renamed, because a half-written name would be read.
    Path written =
        Files.writeString(file.resolveSibling(file.getFileName() + ".new"), fault.name());
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  void off() throws IOException {
    Files.deleteIfExists(file);
  }

  Optional<StorageFault> fault() throws IOException {
    try {
      return Optional.of(StorageFault.valueOf(Files.readString(file)));
    } catch (NoSuchFileException allIsWell) {
      return Optional.empty();
    }
  }

  /** Returns when the storage does not hang any more. */
  void awaitMoving() throws IOException {
    try {
      while (fault().filter(StorageFault.HANGS::equals).isPresent()) {
        TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the storage hung");
    }
  }
}
