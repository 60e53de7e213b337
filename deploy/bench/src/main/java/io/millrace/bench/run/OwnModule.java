// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.process.Child;
import io.millrace.bench.scenario.Contender;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A contender that has dependencies that nothing else here may have: a module beneath this one, and
 * a class path of its own.
 *
 * @param directory of the module
 * @param mainClass of its process
 */
record OwnModule(Path directory, String mainClass) {

  /** The module of a contender; empty for those that are in this one. */
  static Optional<OwnModule> of(Contender contender) {
    return switch (contender) {
      case PLAIN_LOOP_FC_SDK -> named("fc-sdk", "io.millrace.bench.fcsdk.FcSdkMain");
      case GETINDATA -> named("getindata", "io.millrace.bench.getindata.GetindataMain");
      default -> Optional.empty();
    };
  }

  private static Optional<OwnModule> named(String name, String mainClass) {
    return Optional.of(new OwnModule(thisModule().resolve(name), mainClass));
  }

  /**
   * The class path of its process.
   *
   * @throws IOException saying what to build
   */
  String classPath() throws IOException {
    Path target = directory.resolve("target");
    Path dependencies = target.resolve("classpath");
    if (!Files.isReadable(dependencies)) {
      throw new IOException(
          "it is not built: there is no %s; mvn package in deploy/bench/%s makes it"
              .formatted(dependencies, directory.getFileName()));
    }
    return target.resolve("classes") + File.pathSeparator + Files.readString(dependencies).strip();
  }

  /** From target/classes, or from a jar in target. */
  private static Path thisModule() {
    try {
      Path classes =
          Path.of(Child.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.getParent().getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this module's own place is no path", e);
    }
  }
}
