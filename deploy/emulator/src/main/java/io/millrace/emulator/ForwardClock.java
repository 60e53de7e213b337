// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that can be put forward, so that a lifecycle of days takes no time. */
public final class ForwardClock implements InstantSource {

  private final InstantSource base;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /** The same time as {@code base} at first. */
  public ForwardClock(InstantSource base) {
    this.base = base;
  }

  @Override
  public Instant instant() {
    return base.instant().plus(ahead.get());
  }

  /**
   * Puts it forward.
   *
   * @throws IllegalArgumentException if the time to pass is negative
   */
  public void forward(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("a clock is not put back");
    }
    ahead.accumulateAndGet(time, Duration::plus);
  }
}
