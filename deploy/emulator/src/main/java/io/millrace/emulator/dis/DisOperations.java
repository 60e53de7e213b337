// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.dis;

import io.millrace.emulator.http.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** All operations by name, each carried out against the store. */
final class DisOperations {

  private final Map<String, Operation> byName = new HashMap<>();

  /** Carries out one call and words its answer. */
  @FunctionalInterface
  interface Operation {

    /**
     * Carries out a call.
     *
     * @throws DisException if the service refuses it
     */
    Answer run(DisCall call) throws IOException;
  }

  DisOperations(DisStore store) {
    byName.putAll(new StreamOperations(store).byName());
    byName.putAll(new RecordOperations(store).byName());
    byName.putAll(new AppOperations(store).byName());
  }

  /**
   * Carries out a call.
   *
   * @throws DisException if the service refuses it
   */
  Answer run(DisCall call) throws IOException {
    Operation operation = byName.get(call.operation());
    if (operation == null) {
      throw new IllegalStateException("no operation " + call.operation());
    }
    return operation.run(call);
  }

  /** An answer without a body, also without a type: the older SDK would look for JSON in it. */
  static Answer empty(int status) {
    return new Answer(status, new LinkedHashMap<>(), new byte[0]);
  }
}
