// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.control.Verb;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.options.OptionException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trigger file, both clouds on loopback, Flink in this process: delivered and controlled. */
final class EmbeddedJobITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(20);

  @TempDir private Path directory;

  private EmulatedClouds clouds;

  @BeforeEach
  void startClouds() {
    clouds = new EmulatedClouds(Emulator.builder().credentials("testid", "testkey").start(), 2);
  }

  @AfterEach
  void stopClouds() {
    clouds.close();
  }

  @Test
  void deliversStopsAndGoesOnWithoutARepeat() {
    clouds.put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID first = cluster.submit(trigger(), Optional.empty());
      clouds.awaitDelivered(20);

      TriggerJob job = control.job(Optional.empty());
      assertThat(job.id()).isEqualTo(first);
      assertThat(job.trigger()).isEqualTo("orders");
      JsonNode status = awaitStatus(control, job, 20);
      assertThat(status.get("job").asText()).isEqualTo(first.toString());
      assertThat(status.get("state").asText()).isEqualTo("RUNNING");
      assertThat(status.get("shards")).hasSize(2);

      assertThatThrownBy(() -> control.job(Optional.of("none")))
          .isInstanceOf(OptionException.class)
          .hasMessageContaining("--job: 'none' is not accepted; accepted: " + first);

      String savepoint = control.stop(first, Optional.empty(), PATIENCE.toSeconds());
      clouds.put(10);
      cluster.submit(trigger(), Optional.of(savepoint));
      clouds.awaitDelivered(30);

      assertThat(control.job(Optional.of(first.toString())).state()).isEqualTo(JobStatus.FINISHED);
      assertThat(control.status(control.job(Optional.of(first.toString()))).get("shards"))
          .isEmpty();
      assertThat(clouds.delivered()).isEqualTo(30);
    }
  }

  @Test
  void aJobThatStillStartsIsThereAndIsStoppedWhenItRuns() {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID job = cluster.submit(trigger(), Optional.empty());
      assertThat(control.job(Optional.empty()).id()).isEqualTo(job);

      assertThat(control.stop(job, Optional.empty(), PATIENCE.toSeconds())).startsWith("file:");

      assertThat(control.state(job)).isEqualTo(JobStatus.FINISHED);
    }
  }

  @Test
  void aShardIsSuspendedAndResumed() {
    clouds.put(4);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(trigger(), Optional.empty());
      clouds.awaitDelivered(4);
      TriggerJob job = control.job(Optional.empty());
      awaitStatus(control, job, 4);

      awaitCommand(control, job, "c1", Verb.SUSPEND, Optional.of("1"));
      clouds.put(4);
      clouds.awaitDelivered(6);
      JsonNode refused = control.command(job, "c2", Verb.SUSPEND, Optional.of("7"));
      assertThat(refused.get("refused").asText()).contains("there is no shard 7");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(control.status(job).get("shards").findValuesAsText("state"))
                      .contains("SUSPENDED"));
      assertThat(clouds.delivered()).isEqualTo(6);

      awaitCommand(control, job, "c3", Verb.RESUME, Optional.empty());
      clouds.awaitDelivered(8);
    }
  }

  @Test
  void eventsStayBelowTheLimitAndARecordThatCannotSuspendsItsShard() {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      clouds.put(200);
      clouds.put(List.of(NewRecord.ofTuple("x".repeat(3000)).toShard("1")));
      clouds.put(2);
      cluster.submit(trigger(Map.of("function.max-event-size", "2 kb")), Optional.empty());
      clouds.awaitDelivered(201);

      assertThat(clouds.emulator().journal().entries())
          .hasSizeGreaterThan(8)
          .allSatisfy(entry -> assertThat(entry.body()).hasSizeLessThanOrEqualTo(2048));
      TriggerJob job = control.job(Optional.empty());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode shards = control.status(job).get("shards");
                assertThat(shards.findValuesAsText("state")).contains("SUSPENDED");
                assertThat(shards.findValuesAsText("message"))
                    .singleElement()
                    .asString()
                    .matches(
                        "the record of sequence 100 makes an event of 3\\d{3} bytes, the function"
                            + " takes 2048 at most");
              });
    }
  }

  @Test
  void aJobThatFailedIsNamedWithItsReasonAndGoesOnFromItsLastCheckpoint() {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      Map<String, String> failing =
          Map.of("delivery.on-exhausted", "fail", "delivery.retry.max-attempts", "1");
      clouds.put(20);
      JobID first = cluster.submit(trigger(failing), Optional.empty());
      clouds.awaitDelivered(20);
      awaitStatus(control, control.job(Optional.empty()), 20);
      // One that completes now may have begun before; the one after it has seen all.
      for (int i = 0; i < 2; i++) {
        String before = control.goingOn(first);
        await().atMost(PATIENCE).until(() -> !control.goingOn(first).equals(before));
      }
      // Flink serves what it was just asked for some seconds on, though it is removed meanwhile.
      Path served = local(kept(control.goingOn(first)));
      await().pollInterval(POLL).atMost(PATIENCE).until(() -> !Files.exists(served));

      clouds
          .emulator()
          .functions()
          .faults()
          .add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR));
      clouds.put(2);
      await().atMost(PATIENCE).until(() -> control.state(first) == JobStatus.FAILED);
      assertThat(kept(control.goingOn(first))).satisfies(path -> assertThat(local(path)).exists());

      assertThatThrownBy(() -> control.job(Optional.empty()))
          .isInstanceOf(OptionException.class)
          .hasMessageContaining("no Millrace job is running there; orders failed: ")
          .hasMessageContaining("attempts failed, the last with: ")
          .hasMessageContaining("; its last checkpoint is kept: millrace run --from-savepoint '");
      assertThat(
              control.status(control.job(Optional.of(first.toString()))).path("failure").asText())
          .contains("attempts failed, the last with: ");

      clouds.emulator().functions().faults().clear(FaultTarget.FUNCTION);
      String goingOn = control.goingOn(first);
      assertThat(goingOn).contains("--from-savepoint 'file:").contains("/a b/checkpoints/");
      cluster.submit(trigger(failing), Optional.of(kept(goingOn)));
      clouds.awaitDelivered(22);
    }
  }

  /** What is between the quotes. */
  private static String kept(String goingOn) {
    return goingOn.substring(goingOn.indexOf('\'') + 1, goingOn.lastIndexOf('\''));
  }

  private static Path local(String path) {
    return Path.of(URI.create(path.replace(" ", "%20")));
  }

  @Test
  void aLeaseThatOutlivesTheHeartbeatIsRefusedForGood() {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID job = cluster.submit(trigger(Map.of("delivery.lease", "60 s")), Optional.empty());

      await().atMost(PATIENCE).until(() -> control.state(job) == JobStatus.FAILED);
      assertThat(control.failure(job))
          .contains(
              "delivery.lease: '60000 ms' is not accepted; accepted: less than this cluster's"
                  + " heartbeat.timeout, which is 50000 ms");
    }
  }

  @Test
  void checkLooksAtBothCloudsAndInvokesNothing() {
    StringBuilder findings = new StringBuilder();
    TriggerCheck.run(trigger(), finding -> findings.append(finding).append('\n'));

    assertThat(findings.toString())
        .contains("stream: test_project/orders, ")
        .contains(", 2 shards, 2 open")
        .containsPattern("function: .* at 127.0.0.1:\\d+, no TLS; not invoked");
    assertThat(clouds.emulator().journal().size()).isZero();
  }

  private TriggerSpec trigger() {
    return trigger(Map.of());
  }

  private TriggerSpec trigger(Map<String, String> more) {
    return clouds.trigger(directory, "${MILLRACE_TEST_SECRET:-testkey}", more);
  }

  /** Status follows within a second or so. */
  private static JsonNode awaitStatus(ControlClient control, TriggerJob job, int records) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> (JsonNode) control.status(job),
            status ->
                status.get("shards").findValues("records").stream().mapToInt(JsonNode::asInt).sum()
                    == records);
  }

  private static void awaitCommand(
      ControlClient control, TriggerJob job, String id, Verb verb, Optional<String> shard) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        control
                            .command(job, id, verb, shard)
                            .get("shards")
                            .findValuesAsText("stage"))
                    .isNotEmpty()
                    .allMatch("DURABLE"::equals));
  }
}
