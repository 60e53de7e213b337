// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import io.millrace.emulator.http.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** All operations by name, each carried out against the store. */
final class DataHubOperations {

  private final Map<String, Operation> byName = new HashMap<>();

  /** Carries out one call and words its answer. */
  @FunctionalInterface
  interface Operation {

    /**
     * Carries out a call.
     *
     * @throws DataHubException if the service refuses it
     */
    Answer run(DataHubCall call) throws IOException;
  }

  DataHubOperations(DataHubStore store) {
    byName.putAll(new TopicOperations(store).byName());
    byName.putAll(new ShardOperations(store).byName());
    byName.putAll(new RecordOperations(store).byName());
    byName.putAll(new SubscriptionOperations(store).byName());
    byName.putAll(new GroupOperations(store).byName());
    byName.putAll(new ConnectorOperations(store).byName());
  }

  /**
   * Carries out a call.
   *
   * @throws DataHubException if the service refuses it
   */
  Answer run(DataHubCall call) throws IOException {
    Operation operation = byName.get(call.operation());
    if (operation == null) {
      throw new IllegalStateException("no operation " + call.operation());
    }
    return operation.run(call);
  }
}
