// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import io.millrace.emulator.ServiceKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private EmulatedClouds clouds;
  private Path secret;
  private EmbeddedCluster cluster;
  private ControlClient control;
  private TriggerJob job;

  @BeforeEach
  void start() throws IOException {
    clouds = new EmulatedClouds(Emulator.builder().credentials("testid", "testkey").start(), 8);
    secret = Files.writeString(directory.resolve("secret"), "testkey");
    cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
    control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()));
    cluster.submit(clouds.trigger(directory, "${file:" + secret + "}", Map.of()), Optional.empty());
    clouds.put(80);
    clouds.awaitAllDelivered();
    job = control.job(Optional.empty());
  }

  @AfterEach
  void stop() {
    control.close();
    cluster.close();
    clouds.close();
  }

  @Test
  void aRotatedSecretIsPickedUpFromItsFile() throws IOException {
    clouds.emulator().setKeys(new ServiceKeys("testid", "other", Optional.empty()));
    // The stream refuses too: what is behind the wall comes when the key fits again.
    clouds.put(80);
    assertNothingCounted();
    Files.writeString(secret, "other");
    clouds.awaitAllDelivered();
    assertNothingCounted();
  }

  @Test
  void aDeletedFunctionBlocksUntilItIsThereAgain() {
    clouds.emulator().functions().delete("s", "f");
    clouds.put(80);
    awaitBlocked("FunctionNotFound");
    // A task that does not know of it yet calls once more, on its own.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(control.status(job).get("shards").findValuesAsText("state"))
                    .hasSize(8)
                    .containsOnly("BLOCKED"));
    long blockedAt = clouds.emulator().journal().now();
    // One call at a time probes, for both subtasks together: after 1, 2, 4 … seconds.
    await().atMost(PATIENCE).until(() -> refusedSince(blockedAt).size() >= 3);
    List<Journal.Entry> probes = refusedSince(blockedAt);
    for (int i = 1; i < probes.size(); i++) {
      assertThat(probes.get(i).start() - probes.get(i - 1).start())
          .as("microseconds between probe %s and the one before", i)
          .isGreaterThan(900_000L * (1L << i));
    }
    clouds.emulator().functions().create("s", "f");
    clouds.awaitAllDelivered();
    assertNothingCounted();
  }

  private List<Journal.Entry> refusedSince(long time) {
    return clouds.emulator().journal().entries().stream()
        .filter(entry -> entry.start() > time && entry.outcome().equals("refused"))
        .toList();
  }

  @Test
  void anEndpointThatIsDownBlocksUntilItIsUpAgain() {
    clouds.emulator().functions().goDown();
    clouds.put(80);
    awaitBlocked("127.0.0.1");
    clouds.emulator().functions().comeUp();
    clouds.awaitAllDelivered();
    assertNothingCounted();
  }

  @Test
  @Tag("ci")
  void anEndpointThatIsDownForTwoMinutesSuspendsNoShard() {
    clouds.emulator().functions().goDown();
    clouds.put(80);
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
    clouds.emulator().functions().comeUp();
    clouds.awaitAllDelivered();
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
}
