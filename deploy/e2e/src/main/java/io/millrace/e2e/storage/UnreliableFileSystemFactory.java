// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.net.URI;
import java.nio.file.Path;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;

/** What Flink finds in the plugin. */
public final class UnreliableFileSystemFactory implements FileSystemFactory {

  static final ConfigOption<String> SWITCH =
      ConfigOptions.key("unreliable-storage.switch")
          .stringType()
          .noDefaultValue()
          .withDescription("The file that tells the storage how to fail.");

  private StorageSwitch trouble;

  @Override
  public void configure(Configuration configuration) {
    trouble = new StorageSwitch(Path.of(configuration.get(SWITCH)));
  }

  @Override
  public String getScheme() {
    return UnreliableFileSystem.SCHEME;
  }

  @Override
  public FileSystem create(URI uri) {
    return new UnreliableFileSystem(trouble);
  }
}
