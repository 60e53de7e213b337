// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Browsers that have shown the token. What their cookies hold is random, so that the token itself
 * is kept by no browser. Safe for use by several threads.
 */
final class Sessions {

  static final Duration LIFETIME = Duration.ofHours(12);

  private static final int MOST = 1000;
  private static final int BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  /** When each ends, the oldest first. */
  private final Map<String, Long> ends = new LinkedHashMap<>();

  Sessions(InstantSource clock) {
    this.clock = clock;
  }

  /** Begins one; its id goes into a cookie. */
  synchronized String begin() {
    long now = clock.millis();
    ends.values().removeIf(end -> end <= now);
    if (ends.size() == MOST) {
      ends.remove(ends.keySet().iterator().next());
    }
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    ends.put(id, now + LIFETIME.toMillis());
    return id;
  }

  synchronized boolean isOpen(String id) {
    Long end = ends.get(id);
    return end != null && end > clock.millis();
  }

  synchronized void end(String id) {
    ends.remove(id);
  }
}
