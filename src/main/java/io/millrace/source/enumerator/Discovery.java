// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.dispatch.lane.Backoff;
import io.millrace.source.StreamException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When the shards are listed next: at an interval, at once when asked for, and later and later
 * while listing fails. Plain and confined to one thread; nothing of it is checkpointed.
 */
final class Discovery {

  private static final Backoff TROUBLED =
      new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30));
  private static final Backoff REFUSED = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60));

  private final long intervalMillis;
  private final RandomGenerator random;
  private long next;
  private boolean underWay;
  private boolean again;
  private int failures;

  Discovery(Duration interval, RandomGenerator random, long now) {
    this.intervalMillis = interval.toMillis();
    this.random = random;
    this.next = now;
  }

  /** True when the caller is to list now; it then tells how that ended. */
  boolean begin(long now) {
    if (underWay || now - next < 0) {
      return false;
    }
    underWay = true;
    return true;
  }

  /** List as soon as possible; does not shorten the wait after a failure. */
  void soon(long now) {
    if (underWay) {
      again = true;
    } else if (failures == 0) {
      next = now;
    }
  }

  /** A listing came; true when it ends a row of failures. */
  boolean succeeded(long now) {
    boolean recovered = failures > 0;
    failures = 0;
    next = again ? now : now + intervalMillis;
    again = false;
    underWay = false;
    return recovered;
  }

  /** A listing failed; true when it begins a row of failures. */
  boolean failed(long now, StreamException.Kind kind) {
    failures++;
    Backoff backoff = kind == StreamException.Kind.REFUSED ? REFUSED : TROUBLED;
    next = now + backoff.waitMillis(failures, random);
    again = false;
    underWay = false;
    return failures == 1;
  }
}
