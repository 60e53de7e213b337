// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.emulator.Emulator;
import io.millrace.model.ShardRecord;
import io.millrace.source.ShardStreamSource;
import io.millrace.source.enumerator.Placement;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.environment.TestEnvironment;
import org.apache.flink.connector.testframe.environment.TestEnvironmentSettings;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SourceTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;

/**
 * Flink's own suite for sources, against an emulated stream.
 *
 * <p>Three of its cases read a bounded source to its end, and a stream has none: its shards end
 * only where others take their place, and the source says that it is unbounded. These cases are
 * held to all else that they ask for: so many shards, so many subtasks, of which one may have
 * nothing to do, and every record of each shard once and in order. Then the job is cancelled.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class FlinkSourceSuite extends SourceTestSuiteBase<ShardRecord> {

  @TestEnv final MiniClusterTestEnvironment environment = new Cluster();

  @TestSemantics
  final CheckpointingMode[] semantics = new CheckpointingMode[] {CheckpointingMode.EXACTLY_ONCE};

  @Override
  @TestTemplate
  @DisplayName("Test source with single split, unbounded")
  public void testSourceSingleSplit(
      TestEnvironment environment,
      DataStreamSourceExternalContext<ShardRecord> stream,
      CheckpointingMode semantic)
      throws Exception {
    readAll(environment, stream, semantic, 1, 1);
  }

  @Override
  @TestTemplate
  @DisplayName("Test source with multiple splits, unbounded")
  public void testMultipleSplits(
      TestEnvironment environment,
      DataStreamSourceExternalContext<ShardRecord> stream,
      CheckpointingMode semantic)
      throws Exception {
    readAll(environment, stream, semantic, 4, 4);
  }

  @Override
  @TestTemplate
  @DisplayName("Test source with at least one idle parallelism, unbounded")
  public void testIdleReader(
      TestEnvironment environment,
      DataStreamSourceExternalContext<ShardRecord> stream,
      CheckpointingMode semantic)
      throws Exception {
    readAll(environment, stream, semantic, 4, 5);
  }

  private void readAll(
      TestEnvironment environment,
      DataStreamSourceExternalContext<ShardRecord> stream,
      CheckpointingMode semantic,
      int shards,
      int parallelism)
      throws Exception {
    TestingSourceSettings settings =
        TestingSourceSettings.builder()
            .setBoundedness(Boundedness.CONTINUOUS_UNBOUNDED)
            .setCheckpointingMode(semantic)
            .build();
    List<List<ShardRecord>> put = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      put.add(generateAndWriteTestData(shard, stream, settings));
    }
    StreamExecutionEnvironment job =
        environment.createExecutionEnvironment(TestEnvironmentSettings.builder().build());
    DataStreamSource<ShardRecord> source =
        job.fromSource(
                tryCreateSource(stream, settings), WatermarkStrategy.noWatermarks(), "stream")
            .setParallelism(parallelism);
    CloseableIterator<ShardRecord> read = source.collectAsync();
    JobClient running = submitJob(job, "read");
    try {
      checkResultWithSemantic(read, put, semantic, getTestDataSize(put));
    } finally {
      running.cancel().get(120, TimeUnit.SECONDS);
      read.close();
    }
  }

  /** Flink's cluster for its suites, with the maximum parallelism that all our jobs have. */
  static final class Cluster extends MiniClusterTestEnvironment {

    @Override
    public StreamExecutionEnvironment createExecutionEnvironment(TestEnvironmentSettings settings) {
      StreamExecutionEnvironment job = super.createExecutionEnvironment(settings);
      job.setMaxParallelism(Placement.MAX_PARALLELISM);
      return job;
    }
  }

  /** A stream that gets its shards one by one; a shard's number is its split index in the suite. */
  abstract static class EmulatedStream implements DataStreamSourceExternalContext<ShardRecord> {

    private static final int RECORDS = 100;

    private final Emulator emulator = Emulator.builder().credentials("testid", "testkey").start();
    private final Map<Integer, Integer> next = new HashMap<>();
    private int shards;

    final Emulator emulator() {
      return emulator;
    }

    /** Makes the stream have so many shards, one more than before. */
    abstract void grow(int number);

    abstract String shard(int number);

    abstract void put(int shard, List<String> texts);

    /** A trigger from the stream to anywhere. */
    abstract TriggerSpec trigger(Path directory);

    @Override
    public Source<ShardRecord, ?, ?> createSource(TestingSourceSettings settings) {
      if (settings.getBoundedness() == Boundedness.BOUNDED) {
        throw new UnsupportedOperationException("a stream has no end");
      }
      TriggerSpec spec = trigger(TriggerText.temporaryDirectory());
      return ShardStreamSource.of(spec.source(), spec.start(), spec.options(), spec.http());
    }

    @Override
    public ExternalSystemSplitDataWriter<ShardRecord> createSourceSplitDataWriter(
        TestingSourceSettings settings) {
      int shard = shards++;
      grow(shards);
      return new ExternalSystemSplitDataWriter<>() {
        @Override
        public void writeRecords(List<ShardRecord> records) {
          put(shard, records.stream().map(record -> new String(record.body(), UTF_8)).toList());
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<ShardRecord> generateTestData(
        TestingSourceSettings settings, int shard, long seed) {
      Random random = new Random(seed);
      List<ShardRecord> records = new ArrayList<>();
      int from = next.getOrDefault(shard, 0);
      int to = from + 1 + random.nextInt(RECORDS);
      next.put(shard, to);
      for (int sequence = from; sequence < to; sequence++) {
        byte[] text = Long.toString(random.nextLong()).getBytes(UTF_8);
        records.add(new ShardRecord(shard(shard), 0, sequence, 0, 0, text, false));
      }
      return records;
    }

    @Override
    public TypeInformation<ShardRecord> getProducedType() {
      return ShardRecordTypeInfo.INSTANCE;
    }

    @Override
    public List<URL> getConnectorJarPaths() {
      return List.of();
    }

    @Override
    public void close() {
      emulator.close();
    }
  }
}
