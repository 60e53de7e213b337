// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.io.IOException;
import java.net.URI;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.fs.local.LocalRecoverableWriter;

/** The local file system under a scheme of its own; its writes fail while a switch says so. */
final class UnreliableFileSystem extends LocalFileSystem {

  static final String SCHEME = "unreliable";

  private static final URI ROOT = URI.create(SCHEME + ":///");

  /**
   * Where Flink's JobManager writes what makes a checkpoint complete. It holds the lock of its
   * checkpoints meanwhile, so that one which hung would stand still as a whole: a fault of another
   * kind.
   */
  private static final String METADATA = "_metadata";

  private final StorageSwitch trouble;

  UnreliableFileSystem(StorageSwitch trouble) {
    this.trouble = trouble;
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FSDataOutputStream create(Path path, WriteMode mode) throws IOException {
    UnreliableStream.refuseWhere(trouble, path);
    return new UnreliableStream(
        super.create(path, mode), path, trouble, !path.getName().equals(METADATA));
  }

  /** One that is there already is no write. */
  @Override
  public boolean mkdirs(Path path) throws IOException {
    if (!exists(path)) {
      UnreliableStream.refuseWhere(trouble, path);
    }
    return super.mkdirs(path);
  }

  /** What it writes would go by the switch; Flink then writes plain files. */
  @Override
  public LocalRecoverableWriter createRecoverableWriter() {
    throw new UnsupportedOperationException(SCHEME + ": has plain files only");
  }
}
