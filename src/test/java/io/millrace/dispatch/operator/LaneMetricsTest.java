// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.LaneStatus;
import io.millrace.model.Position;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.metrics.groups.GenericMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.junit.jupiter.api.Test;

/** Shards as metrics: what reporters see of them, and that it goes when they do. */
final class LaneMetricsTest {

  private final Map<String, Metric> registered = new TreeMap<>();
  private final LaneMetrics metrics =
      new LaneMetrics(
          new GenericMetricGroup(
              TestingMetricRegistry.builder()
                  .setRegisterConsumer(
                      (metric, name, group) ->
                          registered.put(group.getMetricIdentifier(name), metric))
                  .setUnregisterConsumer(
                      (metric, name, group) -> registered.remove(group.getMetricIdentifier(name)))
                  .build(),
              null,
              "dispatch"),
          2);

  private static LaneStatus status(String shard, String state, long lagRecords, int attempts) {
    return new LaneStatus(
        shard,
        state,
        null,
        new Position(41, 0, 0),
        50L,
        lagRecords,
        lagRecords * 1000,
        attempts,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        0,
        0,
        List.of(),
        List.of());
  }

  private Object value(String name) {
    Metric metric = registered.get("dispatch." + name);
    assertThat(metric).as("%s of %s", name, registered.keySet()).isInstanceOf(Gauge.class);
    return ((Gauge<?>) metric).getValue();
  }

  @Test
  void figuresOverAllShards() {
    metrics.observe(
        List.of(
            status("0", "SUSPENDED", 5, 512),
            status("1", "RETRYING", 7, 3),
            status("2", "BLOCKED", 1, 0)),
        true);
    assertThat(value("shardsSuspended")).isEqualTo(1);
    assertThat(value("shardsRetrying")).isEqualTo(1);
    assertThat(value("shardsBlocked")).isEqualTo(1);
    assertThat(value("functionBlocked")).isEqualTo(1);
    assertThat(value("lagRecords")).isEqualTo(13L);
    assertThat(value("lagMillis")).isEqualTo(7000L);
    metrics.observe(List.of(), false);
    assertThat(value("shardsSuspended")).isEqualTo(0);
    assertThat(value("functionBlocked")).isEqualTo(0);
    assertThat(value("lagMillis")).isEqualTo(0L);
  }

  @Test
  void aShardHasMetricsOfItsOwnUntilItEnds() {
    metrics.observe(List.of(status("0", "RETRYING", 5, 3)), false);
    assertThat(value("shard.0.state")).isEqualTo(5L);
    assertThat(value("shard.0.position")).isEqualTo(41L);
    assertThat(value("shard.0.lagRecords")).isEqualTo(5L);
    assertThat(value("shard.0.lagMillis")).isEqualTo(5000L);
    assertThat(value("shard.0.attempts")).isEqualTo(3L);
    metrics.observe(List.of(status("0", "SUSPENDED", 6, 3)), false);
    assertThat(value("shard.0.state")).isEqualTo(7L);
    metrics.observe(List.of(status("0", "ENDED", 0, 0)), false);
    assertThat(registered.keySet()).noneMatch(name -> name.contains("shard."));
    metrics.observe(List.of(status("0", "IDLE", 0, 0)), false);
    assertThat(value("shard.0.state")).as("open again").isEqualTo(1L);
  }

  @Test
  void theirNumberIsBoundedAndWhoGoesMakesRoom() {
    metrics.observe(
        List.of(status("0", "IDLE", 0, 0), status("1", "IDLE", 0, 0), status("2", "IDLE", 0, 0)),
        false);
    assertThat(registered.keySet().stream().filter(name -> name.endsWith(".attempts"))).hasSize(2);
    metrics.observe(List.of(status("2", "IDLE", 0, 0)), false);
    assertThat(value("shard.2.state")).isEqualTo(1L);
    assertThat(registered.keySet().stream().filter(name -> name.endsWith(".attempts"))).hasSize(1);
  }

  @Test
  void callsAreAHistogram() {
    metrics.observe(List.of(status("0", "IDLE", 0, 0)), false);
    Histogram calls = (Histogram) registered.get("dispatch.shard.0.callMillis");
    assertThat(calls.getStatistics().getQuantile(0.5)).as("of none").isZero();
    metrics.observeCalls("0", new int[] {10, 20, 30, 40});
    HistogramStatistics statistics = calls.getStatistics();
    assertThat(statistics.getQuantile(0.5)).isEqualTo(20);
    assertThat(statistics.getQuantile(0.99)).isEqualTo(40);
    assertThat(statistics.getMin()).isEqualTo(10);
    assertThat(statistics.getMax()).isEqualTo(40);
    assertThat(statistics.getMean()).isEqualTo(25);
    assertThat(calls.getCount()).isEqualTo(4);
    metrics.observeCalls("of none", new int[] {1});
  }
}
