// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.lane.BatchLimits;
import io.millrace.dispatch.lane.Lane;
import io.millrace.model.ShardRecord;
import io.millrace.source.reader.TaskLink;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

final class StatusReportTest {

  /** Of DIS a partition that was taken out of service can come back. */
  @Test
  void aShardThatComesBackHasNotEnded() {
    TaskLink link = TaskLink.acquire("comes-back");
    try {
      StatusReport report =
          new StatusReport(
              0,
              "comes-back",
              "worker-1",
              link,
              new LaneMetrics(UnregisteredMetricsGroup.createOperatorMetricGroup(), 1));
      Lane lane = new Lane("7", 7, new BatchLimits(100, 10, 1000), FakeFunction.FORMAT, 0);
      lane.append(ShardRecord.endOf("7", 7), 1_000);

      report.ended(lane, 1_000);
      assertThat(report.hasEnded("7")).isTrue();

      report.begun("7");
      assertThat(report.hasEnded("7")).isFalse();
    } finally {
      link.release();
    }
  }
}
