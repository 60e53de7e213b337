// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

final class LeaseRuleTest {

  private static final Duration LEASE = Duration.ofSeconds(4);

  @Test
  void flinksDefaultsAreLongEnough() {
    LeaseRule.check(LEASE, new Configuration());
  }

  @Test
  void theHeartbeatTimeoutMustBeLonger() {
    assertThatThrownBy(() -> LeaseRule.check(LEASE, of("heartbeat.timeout", "4 s")))
        .hasMessage(
            "delivery.lease: '4000 ms' is not accepted; accepted: less than this cluster's"
                + " heartbeat.timeout, which is 4000 ms");
  }

  @Test
  void soMustBeTheTimeInWhichRefusedHeartbeatsGiveATaskManagerUp() {
    assertThatThrownBy(() -> LeaseRule.check(LEASE, of("heartbeat.interval", "1 s")))
        .hasMessageContaining("heartbeat.interval times 1 (heartbeat.rpc-failure-threshold less")
        .hasMessageContaining("which is 1000 ms");
    LeaseRule.check(
        LEASE,
        Configuration.fromMap(
            Map.of("heartbeat.interval", "1 s", "heartbeat.rpc-failure-threshold", "-1")));
  }

  private static Configuration of(String key, String value) {
    return Configuration.fromMap(Map.of(key, value));
  }
}
