// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A target that is not there blocks the function and nothing else: no attempt is counted, no shard
 * is suspended, and when it is back everything goes on by itself.
 */
final class TargetFaultITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private Emulator emulator;
  private Path secret;
  private EmbeddedCluster cluster;
  private ControlClient control;
  private TriggerJob job;
  private int put;

  @BeforeEach
  void start() throws IOException {
    emulator = Emulator.builder().credentials("testid", "testkey").start();
    emulator.dataHub().createProject("test_project");
    emulator.dataHub().createTopic("test_project", "orders", TopicSchema.ofStrings("v"), 8, 3);
    emulator.functions().create("s", "f");
    secret = Files.writeString(directory.resolve("secret"), "testkey");
    cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
    control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()));
    cluster.submit(trigger(), Optional.empty());
    put(80);
    awaitAllDelivered();
    job = control.job(Optional.empty());
  }

  @AfterEach
  void stop() {
    control.close();
    cluster.close();
    emulator.close();
  }

  @Test
  void aRotatedSecretIsPickedUpFromItsFile() throws IOException {
    emulator.setKeys(new ServiceKeys("testid", "other", Optional.empty()));
    // The stream refuses too: what is behind the wall comes when the key fits again.
    put(80);
    assertNothingCounted();
    Files.writeString(secret, "other");
    awaitAllDelivered();
    assertNothingCounted();
  }

  @Test
  void aDeletedFunctionBlocksUntilItIsThereAgain() {
    emulator.functions().delete("s", "f");
    put(80);
    awaitBlocked("FunctionNotFound");
    long blockedAt = emulator.journal().now();
    // One call at a time probes, for both subtasks together: after 1, 2, 4 … seconds.
    await().atMost(PATIENCE).until(() -> refusedSince(blockedAt).size() >= 3);
    List<Journal.Entry> probes = refusedSince(blockedAt);
    for (int i = 1; i < probes.size(); i++) {
      assertThat(probes.get(i).start() - probes.get(i - 1).start())
          .as("microseconds between probe %s and the one before", i)
          .isGreaterThan(900_000L * (1L << i));
    }
    emulator.functions().create("s", "f");
    awaitAllDelivered();
    assertNothingCounted();
  }

  private List<Journal.Entry> refusedSince(long time) {
    return emulator.journal().entries().stream()
        .filter(entry -> entry.start() > time && entry.outcome().equals("refused"))
        .toList();
  }

  @Test
  void anEndpointThatIsDownBlocksUntilItIsUpAgain() {
    emulator.functions().goDown();
    put(80);
    awaitBlocked("127.0.0.1");
    emulator.functions().comeUp();
    awaitAllDelivered();
    assertNothingCounted();
  }

  @Test
  @Tag("ci")
  void anEndpointThatIsDownForTwoMinutesSuspendsNoShard() {
    emulator.functions().goDown();
    put(80);
    long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    awaitBlocked("127.0.0.1");
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(PATIENCE.plusMinutes(1))
        .until(
            () -> {
              assertThat(control.status(job).get("shards").findValuesAsText("state"))
                  .doesNotContain("SUSPENDED");
              return System.nanoTime() - until > 0;
            });
    assertNothingCounted();
    emulator.functions().comeUp();
    awaitAllDelivered();
    assertNothingCounted();
  }

  private void awaitBlocked(String reason) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode status = control.status(job);
              assertThat(status.path("blocked").path("message").asText())
                  .as("%s", status)
                  .contains(reason);
              assertThat(status.get("shards").findValuesAsText("state")).contains("BLOCKED");
            });
    assertNothingCounted();
  }

  private void assertNothingCounted() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode shards = control.status(job).get("shards");
              assertThat(shards).hasSize(8);
              assertThat(shards.findValues("attempts"))
                  .allSatisfy(attempts -> assertThat(attempts.asInt()).isZero());
              assertThat(shards.findValuesAsText("state")).doesNotContain("SUSPENDED");
            });
  }

  private void put(int records) {
    emulator
        .dataHub()
        .put(
            "test_project",
            "orders",
            IntStream.range(put, put + records)
                .mapToObj(i -> NewRecord.ofTuple("v" + i).toShard(String.valueOf(i % 8)))
                .toList());
    put += records;
  }

  private void awaitAllDelivered() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        emulator.journal().entries().stream()
                            .filter(entry -> entry.succeeded())
                            .mapToInt(entry -> entry.body().split("\"eventId\"", -1).length - 1)
                            .sum())
                    .isEqualTo(put));
  }

  private TriggerSpec trigger() {
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
          service: s
          function: f
          timeout: 2 s
        credentials:
          access-key-id: testid
          access-key-secret: ${file:%s}
        parallelism: 2
        flink:
          execution.checkpointing.interval: 500 ms
        """
            .formatted(emulator.dataHubEndpoint(), emulator.functionComputeEndpoint(), secret),
        Map.of());
  }
}
