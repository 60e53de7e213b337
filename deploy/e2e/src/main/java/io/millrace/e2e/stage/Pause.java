// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for what another process does, which can only be asked for again and again. */
public final class Pause {

  private static final long INTERVAL_MILLIS = 50;

  private Pause() {}

  /** Waits until the next time to ask. */
  public static void briefly() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
  }

  /** Lets some time pass. */
  public static void atLeast(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }

  /**
   * Waits for a condition.
   *
   * @throws IOException naming what did not come about
   */
  public static void until(String what, Duration atMost, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("not within " + atMost.toSeconds() + " s: " + what);
      }
      briefly();
    }
  }
}
