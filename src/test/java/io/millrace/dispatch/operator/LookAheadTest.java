// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LookAheadTest {

  private static final int ENVELOPE = 100;
  private static final long LEAST = 400;

  private final LookAhead ahead = new LookAhead(ENVELOPE);
  private long now = 1_000_000;
  private long delivered;

  /** Some seconds at a pace, looked at all the time. */
  private long most(int perSecond, int seconds) {
    long most = 0;
    for (int i = 0; i < 100 * seconds; i++) {
      now += 10;
      delivered += perSecond / 100;
      most = ahead.most(now, delivered);
    }
    return most;
  }

  @Test
  void aLaneThatStandsStillHoldsFourEnvelopes() {
    assertThat(ahead.most(now, 0)).isEqualTo(LEAST);
    assertThat(most(0, 60)).isEqualTo(LEAST);
  }

  @Test
  void smallEnvelopesAreFetchedManyAtATime() {
    assertThat(new LookAhead(1).most(now, 0)).isEqualTo(128);
  }

  @Test
  void holdsWhatIsDeliveredInAQuarterOfASecond() {
    assertThat(most(10_000, 2)).isEqualTo(2_500);
    assertThat(most(100, 5)).isEqualTo(LEAST);
  }

  @Test
  void aLaneThatRanLowThoughItsShardWasClosedLooksFartherAhead() {
    most(10_000, 1);
    ahead.holdsEnough();
    ahead.launchesWith(ENVELOPE - 1);
    assertThat(most(10_000, 1)).isEqualTo(5_000);
    // It cannot be the gate's doing that there is not more.
    ahead.launchesWith(0);
    assertThat(most(10_000, 1)).isEqualTo(5_000);
  }

  @Test
  void aLaneThatHasEnoughLooksLessFarAhead() {
    most(10_000, 1);
    for (int i = 0; i < 100; i++) {
      ahead.holdsEnough();
      ahead.launchesWith(0);
    }
    // Never more than eight seconds.
    assertThat(most(10_000, 1)).isEqualTo(80_000);
    for (int i = 0; i < 100; i++) {
      ahead.holdsEnough();
      ahead.launchesWith(ENVELOPE);
    }
    assertThat(most(10_000, 1)).isEqualTo(2_500);
  }

  @Test
  void aClockThatIsPutBackAndALaneThatIsMovedDoNoHarm() {
    most(10_000, 1);
    now -= 3_600_000;
    assertThat(most(10_000, 2)).isEqualTo(2_500);
    delivered = 0;
    assertThat(most(10_000, 2)).isEqualTo(2_500);
  }
}
