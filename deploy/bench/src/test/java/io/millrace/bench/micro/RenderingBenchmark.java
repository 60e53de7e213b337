// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An event of records that are encoded already: megabytes and records a second. */
@State(Scope.Thread)
public class RenderingBenchmark {

  @Param({"DATAHUB_FC", "DIS_FUNCTIONGRAPH"})
  public Samples pair;

  @Param({"1", "100", "1000"})
  public int records;

  private EnvelopeFormat format;
  private List<ShardRecord> envelope;

  /** What an event stands for. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Volume {
    public double megabytes;
    public long recordCount;
  }

  @Setup
  public void open() throws IOException {
    format = pair.trigger().format();
    envelope = pair.records(records);
  }

  @Benchmark
  public byte[] render(Volume volume) {
    byte[] event = format.render("0", envelope);
    volume.megabytes += event.length / 1e6;
    volume.recordCount += records;
    return event;
  }
}
