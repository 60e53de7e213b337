// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.process.Child;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the contender is that needs another Flink: a module beside this one, built apart. */
final class OtherFlink {

  static final String MAIN_CLASS = "io.millrace.bench.getindata.GetindataMain";

  private static final String MODULE = "getindata";

  private OtherFlink() {}

  /**
   * The class path of its process.
   *
   * @throws IOException saying what to build
   */
  static String classPath() throws IOException {
    return classPath(ownModule().resolve(MODULE));
  }

  static String classPath(Path module) throws IOException {
    Path target = module.resolve("target");
    Path dependencies = target.resolve("classpath");
    if (!Files.isReadable(dependencies)) {
      throw new IOException(
          "it is not built: there is no %s; mvn package in deploy/bench/%s makes it"
              .formatted(dependencies, MODULE));
    }
    return target.resolve("classes") + File.pathSeparator + Files.readString(dependencies).strip();
  }

  /** From target/classes, or from a jar in target. */
  private static Path ownModule() {
    try {
      Path classes =
          Path.of(Child.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return classes.getParent().getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this module's own place is no path", e);
    }
  }
}
