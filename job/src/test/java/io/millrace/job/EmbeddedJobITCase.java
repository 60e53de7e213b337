// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.control.Verb;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.options.OptionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trigger file, both clouds on loopback, Flink in this process: delivered and controlled. */
final class EmbeddedJobITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private Emulator emulator;

  @BeforeEach
  void startClouds() {
    emulator = Emulator.builder().credentials("testid", "testkey").start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 2, 3);
    emulator.functions().create("s", "f");
  }

  @AfterEach
  void stopClouds() {
    emulator.close();
  }

  @Test
  void deliversStopsAndGoesOnWithoutARepeat() {
    put(0, 20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID first = cluster.submit(trigger(), Optional.empty());
      awaitDelivered(20);

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
      put(20, 30);
      cluster.submit(trigger(), Optional.of(savepoint));
      awaitDelivered(30);

      assertThat(control.job(Optional.of(first.toString())).state()).isEqualTo(JobStatus.FINISHED);
      assertThat(control.status(control.job(Optional.of(first.toString()))).get("shards"))
          .isEmpty();
      assertThat(delivered()).isEqualTo(30);
    }
  }

  @Test
  void aShardIsSuspendedAndResumed() {
    put(0, 4);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(trigger(), Optional.empty());
      awaitDelivered(4);
      TriggerJob job = control.job(Optional.empty());
      awaitStatus(control, job, 4);

      awaitCommand(control, job, "c1", Verb.SUSPEND, Optional.of("1"));
      put(4, 8);
      awaitDelivered(6);
      JsonNode refused = control.command(job, "c2", Verb.SUSPEND, Optional.of("7"));
      assertThat(refused.get("refused").asText()).contains("there is no shard 7");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(control.status(job).get("shards").findValuesAsText("state"))
                      .contains("SUSPENDED"));
      assertThat(delivered()).isEqualTo(6);

      awaitCommand(control, job, "c3", Verb.RESUME, Optional.empty());
      awaitDelivered(8);
    }
  }

  @Test
  void eventsStayBelowTheLimitAndARecordThatCannotSuspendsItsShard() {
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      put(0, 200);
      emulator
          .dataHub()
          .put("test_project", "orders", NewRecord.ofTuple("x".repeat(3000)).toShard("1"));
      put(200, 202);
      cluster.submit(trigger(Map.of("function.max-event-size", "2 kb")), Optional.empty());
      awaitDelivered(201);

      assertThat(emulator.journal().entries())
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
  void checkLooksAtBothCloudsAndInvokesNothing() {
    StringBuilder findings = new StringBuilder();
    TriggerCheck.run(trigger(), finding -> findings.append(finding).append('\n'));

    assertThat(findings.toString())
        .contains("stream: test_project/orders, ")
        .contains(", 2 shards, 2 open")
        .containsPattern("function: .* at 127.0.0.1:\\d+, no TLS; not invoked");
    assertThat(emulator.journal().size()).isZero();
  }

  private TriggerSpec trigger() {
    return trigger(Map.of());
  }

  private TriggerSpec trigger(Map<String, String> overrides) {
    return TriggerText.parse(
        directory,
        """
        name: orders
        source:
          type: datahub
          endpoint: %s
          project: test_project
          topic: orders
          idle-wait: 20 ms
        function:
          type: function-compute
          endpoint: %s
          account-id: "12423423992"
          service: s
          function: f
        credentials:
          access-key-id: testid
          access-key-secret: ${MILLRACE_TEST_SECRET:-testkey}
        parallelism: 2
        flink:
          execution.checkpointing.interval: 500 ms
        """
            .formatted(emulator.dataHubEndpoint(), emulator.functionComputeEndpoint()),
        overrides);
  }

  /** Record i goes to shard i modulo 2. */
  private void put(int from, int to) {
    emulator
        .dataHub()
        .put(
            "test_project",
            "orders",
            IntStream.range(from, to)
                .mapToObj(i -> NewRecord.ofTuple("v" + i).toShard(String.valueOf(i % 2)))
                .toList());
  }

  /** Records in answered invocations, repeats included. */
  private int delivered() {
    return emulator.journal().entries().stream()
        .filter(entry -> entry.succeeded())
        .mapToInt(entry -> entry.body().split("\"eventId\"", -1).length - 1)
        .sum();
  }

  private void awaitDelivered(int records) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered()).isEqualTo(records));
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
