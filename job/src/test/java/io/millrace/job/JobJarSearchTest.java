// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobJarSearchTest {

  @TempDir private Path directory;

  @Test
  void theShadedJarIsItself() throws IOException {
    Path jar = Files.createFile(directory.resolve("millrace-job-1.0-shaded.jar"));

    assertThat(JobJar.find(jar)).isEqualTo(jar);
  }

  @Test
  void classesAndThinJarHaveItBesideThem() throws IOException {
    Path jar = Files.createFile(directory.resolve("millrace-job-1.0-shaded.jar"));
    Path thin = Files.createFile(directory.resolve("millrace-job-1.0.jar"));

    assertThat(JobJar.find(Files.createDirectory(directory.resolve("classes")))).isEqualTo(jar);
    assertThat(JobJar.find(thin)).isEqualTo(jar);
  }

  @Test
  void noneOrSeveralAreRefused() throws IOException {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    assertThatThrownBy(() -> JobJar.find(classes))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("found no job jar in " + directory)
        .hasMessageContaining("mvn package");

    Files.createFile(directory.resolve("millrace-job-1.0-shaded.jar"));
    Files.createFile(directory.resolve("millrace-job-1.1-shaded.jar"));
    assertThatThrownBy(() -> JobJar.find(classes))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("millrace-job-1.1-shaded.jar");
  }
}
