// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.fault;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The service that a fault strikes. */
public enum FaultTarget {
  DATAHUB,
  FUNCTION;

  /** The name in the admin API. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The service with this name in the admin API. */
  public static Optional<FaultTarget> named(String wireName) {
    return Arrays.stream(values()).filter(target -> target.wireName().equals(wireName)).findFirst();
  }
}
