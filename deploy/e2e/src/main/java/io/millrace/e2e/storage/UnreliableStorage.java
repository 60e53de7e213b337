// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.fs.FileSystemFactory;

/**
 * A directory where a cluster keeps its checkpoints, by a plugin for Flink that fails when it is
 * told to here. Any thread.
 */
public final class UnreliableStorage {

  private static final List<Class<?>> PLUGIN =
      List.of(
          UnreliableFileSystemFactory.class,
          UnreliableFileSystem.class,
          UnreliableStream.class,
          StorageSwitch.class,
          StorageFault.class);

  private final Path directory;
  private final StorageSwitch trouble;

  /**
   * @param directory that exists; absolute
   */
  public UnreliableStorage(Path directory) {
    this.directory = directory;
    this.trouble = new StorageSwitch(directory.resolve("storage-fault"));
  }

  /** Flink's settings with which a cluster uses it. */
  public Map<String, String> settings() {
    Path checkpoints = directory.resolve("checkpoints");
    return Map.of(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
        new org.apache.flink.core.fs.Path(UnreliableFileSystem.SCHEME, "", checkpoints.toString())
            .toString(),
        // Else a small state travels to the JobManager, and no task writes a file.
        CheckpointingOptions.FS_SMALL_FILE_THRESHOLD.key(),
        "0 b",
        UnreliableFileSystemFactory.SWITCH.key(),
        trouble.file().toString());
  }

  /** Writes the plugin's jar, and returns where it is. */
  public Path plugin() throws IOException {
    Path jar = directory.resolve("unreliable-storage.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new JarEntry("META-INF/services/" + FileSystemFactory.class.getName()));
      entries.write(UnreliableFileSystemFactory.class.getName().getBytes(StandardCharsets.UTF_8));
      for (Class<?> host : PLUGIN) {
        for (Class<?> each : host.getNestMembers()) {
          String path = each.getName().replace('.', '/') + ".class";
          entries.putNextEntry(new JarEntry(path));
          try (InputStream code = each.getClassLoader().getResourceAsStream(path)) {
            code.transferTo(entries);
          }
        }
      }
    }
    return jar;
  }

  /** From now on it fails. */
  public void begin(StorageFault fault) throws IOException {
    trouble.on(fault);
  }

  /** From now on all is well. */
  public void end() throws IOException {
    trouble.off();
  }
}
