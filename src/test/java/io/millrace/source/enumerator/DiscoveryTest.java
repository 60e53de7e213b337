// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiscoveryTest {

  private final Discovery discovery = new Discovery(Duration.ofSeconds(10), new Random(1), 0);

  @Test
  void listsAtOnceAndThenAtTheInterval() {
    assertThat(discovery.begin(0)).isTrue();
    assertThat(discovery.begin(0)).as("one is under way").isFalse();
    assertThat(discovery.succeeded(100)).isFalse();
    assertThat(discovery.begin(10_099)).isFalse();
    assertThat(discovery.begin(10_100)).isTrue();
  }

  @Test
  void listsAtOnceWhenAskedForAlsoWhileAListingIsUnderWay() {
    discovery.begin(0);
    discovery.soon(50);
    discovery.succeeded(100);
    assertThat(discovery.begin(100)).isTrue();
    discovery.succeeded(200);
    discovery.soon(300);
    assertThat(discovery.begin(300)).isTrue();
  }

  @Test
  void waitsLongerAfterEachFailureUpToHalfAMinute() {
    long now = 0;
    long longest = 0;
    discovery.begin(now);
    for (int failure = 1; failure <= 20; failure++) {
      assertThat(discovery.failed(now, Kind.THROTTLED)).isEqualTo(failure == 1);
      discovery.soon(now);
      long wait = waitUntilBegun(now);
      assertThat(wait).isBetween(1_000L, 30_000L);
      longest = Math.max(longest, wait);
      now += wait;
    }
    assertThat(longest).isGreaterThan(15_000);
    assertThat(discovery.succeeded(now)).as("it ends the failures").isTrue();
    assertThat(waitUntilBegun(now)).isEqualTo(10_000);
  }

  @Test
  void waitsUpToAMinuteWhenRefused() {
    long now = 0;
    discovery.begin(now);
    for (int failure = 1; failure <= 10; failure++) {
      discovery.failed(now, Kind.REFUSED);
      now += waitUntilBegun(now);
    }
    discovery.failed(now, Kind.REFUSED);
    assertThat(waitUntilBegun(now)).isBetween(30_000L, 60_000L);
  }

  private long waitUntilBegun(long now) {
    long wait = 0;
    while (!discovery.begin(now + wait)) {
      wait++;
    }
    return wait;
  }
}
