// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.process;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time that all processes of a machine share. */
public final class Micros {

  private Micros() {}

  /** Microseconds since 1970. */
  public static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
