// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Flink's own jars, picked from the class path of this JVM by the list of file names that the build
 * left next to this class. Nothing of Millrace and no SDK is among them: as on any cluster, user
 * code arrives by job jar only.
 */
final class FlinkClassPath {

  private static final String LIST = "flink.jars";

  private FlinkClassPath() {}

  /** A class path for the {@code CLASSPATH} variable. */
  static String find() {
    return find(names(), System.getProperty("java.class.path"));
  }

  static String find(String names, String classPath) {
    Map<String, String> found = new HashMap<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path name = Path.of(entry).getFileName();
      if (name != null) {
        found.putIfAbsent(name.toString(), Path.of(entry).toAbsolutePath().toString());
      }
    }
    StringJoiner jars = new StringJoiner(File.pathSeparator);
    for (String entry : names.strip().split(":", -1)) {
      String name = entry.substring(entry.lastIndexOf('/') + 1);
      String jar = found.get(name);
      if (jar == null) {
        throw new ClusterException(
            name
                + " is not on the class path of this JVM, and a Flink process needs it:"
                + " depend on millrace-standalone with its dependencies as they are");
      }
      jars.add(jar);
    }
    return jars.toString();
  }

  private static String names() {
    try (InputStream list = FlinkClassPath.class.getResourceAsStream(LIST)) {
      if (list == null) {
        throw new ClusterException(
            "The list of Flink's jars is missing: build with Maven (mvn -pl deploy/standalone compile)");
      }
      return new String(list.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ClusterException("The list of Flink's jars cannot be read: " + e, e);
    }
  }
}
