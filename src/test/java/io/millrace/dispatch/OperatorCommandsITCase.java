// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.CommandRequest;
import io.millrace.control.JsonAnswer;
import io.millrace.control.StatusRequest;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.model.StartPosition;
import io.millrace.source.FakeStream;
import io.millrace.source.JobTasks;
import io.millrace.source.ShardStreamSource;
import io.millrace.source.enumerator.Placement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.highavailability.nonha.embedded.HaLeadershipControl;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.SerializedValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What operators command is done once, though a TaskManager or the JobManager dies right before it
 * or right after it. Shards 0 to 4 are commanded right after a death, 5 to 9 right before the next.
 */
final class OperatorCommandsITCase {

  private static final Duration PATIENCE = JobTasks.PATIENCE;

  enum Death {
    OF_A_TASK_MANAGER,
    OF_THE_JOB_MANAGER
  }

  @TempDir private Path directory;

  private final FakeFunction function = FakeFunction.create();
  private final FakeStream stream = FakeStream.withShards(10);
  private final Map<String, List<String>> accepted = new ConcurrentHashMap<>();
  private volatile boolean mended;
  private MiniCluster cluster;
  private JobID job;
  private int killed;

  @BeforeEach
  void start() throws Exception {
    function.behave(this::outcome);
    Configuration options = JobTasks.patientCluster();
    options.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
    options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
    options.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
    options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 100);
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(options)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(1)
                .setRpcServiceSharing(RpcServiceSharing.DEDICATED)
                .setHaServices(MiniCluster.HaServices.WITH_LEADERSHIP_CONTROL)
                .withRandomPorts()
                .build());
    cluster.start();
    Configuration delivery = new Configuration();
    // So that the envelopes are the same in every run, full ones: records 0 to 3, 4 to 7, 8 to 11.
    delivery.set(DeliveryOptions.MAX_RECORDS, 4);
    delivery.set(DeliveryOptions.LINGER, Duration.ofHours(1));
    delivery.set(DeliveryOptions.RETRY_INTERVAL, Duration.ofHours(1));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
    env.setParallelism(2);
    env.setMaxParallelism(Placement.MAX_PARALLELISM);
    env.fromSource(
            ShardStreamSource.of(
                stream.factory(), new StartPosition.Earliest(), new Configuration()),
            WatermarkStrategy.noWatermarks(),
            "orders")
        .uid("source")
        .sinkTo(FunctionSink.of("orders", function.factory(), FakeFunction.FORMAT, delivery))
        .uid("functions");
    stream.putEverywhere(12);
    job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    function.close();
    stream.close();
  }

  /** Shards 2 and 7 fail until mended; of 3, 8, 4 and 9 one record fails for ever. */
  private Outcome outcome(FunctionInvoker.Invocation call) {
    List<String> names = List.of(new String(call.event(), StandardCharsets.UTF_8).split("\n"));
    String shard = call.shard();
    boolean broken = List.of("2", "7").contains(shard) && !mended;
    boolean poisoned =
        (List.of("3", "8").contains(shard) && names.contains(shard + ":1.0"))
            || (List.of("4", "9").contains(shard) && names.contains(shard + ":2.0"));
    if (broken || poisoned) {
      return new Outcome.RecordFault("boom", Optional.empty());
    }
    accepted.computeIfAbsent(shard, id -> new CopyOnWriteArrayList<>()).addAll(names);
    return new Outcome.Acknowledged(Optional.empty());
  }

  private String ask(CoordinationRequest request) throws Exception {
    return JsonAnswer.read(
        cluster
            .deliverCoordinationRequestToCoordinator(
                job, "functions: dispatch", new SerializedValue<>(request))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private void awaitStage(CommandRequest command, String stage) {
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(ask(command)).containsPattern("\"stage\":\"(" + stage + ")\""));
  }

  private void awaitStatus(String shard, String says) {
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(shard)).contains(says));
  }

  private String status(String shard) throws Exception {
    String all = ask(new StatusRequest());
    Matcher found =
        Pattern.compile("\\{\"shard\":\"" + shard + "\".*?\"children\":\\[[^]]*\\]\\}")
            .matcher(all);
    assertThat(found.find()).as(all).isTrue();
    return found.group();
  }

  private void awaitAccepted(int shard, int... sequences) {
    String[] names =
        IntStream.of(sequences).mapToObj(i -> shard + ":" + i + ".0").toArray(String[]::new);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(new LinkedHashSet<>(accepted.getOrDefault(shard + "", List.of())))
                    .as("shard %s", shard)
                    .containsExactly(names));
  }

  private static int[] all() {
    return IntStream.range(0, 16).toArray();
  }

  private static int[] allBut(int from, int to) {
    return IntStream.range(0, 16).filter(i -> i < from || i > to).toArray();
  }

  /** A command of each kind, for the five shards from {@code first} on. */
  private static List<CommandRequest> commands(int first) {
    return List.of(
        new CommandRequest("suspend-" + first, Verb.SUSPEND, first + ""),
        new CommandRequest("resume-" + first, Verb.RESUME, first + 1 + ""),
        new CommandRequest("retry-" + first, Verb.RETRY, first + 2 + ""),
        new CommandRequest(
            "skip-" + first,
            Verb.SKIP,
            first + 3 + "",
            new SkipTarget(null, null, null, null, "poison")),
        new CommandRequest(
            "skip-one-" + first,
            Verb.SKIP,
            first + 4 + "",
            new SkipTarget(null, null, 2L, null, "poison")));
  }

  private void die(Death death) throws Exception {
    if (death == Death.OF_A_TASK_MANAGER) {
      cluster.terminateTaskManager(killed++).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      cluster.startTaskManager();
    } else {
      HaLeadershipControl leadership = cluster.getHaLeadershipControl().orElseThrow();
      leadership.revokeJobMasterLeadership(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      leadership.grantJobMasterLeadership(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource(Death.class)
  void commandsAreDoneOnceThroughADeath(Death death) throws Exception {
    for (int shard : new int[] {2, 3, 4, 7, 8, 9}) {
      awaitStatus(shard + "", "\"state\":\"RETRYING\",\"waitingFor\":\"NEXT_ATTEMPT\"");
    }
    for (String shard : List.of("1", "6")) {
      awaitStatus(shard, "\"records\":12,");
      awaitStage(new CommandRequest("before-" + shard, Verb.SUSPEND, shard), "DURABLE");
    }
    mended = true;

    die(death);
    for (CommandRequest command : commands(0)) {
      awaitStage(command, "DURABLE");
    }
    for (CommandRequest command : commands(5)) {
      awaitStage(command, "REQUESTED|APPLIED|DURABLE");
    }
    for (CommandRequest command : commands(5)) {
      awaitStage(command, "APPLIED|DURABLE");
    }
    die(death);
    for (CommandRequest command : commands(5)) {
      awaitStage(command, "DURABLE");
    }

    stream.putEverywhere(4);
    for (int first : new int[] {0, 5}) {
      awaitAccepted(first + 1, all());
      awaitAccepted(first + 2, all());
      awaitAccepted(first + 3, allBut(0, 3));
      awaitAccepted(first + 4, allBut(2, 2));
      awaitStatus(first + "", "\"state\":\"SUSPENDED\",\"waitingFor\":\"OPERATOR\"");
      awaitStatus(first + 3 + "", "\"records\":12,\"discarded\":4,");
      awaitStatus(first + 4 + "", "\"records\":15,\"discarded\":1,");
      awaitStatus(first + 4 + "", "\"lagRecords\":0,");
      // What was suspended got nothing of the later ones.
      awaitAccepted(first, IntStream.range(0, 12).toArray());
      awaitStatus(first + 2 + "", "\"records\":16,\"discarded\":0,");
    }
    assertThat(function.mostOpenOfOneShard()).isEqualTo(1);
  }
}
