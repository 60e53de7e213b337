// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.plugin.DefaultPluginManager;
import org.apache.flink.core.plugin.DirectoryBasedPluginFinder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin as Flink loads it: out of its jar, in a class loader of its own. */
class UnreliableStorageTest {

  private static final byte[] LONG = new byte[1_000];

  @TempDir private java.nio.file.Path directory;
  private UnreliableStorage storage;
  private FileSystem files;
  private Path file;

  @BeforeEach
  void load() throws Exception {
    storage = new UnreliableStorage(directory);
    java.nio.file.Path plugins = Files.createDirectories(directory.resolve("plugins/storage"));
    Files.move(storage.plugin(), plugins.resolve("storage.jar"));
    FileSystemFactory factory =
        new DefaultPluginManager(
                new DirectoryBasedPluginFinder(plugins.getParent()).findPlugins(),
                new String[] {"java.", "org.apache.flink."})
            .load(FileSystemFactory.class)
            .next();
    Configuration configuration = Configuration.fromMap(storage.settings());
    factory.configure(configuration);
    Path checkpoints = new Path(configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY));
    files = factory.create(new URI(factory.getScheme() + ":///"));
    files.mkdirs(checkpoints);
    file = new Path(checkpoints, "state");
    assertThat(file.toUri().getScheme()).isEqualTo(factory.getScheme());
    assertThat(files.getUri().getScheme()).isEqualTo(factory.getScheme());
  }

  private void write() throws IOException {
    try (FSDataOutputStream stream = files.create(file, WriteMode.OVERWRITE)) {
      stream.write(LONG);
    }
  }

  @Test
  void isAnOrdinaryStorageWhileAllIsWell() throws Exception {
    write();
    assertThat(files.getFileStatus(file).getLen()).isEqualTo(LONG.length);
    storage.begin(StorageFault.REFUSES);
    storage.end();
    write();
  }

  @Test
  void refusesWhateverIsWritten() throws Exception {
    FSDataOutputStream begunBefore = files.create(file, WriteMode.OVERWRITE);
    storage.begin(StorageFault.REFUSES);
    assertThatThrownBy(() -> begunBefore.write(LONG)).hasMessageContaining("refuses");
    assertThatThrownBy(this::write).hasMessageContaining("refuses");
    assertThatThrownBy(() -> files.mkdirs(new Path(file.getParent(), "chk-7")))
        .hasMessageContaining("refuses");
    assertThat(files.mkdirs(file.getParent())).as("it is there already").isTrue();
    assertThat(files.exists(file)).isTrue();
  }

  @Test
  void aFullOneTakesTheBeginningOfAFile() throws Exception {
    storage.begin(StorageFault.FULL);
    assertThatThrownBy(this::write).hasMessageContaining("No space left on device");
    assertThat(files.getFileStatus(file).getLen()).isPositive().isLessThan(LONG.length);
  }

  @Test
  void oneThatHangsTakesAFileWhenThatIsOver() throws Exception {
    storage.begin(StorageFault.HANGS);
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try {
                write();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> files.exists(file));
    assertThat(written).isNotDone();
    assertThat(files.getFileStatus(file).getLen()).isZero();
    storage.end();
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(written::isDone);
    assertThat(written).isCompleted();
    assertThat(files.getFileStatus(file).getLen()).isEqualTo(LONG.length);
  }
}
