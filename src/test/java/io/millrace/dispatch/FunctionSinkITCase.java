// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.control.CommandRequest;
import io.millrace.control.JsonAnswer;
import io.millrace.control.StatusRequest;
import io.millrace.control.Verb;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.JobTasks;
import io.millrace.source.ShardStreamSource;
import io.millrace.source.SourceOptions;
import io.millrace.source.enumerator.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.SerializedValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Source, lanes and control plane together, on a MiniCluster of two TaskManagers. */
final class FunctionSinkITCase {

  private static final Duration PATIENCE = JobTasks.PATIENCE;

  private static MiniCluster cluster;

  @TempDir private static Path directory;

  private final FakeFunction function = FakeFunction.create();
  private FakeStream stream;
  private JobID job;

  @BeforeAll
  static void startCluster() throws Exception {
    Configuration options = JobTasks.patientCluster();
    options.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.resolve("cp").toUri() + "");
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(options)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(2)
                .setRpcServiceSharing(
                    org.apache.flink.runtime.minicluster.RpcServiceSharing.DEDICATED)
                .withRandomPorts()
                .build());
    cluster.start();
  }

  @AfterAll
  static void stopCluster() throws Exception {
    cluster.close();
  }

  @AfterEach
  void cancel() throws Exception {
    if (job != null) {
      cluster.cancelJob(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      awaitEnd();
    }
    function.release();
    function.close();
    if (stream != null) {
      stream.close();
    }
  }

  private JobID start(Configuration delivery, int parallelism, Optional<String> savepoint)
      throws Exception {
    Configuration options = new Configuration();
    options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    options.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
    options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
    env.setParallelism(parallelism);
    env.setMaxParallelism(Placement.MAX_PARALLELISM);
    Configuration source = new Configuration();
    source.set(SourceOptions.IDLE_WAIT, Duration.ofMillis(20));
    env.fromSource(
            ShardStreamSource.of(stream.factory(), new StartPosition.Earliest(), source),
            WatermarkStrategy.noWatermarks(),
            "orders")
        .uid("source")
        .sinkTo(FunctionSink.of("orders", function.factory(), FakeFunction.FORMAT, delivery))
        .uid("functions");
    JobGraph graph = env.getStreamGraph().getJobGraph();
    savepoint.ifPresent(
        path -> graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(path, false)));
    return cluster.submitJob(graph).get().getJobID();
  }

  @Test
  void nothingMayStandBetweenTheSourceAndTheFunctions() {
    stream = FakeStream.withShards(1);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.enableCheckpointing(1_000);
    env.fromSource(
            ShardStreamSource.of(
                stream.factory(), new StartPosition.Earliest(), new Configuration()),
            WatermarkStrategy.noWatermarks(),
            "orders")
        .filter(record -> true)
        .name("only some")
        .sinkTo(
            FunctionSink.of("orders", function.factory(), FakeFunction.FORMAT, new Configuration()))
        .uid("functions");

    assertThatThrownBy(env::getStreamGraph)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'only some' stands between the source and the functions");
  }

  private String ask(CoordinationRequest request) throws Exception {
    return JsonAnswer.read(
        cluster
            .deliverCoordinationRequestToCoordinator(
                job, "functions: dispatch", new SerializedValue<>(request))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private String stop() throws Exception {
    return stopped(stopping());
  }

  private CompletableFuture<String> stopping() {
    JobTasks.awaitRunning(cluster, job);
    return cluster.stopWithSavepoint(
        job, directory.resolve("sp").toUri() + "", false, SavepointFormatType.CANONICAL);
  }

  private String stopped(CompletableFuture<String> stopping) throws Exception {
    String savepoint = stopping.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    awaitEnd();
    job = null;
    return savepoint;
  }

  private void awaitEnd() {
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .until(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
  }

  private static List<String> names(String shard, int count) {
    return IntStream.range(0, count).mapToObj(i -> shard + ":" + i + ".0").toList();
  }

  private void awaitDelivered(String shard, int count) {
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(function.received(shard)).hasSizeGreaterThanOrEqualTo(count));
  }

  @Test
  void everyShardIsDeliveredInOrderOneCallAtATime() throws Exception {
    stream = FakeStream.withShards(8);
    stream.putEverywhere(500);
    function.latency(Duration.ofMillis(2));
    job = start(new Configuration(), 4, Optional.empty());
    for (int shard = 0; shard < 8; shard++) {
      awaitDelivered(shard + "", 500);
      assertThat(function.received(shard + "")).isEqualTo(names(shard + "", 500));
    }
    assertThat(function.mostOpenOfOneShard()).isEqualTo(1);
  }

  @Test
  void aPlannedRescaleRepeatsNothing() throws Exception {
    stream = FakeStream.withShards(8);
    stream.putEverywhere(300);
    function.latency(Duration.ofMillis(20));
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.MAX_RECORDS, 10);
    job = start(delivery, 2, Optional.empty());
    awaitDelivered("3", 50);
    String savepoint = stop();
    int open = function.openCalls();
    job = start(delivery, 4, Optional.of(savepoint));
    for (int shard = 0; shard < 8; shard++) {
      awaitDelivered(shard + "", 300);
      assertThat(function.received(shard + "")).isEqualTo(names(shard + "", 300));
    }
    assertThat(open).isZero();
  }

  @Test
  void aStopTakesTheAnswersOfTheCallsUnderWay() throws Exception {
    stream = FakeStream.withShards(4);
    stream.putEverywhere(20);
    function.hang();
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.MAX_RECORDS, 10);
    job = start(delivery, 2, Optional.empty());
    await().atMost(PATIENCE).until(() -> function.openCalls() == 4);
    CompletableFuture<String> savepoint = stopping();
    await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> !savepoint.isDone());
    function.release();
    String path = stopped(savepoint);
    job = start(delivery, 4, Optional.of(path));
    for (int shard = 0; shard < 4; shard++) {
      awaitDelivered(shard + "", 20);
      assertThat(function.received(shard + "")).isEqualTo(names(shard + "", 20));
    }
  }

  @Test
  void aChildWaitsForItsParentsLastAcknowledgement() throws Exception {
    stream = FakeStream.withShards(2);
    stream.putEverywhere(50);
    function.latency(Duration.ofMillis(5));
    job = start(new Configuration(), 2, Optional.empty());
    awaitDelivered("0", 50);
    List<String> children = stream.split("0");
    stream.putEverywhere(20);
    awaitDelivered(children.get(0), 20);
    awaitDelivered(children.get(1), 20);
    assertThat(function.received("0")).isEqualTo(names("0", 50));
    assertThat(function.received(children.get(0))).isEqualTo(names(children.get(0), 20));
  }

  @Test
  void aFailingShardIsSuspendedAndResumedByAnOperator() throws Exception {
    stream = FakeStream.withShards(4);
    stream.putEverywhere(100);
    function.behave(
        call ->
            call.shard().equals("1")
                ? new Outcome.RecordFault("boom", Optional.of("req-1"))
                : new Outcome.Acknowledged(Optional.empty()));
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.MAX_ATTEMPTS, 3);
    delivery.set(DeliveryOptions.RETRY_INTERVAL, Duration.ofMillis(50));
    job = start(delivery, 2, Optional.empty());
    awaitDelivered("0", 100);
    awaitDelivered("3", 100);
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new StatusRequest()))
                    .contains("\"shard\":\"1\",\"state\":\"SUSPENDED\"")
                    .contains("boom"));
    long before = function.calls().stream().filter(call -> call.shard().equals("1")).count();
    assertThat(before).isEqualTo(3);

    // Suspended it stays, through a stop and a restore.
    String savepoint = stop();
    job = start(delivery, 3, Optional.of(savepoint));
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new StatusRequest()))
                    .contains("\"shard\":\"1\",\"state\":\"SUSPENDED\""));
    assertThat(function.calls().stream().filter(call -> call.shard().equals("1")).count())
        .isEqualTo(3);

    function.behave(call -> new Outcome.Acknowledged(Optional.empty()));
    assertThat(ask(new CommandRequest("c1", Verb.RESUME, "1"))).contains("\"refused\":null");
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(ask(new CommandRequest("c1", Verb.RESUME, "1"))).contains("DURABLE"));
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(function.received("1")).endsWith("1:98.0", "1:99.0"));
  }

  @Test
  void aStopWaitsForHungCallsNoLongerThanItsTimeout() throws Exception {
    stream = FakeStream.withShards(4);
    stream.putEverywhere(10);
    function.hang();
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.STOP_DRAIN_TIMEOUT, Duration.ofSeconds(1));
    job = start(delivery, 2, Optional.empty());
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(function.openCalls()).isEqualTo(4));
    String savepoint = stop();
    function.release();
    job = start(delivery, 2, Optional.of(savepoint));
    awaitDelivered("3", 10);
  }

  /**
   * The stream of the golden savepoint: shard 0 was split into 4 and 5, and all shards but the
   * first hold records that share a sequence.
   */
  private static FakeStream goldenStream() {
    FakeStream stream = FakeStream.withShards(4);
    stream.putEverywhere(30);
    stream.split("0");
    for (int shard = 1; shard < 6; shard++) {
      stream.batch(shard + "", 3);
      stream.put(shard + "", 20);
    }
    return stream;
  }

  private static Configuration goldenDelivery() {
    Configuration delivery = new Configuration();
    delivery.set(DeliveryOptions.MAX_ATTEMPTS, 3);
    delivery.set(DeliveryOptions.RETRY_INTERVAL, Duration.ofMillis(50));
    delivery.set(DeliveryOptions.MAX_RECORDS, 10);
    return delivery;
  }

  /** Writes the golden savepoint of this version; run by hand when a state form is added. */
  @Test
  @EnabledIfSystemProperty(named = "millrace.golden.write", matches = ".+")
  void writeGoldenSavepoint() throws Exception {
    stream = goldenStream();
    function.behave(
        call ->
            call.shard().equals("1")
                ? new Outcome.RecordFault("boom", Optional.of("req-1"))
                : new Outcome.Acknowledged(Optional.empty()));
    job = start(goldenDelivery(), 2, Optional.empty());
    for (int shard = 2; shard < 6; shard++) {
      awaitDelivered(shard + "", shard < 4 ? 53 : 23);
    }
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ask(new StatusRequest())).contains("SUSPENDED"));
    Path written = Path.of(java.net.URI.create(stop()));
    Path golden = Path.of(System.getProperty("millrace.golden.write"));
    try (Stream<Path> files = Files.list(written)) {
      for (Path file : files.toList()) {
        Files.copy(file, golden.resolve(file.getFileName()));
      }
    }
  }

  /** 0.1 has lanes of form 1, 0.2 of form 3. */
  @ParameterizedTest
  @ValueSource(strings = {"0.1", "0.2"})
  void theGoldenSavepointsOfAllVersionsAreRead(String version) throws Exception {
    stream = goldenStream();
    Path golden = Path.of("test/resources/savepoints", version).toAbsolutePath();
    assertThat(golden.resolve("_metadata")).exists();
    job = start(goldenDelivery(), 3, Optional.of(golden.toUri().toString()));
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new StatusRequest()))
                    .contains("\"shard\":\"1\",\"state\":\"SUSPENDED\"")
                    .contains("\"attempts\":3")
                    .contains("\"message\":\"boom\",\"requestId\":\"req-1\""));
    for (int shard = 1; shard < 6; shard++) {
      stream.put(shard + "", 1);
    }
    for (int shard = 2; shard < 6; shard++) {
      awaitDelivered(shard + "", 1);
      // Nothing that was delivered before is invoked again.
      assertThat(function.received(shard + "")).hasSize(1);
    }
    assertThat(function.received("0")).isEmpty();
    assertThat(function.received("1")).isEmpty();
    // Refused until every task has told its shards.
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new CommandRequest("c1", Verb.RESUME, null)))
                    .contains("\"refused\":null"));
    awaitDelivered("1", 54);
    assertThat(function.received("1"))
        .hasSize(54)
        .startsWith(names("1", 30).toArray(String[]::new));
    assertThat(function.received("1").subList(30, 33))
        .containsExactly("1:30.0", "1:30.1", "1:30.2");
  }

  @Test
  void aShardWithoutARecordCanBeSuspended() throws Exception {
    stream = FakeStream.withShards(2);
    stream.put("0", 10);
    job = start(new Configuration(), 2, Optional.empty());
    awaitDelivered("0", 10);
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new CommandRequest("c1", Verb.SUSPEND, "1")))
                    .contains("\"stage\":\"DURABLE\""));
    stream.putEverywhere(10);
    awaitDelivered("0", 20);
    assertThat(function.received("1")).isEmpty();
    String savepoint = stop();
    job = start(new Configuration(), 1, Optional.of(savepoint));
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(ask(new CommandRequest("c2", Verb.RESUME, null)))
                    .contains("\"shard\":\"1\""));
    awaitDelivered("1", 10);
    assertThat(function.received("1")).isEqualTo(names("1", 10));
  }
}
