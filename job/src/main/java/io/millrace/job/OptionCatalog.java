// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.dispatch.DeliveryOptions;
import io.millrace.job.TriggerFile.Entry;
import io.millrace.options.OptionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The keys that a trigger may have, and the judgement on each one that it does have. */
final class OptionCatalog {

  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  /** Keys that the documentation speaks of and that are not built yet. */
  private static final List<String> LATER = List.of("delivery.backlog");

  /** Values that the documentation speaks of and that are not built yet. */
  private static final Map<String, List<String>> LATER_VALUES =
      Map.of(DeliveryOptions.ON_EXHAUSTED.key(), List.of("skip", "dead-letter"));

  private final Map<String, ConfigOption<?>> byKey = new LinkedHashMap<>();

  OptionCatalog(Collection<ConfigOption<?>> options) {
    options.forEach(option -> byKey.putIfAbsent(option.key(), option));
  }

  /** The options, in the order they were given. */
  Collection<ConfigOption<?>> options() {
    return byKey.values();
  }

  /**
   * Refuses a key that does not exist, and a value that its option cannot hold.
   *
   * @throws OptionException naming place, key, value and what is accepted
   */
  void check(Entry entry) {
    ConfigOption<?> option = option(entry.key()).orElseThrow(() -> unknown(entry));
    if (entry.list() && !(option.hasDefaultValue() && option.defaultValue() instanceof List)) {
      throw entry.refused("a list is not accepted; accepted: one value");
    }
    Configuration single = Configuration.fromMap(Map.of(entry.key(), entry.value()));
    try {
      single.getOptional(option);
    } catch (IllegalArgumentException e) {
      boolean later = LATER_VALUES.getOrDefault(entry.key(), List.of()).contains(entry.value());
      throw entry.refused(
          "'"
              + entry.value()
              + (later ? "' is not available in this version" : "' is not accepted")
              + "; accepted: "
              + accepted(option, e));
    }
  }

  /** The option of this key, or the one whose value is a map that has the key in it. */
  private Optional<ConfigOption<?>> option(String key) {
    ConfigOption<?> exact = byKey.get(key);
    return exact != null
        ? Optional.of(exact)
        : byKey.values().stream()
            .filter(option -> option.hasDefaultValue() && option.defaultValue() instanceof Map)
            .filter(option -> key.startsWith(option.key() + "."))
            .findFirst();
  }

  private OptionException unknown(Entry entry) {
    if (LATER.contains(entry.key())) {
      return entry.refused("is not available in this version");
    }
    List<String> inside =
        byKey.keySet().stream().filter(key -> key.startsWith(entry.key() + ".")).toList();
    if (!inside.isEmpty()) {
      return entry.refused("is a section, not a value; its keys: " + String.join(", ", inside));
    }
    return entry.refused(
        "there is no such key"
            + nearest(entry.key())
                .map(key -> "; did you mean " + key + "?")
                .orElse("; keys: " + String.join(", ", byKey.keySet()) + ", flink.*"));
  }

  /** The key most like the one given, if any is like it at all. */
  Optional<String> nearest(String given) {
    record Candidate(String key, int distance) {}
    return byKey.keySet().stream()
        .map(key -> new Candidate(key, distance(given, key)))
        .filter(candidate -> candidate.distance() <= Math.max(2, given.length() / 3))
        .min(Comparator.comparingInt(Candidate::distance))
        .map(Candidate::key);
  }

  /** Users leave sections out ("max-records"), so the ends of keys are compared as well. */
  private static int distance(String given, String key) {
    int whole = DISTANCE.apply(given, key);
    String last = key.substring(key.lastIndexOf('.') + 1);
    String lastGiven = given.substring(given.lastIndexOf('.') + 1);
    return Math.min(whole, DISTANCE.apply(lastGiven, last) + 1);
  }

  private static String accepted(ConfigOption<?> option, IllegalArgumentException refusal) {
    if (option.hasDefaultValue()) {
      Object value = option.defaultValue();
      if (value instanceof Enum<?> constant) {
        return Arrays.stream(constant.getDeclaringClass().getEnumConstants())
            .map(Object::toString)
            .collect(Collectors.joining(", "));
      }
      if (value instanceof Duration) {
        return "a duration such as 500 ms, 10 s or 5 min";
      }
      if (value instanceof MemorySize) {
        return "a size such as 512 kb or 4 mb";
      }
      if (value instanceof Boolean) {
        return "true, false";
      }
      if (value instanceof Map) {
        return "keys and values, such as {0: 123, 1: 456}";
      }
      if (value instanceof Number) {
        return "a whole number";
      }
    }
    // Without a default the type is not to be seen; Flink's own reason names what it wants.
    Throwable reason = refusal.getCause() == null ? refusal : refusal.getCause();
    return String.valueOf(reason.getMessage()).lines().findFirst().orElse("another value");
  }
}
