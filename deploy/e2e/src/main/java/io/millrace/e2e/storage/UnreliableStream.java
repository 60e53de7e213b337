// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;

/** A file that is being written while the storage may begin or cease to fail. One thread. */
final class UnreliableStream extends FSDataOutputStream {

  /** So much of a file finds room on a full disk: no checkpoint's metadata is as small. */
  private static final long ROOM = 100;

  private final FSDataOutputStream file;
  private final Path path;
  private final StorageSwitch trouble;
  private final boolean hangs;

  /**
   * @param hangs whether it does where the storage does
   */
  UnreliableStream(FSDataOutputStream file, Path path, StorageSwitch trouble, boolean hangs) {
    this.file = file;
    this.path = path;
    this.trouble = trouble;
    this.hangs = hangs;
  }

  /** Fails where the storage takes nothing. */
  static void refuseWhere(StorageSwitch trouble, Path path) throws IOException {
    if (trouble.fault().filter(StorageFault.REFUSES::equals).isPresent()) {
      throw new IOException(path + ": the storage refuses to be written (a fault that was made)");
    }
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int room = roomFor(count);
    file.write(bytes, from, room);
    if (room < count) {
      throw new IOException(path + ": No space left on device (a fault that was made)");
    }
  }

  private int roomFor(int count) throws IOException {
    refuseWhere(trouble, path);
    if (hangs) {
      trouble.awaitMoving();
    }
    Optional<StorageFault> fault = trouble.fault();
    return fault.filter(StorageFault.FULL::equals).isPresent()
        ? (int) Math.min(count, Math.max(0, ROOM - file.getPos()))
        : count;
  }

  @Override
  public long getPos() throws IOException {
    return file.getPos();
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  @Override
  public void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
