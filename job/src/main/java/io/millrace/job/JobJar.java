// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The shaded jar that a cluster runs: this program itself, or built beside it. */
final class JobJar {

  /** Names the jar where it is not where the build leaves it. */
  static final String PROPERTY = "millrace.job.jar";

  private JobJar() {}

  /** The jar; a {@link ClusterException} where there is none. */
  static Path find() {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      Path jar = Path.of(named);
      if (!Files.isRegularFile(jar)) {
        throw new ClusterException("-D" + PROPERTY + ": there is no file " + jar);
      }
      return jar;
    }
    return find(home());
  }

  static Path find(Path home) {
    if (isShaded(home)) {
      return home;
    }
    Path directory = home.toAbsolutePath().getParent();
    List<Path> built;
    try (Stream<Path> files = Files.list(directory)) {
      built = files.filter(JobJar::isShaded).toList();
    } catch (IOException e) {
      throw new ClusterException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
    if (built.size() != 1) {
      throw new ClusterException(
          "found "
              + (built.isEmpty() ? "no job jar" : built)
              + " in "
              + directory
              + "; build one with mvn package, or name one with -D"
              + PROPERTY);
    }
    return built.get(0);
  }

  private static boolean isShaded(Path file) {
    return file.getFileName().toString().matches("millrace-job-.*-shaded\\.jar");
  }

  private static Path home() {
    URL location = JobJar.class.getProtectionDomain().getCodeSource().getLocation();
    try {
      return Path.of(location.toURI());
    } catch (URISyntaxException e) {
      throw new ClusterException(location + ": not a file", e);
    }
  }
}
