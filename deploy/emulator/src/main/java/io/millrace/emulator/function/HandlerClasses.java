// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The classes of the user's handler, apart from the emulator's own: the two have nothing in common
 * but the JDK and the service's interfaces, which the user's jar may well bring along.
 */
final class HandlerClasses extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  /**
   * Opens them.
   *
   * @param shared beginnings of the names of the service's interfaces
   */
  HandlerClasses(List<Path> classPath, List<String> shared) {
    super("function", urls(classPath), new Interfaces(shared));
  }

  private static URL[] urls(List<Path> classPath) {
    if (classPath.isEmpty()) {
      throw new IllegalArgumentException("function jar: missing; accepted: a jar or a directory");
    }
    return classPath.stream().map(HandlerClasses::url).toArray(URL[]::new);
  }

  private static URL url(Path path) {
    if (!Files.isReadable(path)) {
      throw new IllegalArgumentException(
          "function jar: '" + path + "' cannot be read; accepted: a jar or a directory");
    }
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("function jar: '" + path + "': " + e.getMessage(), e);
    }
  }

  /** What both sides share. */
  private static final class Interfaces extends ClassLoader {

    static {
      registerAsParallelCapable();
    }

    private final List<String> shared;

    Interfaces(List<String> shared) {
      super(ClassLoader.getPlatformClassLoader());
      this.shared = shared;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (shared.stream().anyMatch(name::startsWith)) {
        return HandlerClasses.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
