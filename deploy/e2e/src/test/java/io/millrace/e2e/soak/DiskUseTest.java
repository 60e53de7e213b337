// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {

  @TempDir private Path directory;

  private void file(String path, int bytes) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
  }

  @Test
  void filesAreCountedHoweverDeep() throws IOException {
    file("a", 100);
    file("b/c/d", 23);
    assertThat(DiskUse.of(directory)).contains(new DiskUse(0, 123));
  }

  @Test
  void filesOfRocksDbAreToldFromThoseOfTheJobsJar() throws IOException {
    file("tm_taskmanager-0/tmp/job_1f_op_Dispatch_ab__1_2__uuid_7/db/000012.sst", 40);
    file("tm_taskmanager-0/blobStorage/job_1f/blob_p-33", 1000);
    DiskUse use = DiskUse.of(directory).orElseThrow();
    assertThat(use).isEqualTo(new DiskUse(40, 1000));
    assertThat(use.all()).isEqualTo(1040);
  }

  @Test
  void whereThereIsNoDirectoryThereIsNoNumber() throws IOException {
    assertThat(DiskUse.of(directory.resolve("none"))).isEmpty();
  }
}
