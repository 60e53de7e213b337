// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a job and do to it, against what its function saw. */
final class OperatorsViewITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private EmulatedClouds clouds;
  private EmbeddedCluster cluster;
  private ControlClient control;

  @BeforeEach
  void start() {
    clouds = new EmulatedClouds(Emulator.builder().credentials("testid", "testkey").start(), 2);
    cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
    control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()));
  }

  @AfterEach
  void stop() {
    control.close();
    cluster.close();
    clouds.close();
  }

  private TriggerJob submit(Map<String, String> more, Optional<String> savepoint) {
    String id =
        cluster
            .submit(clouds.trigger(directory, "${MILLRACE_TEST_SECRET:-testkey}", more), savepoint)
            .toString();
    return await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .until(() -> control.job(Optional.of(id)), job -> true);
  }

  private JsonNode shard(TriggerJob job, String id) {
    return StreamSupport.stream(control.status(job).get("shards").spliterator(), false)
        .filter(each -> each.get("shard").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private void awaitState(TriggerJob job, String shard, String state) {
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(shard(job, shard).get("state").asText()).isEqualTo(state));
  }

  private long invocations(String shard) {
    return clouds.emulator().journal().entries().stream()
        .filter(entry -> entry.succeeded() && entry.body().contains("\"eventId\":\"" + shard + ":"))
        .count();
  }

  @Test
  void statusAgreesWithTheJournalWhenTheStreamIsQuiet() {
    TriggerJob job = submit(Map.of("delivery.batch.max-records", "7"), Optional.empty());
    clouds.put(60);
    clouds.awaitAllDelivered();
    for (String id : new String[] {"0", "1"}) {
      await()
          .ignoreExceptions()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                JsonNode shard = shard(job, id);
                assertThat(shard.get("records").asInt()).isEqualTo(30);
                assertThat(shard.get("envelopes").asLong()).isEqualTo(invocations(id));
                assertThat(shard.at("/position/sequence").asInt()).isEqualTo(29);
                assertThat(shard.get("readPosition").asInt()).isEqualTo(29);
                assertThat(shard.get("lagRecords").asInt()).isZero();
                assertThat(shard.get("state").asText()).isEqualTo("IDLE");
                assertThat(shard.get("waitingFor").asText()).isEqualTo("RECORDS");
                assertThat(shard.get("envelope").isNull()).isTrue();
                assertThat(shard.at("/latencyMs/calls").asLong()).isEqualTo(invocations(id));
                assertThat(shard.at("/latencyMs/p99").asInt())
                    .isGreaterThanOrEqualTo(shard.at("/latencyMs/p50").asInt());
                assertThat(shard.get("recordsPerEnvelope").asDouble())
                    .isCloseTo(30.0 / invocations(id), within(0.1));
                assertThat(shard.get("discarded").asInt()).isZero();
                assertThat(shard.get("parents")).isEmpty();
                assertThat(shard.get("children")).isEmpty();
              });
    }
  }

  @Test
  void anEventThatFailsForEverIsSkipped() {
    FaultRule error = FaultRule.of(FaultTarget.FUNCTION, FaultKind.ERROR);
    clouds.emulator().functions().faults().add(error);
    TriggerJob job = submit(Map.of("delivery.retry.max-attempts", "2"), Optional.empty());
    clouds.put(6);
    awaitState(job, "0", "SUSPENDED");
    awaitState(job, "1", "SUSPENDED");
    clouds.emulator().functions().faults().clear(FaultTarget.FUNCTION);

    int skipped = shard(job, "0").at("/envelope/records").asInt();
    assertThat(control.command(job, "c1", Verb.RETRY, Optional.of("0")).get("refused").asText())
        .contains("SUSPENDED; resume it");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        control
                            .skip(job, "c2", "0", new SkipTarget(null, null, null, null, "poison"))
                            .get("shards")
                            .findValuesAsText("stage"))
                    .containsExactly("DURABLE"));
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(shard(job, "0").get("discarded").asInt()).isEqualTo(skipped);
              assertThat(shard(job, "0").get("records").asInt()).isEqualTo(3 - skipped);
              assertThat(shard(job, "0").get("lagRecords").asInt()).isZero();
            });
    assertThat(clouds.delivered()).isEqualTo(3 - skipped);
    assertThat(shard(job, "1").get("state").asText()).isEqualTo("SUSPENDED");
  }

  @Test
  void aJobThatIsStartedWithThatWishResumesWhatWasSuspendedOnce() {
    clouds.put(4);
    TriggerJob job = submit(Map.of(), Optional.empty());
    clouds.awaitAllDelivered();
    await()
        .ignoreExceptions()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        control
                            .command(job, "c1", Verb.SUSPEND, Optional.of("1"))
                            .get("shards")
                            .findValuesAsText("stage"))
                    .containsExactly("DURABLE"));
    String savepoint = control.stop(job.id(), Optional.empty(), PATIENCE.toSeconds());
    clouds.put(4);

    TriggerJob kept = submit(Map.of(), Optional.of(savepoint));
    clouds.awaitDelivered(6);
    awaitState(kept, "1", "SUSPENDED");
    savepoint = control.stop(kept.id(), Optional.empty(), PATIENCE.toSeconds());

    submit(Map.of("delivery.on-start", "resume-suspended"), Optional.of(savepoint));
    clouds.awaitAllDelivered();
  }
}
