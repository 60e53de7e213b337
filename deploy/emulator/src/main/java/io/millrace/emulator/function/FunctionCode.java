// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/** The user's code that all functions run. */
public sealed interface FunctionCode {

  /**
   * A process that is there already and speaks the contract of the service with processes that run
   * functions.
   *
   * @param url where it listens
   */
  record Url(URI url) implements FunctionCode {
    public Url {
      Objects.requireNonNull(url, "url");
    }
  }

  /**
   * A process that is started here, and again whenever it has ended, and that speaks the contract
   * of the service at the port that its environment names as {@code PORT}, for Function Compute as
   * {@code FC_SERVER_PORT} too.
   *
   * @param line what a shell runs
   * @param port 0 for any free one; else the service's own, which is any free one with Function
   *     Compute and 8000 with FunctionGraph
   */
  record Command(String line, OptionalInt port) implements FunctionCode {
    public Command {
      Objects.requireNonNull(line, "line");
    }

    /** A process on the service's own port. */
    public Command(String line) {
      this(line, OptionalInt.empty());
    }
  }

  /**
   * A Java class: for Function Compute written against {@code fc-java-core}, for FunctionGraph any
   * with a method that takes the event and a context.
   *
   * @param handler {@code package.Class} or {@code package.Class::handleRequest} with Function
   *     Compute, {@code package.Class.method} with FunctionGraph
   * @param classPath jars, or directories of classes, where it and what it needs is found
   */
  record Handler(String handler, List<Path> classPath) implements FunctionCode {
    public Handler {
      Objects.requireNonNull(handler, "handler");
      classPath = List.copyOf(classPath);
    }
  }
}
