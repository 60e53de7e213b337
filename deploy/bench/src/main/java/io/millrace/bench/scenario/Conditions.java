// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an option says in the form {@code key=value,key=value}, each key taken out as it is read.
 */
public final class Conditions {

  private final Map<String, String> given = new LinkedHashMap<>();
  private final String accepted;

  private Conditions(String accepted) {
    this.accepted = accepted;
  }

  /**
   * Reads the pairs.
   *
   * @param accepted all keys, for whoever wrote another
   * @throws IllegalArgumentException with one line for whoever wrote it
   */
  public static Conditions parse(String text, String accepted) {
    Conditions conditions = new Conditions(accepted);
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw conditions.refused(part);
      }
      conditions.given.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
    }
    return conditions;
  }

  /** The value of a key, unless it is not there or was taken before. */
  public Optional<String> take(String key) {
    return Optional.ofNullable(given.remove(key));
  }

  /**
   * A whole number.
   *
   * @param otherwise where the key is not there
   * @throws IllegalArgumentException where it is none, or out of range
   */
  public int number(String key, int otherwise, int least, int most) {
    Optional<String> text = take(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.get().matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        "%s: '%s' is not accepted; accepted: %d to %d".formatted(key, text.get(), least, most));
  }

  /**
   * To be called when all keys there are were taken.
   *
   * @throws IllegalArgumentException where another is left
   */
  public void requireNoMore() {
    if (!given.isEmpty()) {
      throw refused(given.keySet().iterator().next());
    }
  }

  private IllegalArgumentException refused(String part) {
    return new IllegalArgumentException(
        "'%s' is not accepted; accepted: %s".formatted(part, accepted));
  }
}
