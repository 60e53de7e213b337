// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The user's code that all functions run. */
public sealed interface FunctionCode {

  /**
   * A process that is there already and speaks the custom-runtime contract.
   *
   * @param url where it listens
   */
  record Url(URI url) implements FunctionCode {
    public Url {
      Objects.requireNonNull(url, "url");
    }
  }

  /**
   * A process that is started here, and again whenever it has ended, and that speaks the
   * custom-runtime contract at the port that its environment names as {@code FC_SERVER_PORT} and
   * {@code PORT}.
   *
   * @param line what a shell runs
   */
  record Command(String line) implements FunctionCode {
    public Command {
      Objects.requireNonNull(line, "line");
    }
  }

  /**
   * A Java class written against the service's {@code fc-java-core}.
   *
   * @param handler {@code package.Class} or {@code package.Class::handleRequest}
   * @param classPath jars, or directories of classes, where it and what it needs is found
   */
  record Handler(String handler, List<Path> classPath) implements FunctionCode {
    public Handler {
      Objects.requireNonNull(handler, "handler");
      classPath = List.copyOf(classPath);
    }
  }
}
