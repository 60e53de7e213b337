// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.dispatch.FunctionConnector;
import io.millrace.job.TriggerFile.Entry;
import io.millrace.options.OptionException;
import io.millrace.source.StreamConnector;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.apache.flink.configuration.ConfigOption;

/** The clouds that this program has been built with. */
final class Connectors {

  private Connectors() {}

  /** The connector that {@code source.type} names. */
  static StreamConnector stream(Map<String, Entry> entries) {
    return chosen(
        StreamConnector.class, StreamConnector::type, TriggerOptions.SOURCE_TYPE, entries);
  }

  /** The connector that {@code function.type} names. */
  static FunctionConnector function(Map<String, Entry> entries) {
    return chosen(
        FunctionConnector.class, FunctionConnector::type, TriggerOptions.FUNCTION_TYPE, entries);
  }

  private static <T> T chosen(
      Class<T> kind, Function<T, String> type, ConfigOption<?> option, Map<String, Entry> entries) {
    // Not the thread's class loader: the program's own is the one that has the connectors, in a
    // Flink job as on the command line.
    List<T> found =
        ServiceLoader.load(kind, Connectors.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    String accepted = String.join(", ", found.stream().map(type).sorted().toList());
    Entry entry = entries.get(option.key());
    if (entry == null) {
      throw OptionException.missing(option, accepted);
    }
    return found.stream()
        .filter(connector -> type.apply(connector).equals(entry.value()))
        .findFirst()
        .orElseThrow(
            () -> entry.refused("'" + entry.value() + "' is not accepted; accepted: " + accepted));
  }
}
