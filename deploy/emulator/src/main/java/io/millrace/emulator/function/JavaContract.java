// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.function;

import io.millrace.emulator.ServiceKeys;
import java.util.List;
import java.util.function.Supplier;

/** How a cloud calls a Java class of the user's. */
public interface JavaContract {

  /** Beginnings of the names of classes that the user's code shares with the service. */
  List<String> sharedClasses();

  /**
   * Finds the handler.
   *
   * @param name as the user gave it
   * @return makes instances
   * @throws IllegalArgumentException with one line when it cannot be loaded, or is no handler
   */
  Supplier<Instance> load(String name, ClassLoader classes);

  /** One instance of the user's handler; runs one event at a time. */
  interface Instance {

    /** Prepares it for its first event. */
    void initialize(Invocation invocation) throws Exception;

    byte[] handle(byte[] event, Invocation invocation) throws Exception;
  }

  /** What an instance is told about an invocation, and where it logs. */
  record Invocation(FunctionCall call, ServiceKeys keys, HandlerLog log) {}

  /** A handler that cannot be used, in the words for its user. */
  static IllegalArgumentException refused(String name, String why) {
    return new IllegalArgumentException("function handler: '" + name + "': " + why);
  }
}
