// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/** The right to start a cluster in a directory, which one at a time has on this machine. */
final class StartLock implements AutoCloseable {

  private final FileChannel file;

  private StartLock(FileChannel file) {
    this.file = file;
  }

  /** Takes it; a {@link ClusterException} where somebody else has it. */
  static StartLock take(ClusterLayout layout) {
    try {
      Files.createDirectories(layout.directory());
      FileChannel file =
          FileChannel.open(layout.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(file)) {
        file.close();
        throw new ClusterException(
            "A cluster is being started in %s just now: wait until it is up, or give another directory"
                .formatted(layout.directory()));
      }
      return new StartLock(file);
    } catch (IOException e) {
      throw new ClusterException("The cluster's directory cannot be used: " + e, e);
    }
  }

  private static boolean isLocked(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException thisProcessHasIt) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new ClusterException("The cluster's directory cannot be used: " + e, e);
    }
  }
}
