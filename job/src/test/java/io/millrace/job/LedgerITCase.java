// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.model.StartPosition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job and the offsets of its subscription; Flink and both clouds in this process. */
final class LedgerITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private EmulatedClouds clouds;
  private String subscription;

  @BeforeEach
  void startClouds() {
    clouds = new EmulatedClouds(Emulator.builder().credentials("testid", "testkey").start(), 2);
    subscription = clouds.emulator().dataHub().subscribe("test_project", "orders", "ours");
  }

  @AfterEach
  void stopClouds() {
    clouds.close();
  }

  private TriggerSpec trigger(Map<String, String> more) {
    Map<String, String> keys = new HashMap<>();
    keys.put("delivery.ledger", "source");
    keys.put("source.subscription", subscription);
    keys.putAll(more);
    return clouds.trigger(directory, "${MILLRACE_TEST_SECRET:-testkey}", keys);
  }

  @ParameterizedTest
  @ValueSource(strings = {"strict", "pipelined"})
  void aJobWithoutStateGoesOnBehindTheLedger(String mode) {
    clouds.put(100);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID first = cluster.submit(trigger(Map.of("delivery.ledger-mode", mode)), Optional.empty());
      clouds.awaitDelivered(100);
      awaitOffsets(49);
      control.stop(first, Optional.empty(), PATIENCE.toSeconds());

      clouds.put(20);
      cluster.submit(trigger(Map.of("delivery.ledger-mode", mode)), Optional.empty());
      clouds.awaitDelivered(120);
      awaitOffsets(59);
    }
  }

  @Test
  void anOldStateGoesOnBehindTheLedgerOrIsRewound() {
    clouds.put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID job = cluster.submit(trigger(Map.of()), Optional.empty());
      clouds.awaitDelivered(20);
      String old = control.stop(job, Optional.empty(), PATIENCE.toSeconds());

      job = cluster.submit(trigger(Map.of()), Optional.of(old));
      clouds.put(30);
      clouds.awaitDelivered(50);
      control.stop(job, Optional.empty(), PATIENCE.toSeconds());

      job = cluster.submit(trigger(Map.of()), Optional.of(old));
      clouds.put(2);
      clouds.awaitDelivered(52);
      control.stop(job, Optional.empty(), PATIENCE.toSeconds());

      cluster.submit(trigger(Map.of("delivery.on-restore", "rewind")), Optional.of(old));
      clouds.awaitDelivered(52 + 32);
      awaitOffsets(25);
    }
  }

  @Test
  void anOffsetThatIsResetMovesTheShard() {
    clouds.put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"))) {
      cluster.submit(trigger(Map.of()), Optional.empty());
      clouds.awaitDelivered(20);
      awaitOffsets(9);
      clouds.emulator().dataHub().resetOffset("test_project", "orders", subscription, "1", 1, 4);
      // Behind sequence 4: five records come again though nothing new arrives.
      clouds.awaitDelivered(25);
      clouds.put(2);
      clouds.awaitDelivered(27);
      awaitOffsets(10);
    }
  }

  @Test
  void aSessionTakenOnceIsTakenBackAndTakenTwiceEndsTheJob() {
    clouds.put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID job = cluster.submit(trigger(Map.of()), Optional.empty());
      clouds.awaitDelivered(20);
      clouds.emulator().dataHub().openSession("test_project", "orders", subscription, "1");
      clouds.put(2);
      clouds.awaitDelivered(22);
      awaitOffsets(10);

      clouds.emulator().dataHub().openSession("test_project", "orders", subscription, "1");
      clouds.put(2);
      await().atMost(PATIENCE).until(() -> control.state(job) == JobStatus.FAILED);
      assertThat(control.failure(job)).contains("shard 1").contains(subscription);
    }
  }

  @Test
  void anOperatorMovesAShard() {
    clouds.put(20);
    try (EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(trigger(Map.of()), Optional.empty());
      clouds.awaitDelivered(20);
      TriggerJob job = control.job(Optional.empty());
      Map<String, Long> places = Map.of("1", 7L);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                ObjectNode found =
                    control.survey(
                        job, "s1", Optional.of("1"), new StartPosition.Sequences(places));
                assertThat(found.findValuesAsText("stage")).containsExactly("FOUND");
                assertThat(found.findValuesAsText("to")).containsExactly("7");
              });
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          control
                              .command(job, "s1", Verb.SEEK, Optional.of("1"))
                              .findValuesAsText("stage"))
                      .containsExactly("DURABLE"));
      clouds.awaitDelivered(23);
      clouds.put(2);
      clouds.awaitDelivered(25);
      awaitOffsets(10);
    }
  }

  /** Returns when the offset of both shards is this sequence. */
  private void awaitOffsets(long sequence) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(offset("0")).isEqualTo(sequence);
              assertThat(offset("1")).isEqualTo(sequence);
            });
  }

  private long offset(String shard) {
    return clouds.emulator().dataHub().offsets().entries().stream()
        .filter(entry -> entry.accepted() && entry.action() == OffsetJournal.Action.COMMIT)
        .filter(entry -> entry.shard().equals(shard))
        .mapToLong(OffsetJournal.Entry::sequence)
        .reduce(-1, (earlier, later) -> later);
  }
}
