// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import io.millrace.http.HttpTransport;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;
import io.millrace.source.ShardStreamSource;
import io.millrace.source.StreamClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The hand-over of what was fetched: from an answer of the stream, which is there at once, over the
 * fetcher thread to where lanes take their records from the task thread. One operation is one
 * record.
 */
@State(Scope.Thread)
public class ReaderBenchmark {

  private static final int RECORDS = 10_000;

  /** As many as DataHub gives at once. */
  private static final int FETCH = 1000;

  @Param({"1", "64"})
  public int shards;

  private final Lanes lanes = new Lanes();
  private SourceReader<ShardRecord, ShardSplit> reader;

  /** Counts what lanes would take. */
  private static final class Lanes implements ReaderOutput<ShardRecord> {
    private long records;

    @Override
    public void collect(ShardRecord record) {
      records++;
    }

    @Override
    public void collect(ShardRecord record, long time) {
      records++;
    }

    @Override
    public SourceOutput<ShardRecord> createOutputForSplit(String split) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
  }

  /** A stream that always has more, and has it already. */
  private record Endless(List<ShardRecord> records) implements StreamClient {

    @Override
    public CompletableFuture<StreamDescription> describe() {
      return CompletableFuture.completedFuture(new StreamDescription("bench", "endless"));
    }

    @Override
    public CompletableFuture<List<Shard>> shards() {
      return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
      return CompletableFuture.completedFuture(start);
    }

    @Override
    public ShardCursor open(String shard, int lane, StartPosition start) {
      return most ->
          CompletableFuture.completedFuture(
              new Fetch(
                  records.subList(0, Math.min(most, records.size())),
                  false,
                  false,
                  Optional.empty(),
                  OptionalLong.empty()));
    }

    @Override
    public void close() {}
  }

  /** Opens it; nothing of this is serialized. */
  private record Opening(Endless client) implements StreamClient.Factory {
    private static final long serialVersionUID = 1L;

    @Override
    public StreamClient open(HttpTransport transport) {
      return client;
    }

    @Override
    public String stream() {
      return "bench";
    }
  }

  @Setup
  public void open() throws IOException {
    Endless stream = new Endless(Samples.DATAHUB_FC.records(FETCH));
    reader =
        ShardStreamSource.of(new Opening(stream), new StartPosition.Earliest(), new Configuration())
            .createReader(new BareReaderContext());
    reader.start();
    List<ShardSplit> splits = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      splits.add(
          new ShardSplit(
              Integer.toString(shard), shard, new StartPosition.Earliest(), List.of(), false));
    }
    reader.addSplits(splits);
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public long handOver() throws Exception {
    long until = lanes.records + RECORDS;
    while (lanes.records < until) {
      if (reader.pollNext(lanes) == InputStatus.NOTHING_AVAILABLE) {
        reader.isAvailable().get();
      }
    }
    return lanes.records;
  }

  @TearDown
  public void close() throws Exception {
    reader.close();
  }
}
