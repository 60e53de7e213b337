// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A small file of keys and values that another process never sees half written. */
final class PropertyFile {

  private PropertyFile() {}

  static Properties read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new ClusterException("Cannot read " + file + ": " + e, e);
    }
    return properties;
  }

  static Properties of(Map<String, String> map) {
    Properties properties = new Properties();
    map.forEach(properties::setProperty);
    return properties;
  }

  static Map<String, String> map(Path file) {
    Map<String, String> map = new TreeMap<>();
    read(file).forEach((key, value) -> map.put((String) key, (String) value));
    return map;
  }

  static void write(Path file, Properties properties) {
    try {
      StringWriter text = new StringWriter();
      properties.store(text, null);
      Path draft = file.resolveSibling(file.getFileName() + ".draft");
      Files.writeString(draft, text.toString());
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ClusterException("Cannot write " + file + ": " + e, e);
    }
  }
}
