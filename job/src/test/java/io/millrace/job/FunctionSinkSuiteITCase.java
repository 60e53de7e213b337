// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dispatch.FunctionSink;
import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.model.ShardRecord;
import io.millrace.source.enumerator.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.environment.TestEnvironment;
import org.apache.flink.connector.testframe.environment.TestEnvironmentSettings;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.external.ExternalSystemDataReader;
import org.apache.flink.connector.testframe.external.sink.DataStreamSinkExternalContext;
import org.apache.flink.connector.testframe.external.sink.DataStreamSinkV2ExternalContext;
import org.apache.flink.connector.testframe.external.sink.TestingSinkSettings;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.source.FromElementsSource;
import org.apache.flink.connector.testframe.testsuites.SinkTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.collect.CollectResultIterator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;

/**
 * Flink's own suite for sinks, with an emulated function. Every case is held to exactly once: its
 * stops are planned.
 *
 * <p>The suite differs in five ways from a job of ours:
 *
 * <ul>
 *   <li>its elements are compared by their order, so they are texts here, and become records of
 *       shards in the sink;
 *   <li>it gives the sink no uid, so the operator inside has none either;
 *   <li>it runs jobs without checkpoints, which the sink refuses, because they keep no position; a
 *       job here has an interval of which no checkpoint comes about;
 *   <li>it expects that what was read before a stop with savepoint is written after it. Ours waits
 *       for the calls under way and keeps the rest in the savepoint, else a stop would take as long
 *       as a backlog. After the stop each record has been taken once at most, after the job has
 *       gone on exactly once;
 *   <li>it looks for {@code numRecordsSend} on the sink's writer, and ours gets only what could not
 *       be delivered. That one case looks on the operator that invokes the function, and is held to
 *       all else.
 * </ul>
 */
@Tag("ci")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class FunctionSinkSuiteITCase extends SinkTestSuiteBase<String> {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Longer than any test runs. */
  private static final long NO_CHECKPOINT_MILLIS = Duration.ofDays(1).toMillis();

  @TestEnv final MiniClusterTestEnvironment environment = new FlinkSourceSuite.Cluster();

  @TestSemantics
  final CheckpointingMode[] semantics = new CheckpointingMode[] {CheckpointingMode.EXACTLY_ONCE};

  @TestContext
  final ExternalContextFactory<EmulatedFunction> functions = test -> new EmulatedFunction();

  /** Comes after the suite has decided for a job with checkpoints or without. */
  @Override
  protected CollectResultIterator<String> addCollectSink(DataStream<String> stream) {
    CollectResultIterator<String> results = super.addCollectSink(stream);
    StreamExecutionEnvironment job = stream.getExecutionEnvironment();
    if (!job.getCheckpointConfig().isCheckpointingEnabled()) {
      job.enableCheckpointing(NO_CHECKPOINT_MILLIS);
      // Flink else takes one at once when it starts its schedule a second time.
      job.getCheckpointConfig().setMinPauseBetweenCheckpoints(NO_CHECKPOINT_MILLIS);
    }
    return results;
  }

  @Override
  protected void checkResultWithSemantic(
      ExternalSystemDataReader<String> taken, List<String> expected, CheckpointingMode semantic)
      throws Exception {
    if (expected.size() < EmulatedFunction.RECORDS) {
      assertThat(taken.poll(Duration.ZERO)).doesNotHaveDuplicates().isSubsetOf(expected);
    } else {
      super.checkResultWithSemantic(taken, expected, semantic);
    }
  }

  @Override
  @TestTemplate
  @DisplayName("Test sink metrics, of the operator that invokes the function")
  public void testMetrics(
      TestEnvironment environment,
      DataStreamSinkExternalContext<String> function,
      CheckpointingMode semantic)
      throws Exception {
    TestingSinkSettings settings =
        TestingSinkSettings.builder().setCheckpointingMode(semantic).build();
    List<String> texts = generateTestData(settings, function);
    StreamExecutionEnvironment job =
        environment.createExecutionEnvironment(TestEnvironmentSettings.builder().build());
    job.enableCheckpointing(50);
    Sink<String> sink = ((EmulatedFunction) function).createSink(settings);
    job.fromSource(
            new FromElementsSource<>(Boundedness.CONTINUOUS_UNBOUNDED, texts, texts.size()),
            WatermarkStrategy.noWatermarks(),
            "texts")
        .setParallelism(1)
        .returns(Types.STRING)
        .sinkTo(sink)
        .name("functions")
        .setParallelism(1);
    JobClient running = job.executeAsync("metrics");
    try {
      TestEnvironment.Endpoint rest = environment.getRestEndpoint();
      FlinkMetrics metrics = new FlinkMetrics(rest.getAddress() + ":" + rest.getPort());
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () ->
                  assertThat(metrics.sum(running.getJobID(), "dispatch", "numRecordsSend"))
                      .isEqualTo(texts.size()));
    } finally {
      running.cancel().get(120, TimeUnit.SECONDS);
    }
  }

  /** A text such as {@code 2:000041}: the record of sequence 41 of shard 2. */
  private static ShardRecord record(String text) {
    String[] parts = text.split(":", 2);
    return new ShardRecord(
        parts[0],
        Placement.laneKey(Integer.parseInt(parts[0]), Placement.MAX_PARALLELISM),
        Long.parseLong(parts[1]),
        0,
        0,
        ("{\"eventId\":\"" + text + "\"}").getBytes(UTF_8),
        false);
  }

  /** An emulated function, and the sink that invokes it. */
  private static final class EmulatedFunction implements DataStreamSinkV2ExternalContext<String> {

    private static final int SHARDS = 8;
    private static final int RECORDS = 200;

    private final Emulator emulator = Emulator.builder().credentials("testid", "testkey").start();

    private EmulatedFunction() {
      emulator.functions().create("s", "f");
    }

    @Override
    public Sink<String> createSink(TestingSinkSettings settings) {
      TriggerSpec spec =
          TriggerText.parse(
              TriggerText.temporaryDirectory(),
              """
              name: orders
              source:
                type: datahub
                endpoint: %s
                project: test_project
                topic: orders
              function:
                type: function-compute
                endpoint: %s
                account-id: "12423423992"
                service: s
                function: f
                timeout: 1 min
              credentials:
                access-key-id: testid
                access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
              """
                  .formatted(emulator.dataHubEndpoint(), emulator.functionComputeEndpoint()),
              Map.of());
      return new TextSink(
          FunctionSink.of(
              spec.name(), spec.function(), spec.format(), spec.options(), spec.http()));
    }

    /** Texts of several shards, mixed; those of a shard in order. */
    @Override
    public List<String> generateTestData(TestingSinkSettings settings, long seed) {
      Random random = new Random(seed);
      int[] next = new int[SHARDS];
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        int shard = random.nextInt(SHARDS);
        texts.add(String.format("%d:%06d", shard, next[shard]++));
      }
      return texts;
    }

    @Override
    public ExternalSystemDataReader<String> createSinkDataReader(TestingSinkSettings settings) {
      return new JournalReader(emulator.journal());
    }

    @Override
    public TypeInformation<String> getProducedType() {
      return Types.STRING;
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

  /** Reads the texts back that the function has taken. */
  private static final class JournalReader implements ExternalSystemDataReader<String> {

    private final Journal journal;
    private int read;

    private JournalReader(Journal journal) {
      this.journal = journal;
    }

    @Override
    public List<String> poll(Duration timeout) {
      List<String> texts = new ArrayList<>();
      for (Journal.Entry entry : journal.entries(read)) {
        if (entry.end().isEmpty()) {
          break;
        }
        assertThat(entry.outcome()).isEqualTo("ok");
        read++;
        eventIds(entry.body()).forEach(texts::add);
      }
      return texts;
    }

    private static List<String> eventIds(String event) {
      try {
        return new ObjectMapper()
            .readTree(event).path("records").findValues("eventId").stream()
                .map(JsonNode::asText)
                .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {}
  }

  /** A {@link FunctionSink} for texts, without a uid inside. */
  private static final class TextSink implements Sink<String>, SupportsPreWriteTopology<String> {

    private static final long serialVersionUID = 1L;

    private final FunctionSink sink;

    private TextSink(FunctionSink sink) {
      this.sink = sink;
    }

    @Override
    public DataStream<String> addPreWriteTopology(DataStream<String> texts) {
      // One subtask, as the source has: several would change the order.
      DataStream<ShardRecord> records =
          texts
              .map(FunctionSinkSuiteITCase::record)
              .returns(ShardRecordTypeInfo.INSTANCE)
              .setParallelism(1);
      DataStream<ShardRecord> undeliverable = sink.addPreWriteTopology(records);
      undeliverable.getTransformation().setUid(null);
      return undeliverable.map(ShardRecord::toString).returns(Types.STRING);
    }

    @Override
    public SinkWriter<String> createWriter(WriterInitContext context) {
      return new NothingExpected();
    }
  }

  /** What cannot be delivered would come here. */
  private static final class NothingExpected implements SinkWriter<String> {

    @Override
    public void write(String text, Context context) {
      throw new IllegalStateException("not delivered: " + text);
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
