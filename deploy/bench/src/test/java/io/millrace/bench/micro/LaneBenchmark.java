// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import io.millrace.dispatch.lane.BatchLimits;
import io.millrace.dispatch.lane.Lane;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Records through a lane: appended, sealed, rendered, acknowledged. One operation is one record.
 */
@State(Scope.Thread)
public class LaneBenchmark {

  private static final int RECORDS = 1000;
  private static final long EVENT = 16 << 20;

  @Param({"1", "100", "1000"})
  public int records;

  private Lane lane;
  private List<ShardRecord> arriving;

  @Setup
  public void open() throws IOException {
    lane =
        new Lane(
            "0",
            0,
            new BatchLimits(records, EVENT, EVENT),
            Samples.DATAHUB_FC.trigger().format(),
            0);
    arriving = Samples.DATAHUB_FC.records(RECORDS);
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public long deliver() {
    for (ShardRecord record : arriving) {
      lane.append(record, 1);
    }
    long bytes = 0;
    while (lane.isLaunchable(1)) {
      Optional<byte[]> event = lane.launch(1);
      bytes += event.orElseThrow().length;
      lane.acknowledge();
    }
    return bytes;
  }
}
