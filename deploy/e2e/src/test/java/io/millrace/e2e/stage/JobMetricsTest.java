// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.TaskReading;
import io.millrace.e2e.stage.JobMetrics.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobMetricsTest {

  @Test
  void metricsAreSortedByWhatTheyAreOf() {
    TaskReading reading =
        JobMetrics.reading(
            2,
            "4711",
            17,
            Map.of(
                "shardId-0000000003", new Place(2, true),
                "shardId-0000000004", new Place(2, true),
                "shardId-0000000005", new Place(2, false),
                "shardId-0000000006", new Place(1, true)),
            Map.of(
                "numRecordsSend", 1L,
                "Source__orders.numRecordsSend", 2L,
                "Source__orders.pendingRecords", 3L,
                "functions__Writer.numRecordsSend", 4L,
                "functions__dispatch.numRecordsSend", 5L,
                "functions__dispatch.invocations", 6L,
                "functions__dispatch.shard.shardId-0000000003.position", 7L,
                "functions__dispatch.shard.shardId-0000000003.callMillis_p99", 8L,
                "functions__dispatch.shard.shardId-0000000005.position", 9L));
    assertThat(reading.values())
        .isEqualTo(Map.of("numRecordsSend", 5L, "invocations", 6L, "pendingRecords", 3L));
    assertThat(reading.shards())
        .containsExactlyInAnyOrder(
            "shardId-0000000003", "shardId-0000000004", "shardId-0000000005");
    assertThat(reading.shardValues())
        .isEqualTo(
            Map.of("shardId-0000000003", Map.of("position", 7L), "shardId-0000000004", Map.of()));
  }
}
