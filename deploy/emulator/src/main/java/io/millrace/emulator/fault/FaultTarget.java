// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The service that a fault strikes. */
public enum FaultTarget {
  DATAHUB,
  DIS,
  FUNCTION;

  /** The name in the admin API. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names, for messages. */
  public static String names() {
    return names(target -> true);
  }

  /** The names of some, for messages. */
  static String names(Predicate<FaultTarget> which) {
    return Arrays.stream(values())
        .filter(which)
        .map(FaultTarget::wireName)
        .collect(Collectors.joining(" or "));
  }

  /** The service with this name in the admin API. */
  public static Optional<FaultTarget> named(String wireName) {
    return Arrays.stream(values()).filter(target -> target.wireName().equals(wireName)).findFirst();
  }
}
