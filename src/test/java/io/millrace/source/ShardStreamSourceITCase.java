// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.model.StartPosition;
import io.millrace.source.enumerator.Placement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source on a MiniCluster: rescaling, failures, split and merge. */
class ShardStreamSourceITCase {

  private static final Duration PATIENCE = JobTasks.PATIENCE;

  @TempDir private Path directory;
  private MiniCluster cluster;
  private DeliveryLog log;

  @BeforeEach
  void startCluster() throws Exception {
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(JobTasks.patientCluster())
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(4)
                .withRandomPorts()
                .build());
    cluster.start();
    log = new DeliveryLog();
  }

  @AfterEach
  void stopCluster() throws Exception {
    cluster.close();
    log.close();
  }

  private void awaitAll(FakeStream stream) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(log.counts()).isEqualTo(stream.counts()));
  }

  /**
   * The same where records wait for an end to be durable. That an end has arrived does not say that
   * the enumerator knows of it: a checkpoint that comes before the news is followed by others.
   */
  private void awaitAllBehindCheckpoints(StreamJob job, Map<String, Integer> counts) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              job.checkpoint();
              assertThat(log.counts()).isEqualTo(counts);
            });
  }

  /** Each arrival from this one on, of which there are some, came at the owner of its lane. */
  private void assertPlaced(int from, int parallelism) {
    assertThat(log.arrivals().subList(from, log.arrivals().size()))
        .isNotEmpty()
        .allMatch(
            arrival -> arrival.subtask() == Placement.owner(arrival.record().lane(), parallelism));
  }

  @Test
  void readsAllShardsInOrderAndLeavesNothingBehind() throws Exception {
    try (FakeStream stream = FakeStream.withShards(16)) {
      stream.putEverywhere(500);
      StreamJob job = StreamJob.of(stream, log).on(cluster);
      awaitAll(stream);
      stream.putEverywhere(10);
      awaitAll(stream);
      assertPlaced(0, 2);
      assertThat(stream.shardIds()).allMatch(shard -> stream.concurrentFetches(shard) == 1);
      job.cancel();
      await().atMost(PATIENCE).until(() -> stream.openClients() == 0);
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void rescalesWithoutLossOrRepeats() throws Exception {
    try (FakeStream stream = FakeStream.withShards(16)) {
      stream.putEverywhere(200);
      StreamJob two = StreamJob.of(stream, log).on(cluster);
      awaitAll(stream);
      stream.putEverywhere(200);
      String savepoint = two.stop(directory);

      int atFour = log.arrivals().size();
      StreamJob four = StreamJob.of(stream, log).parallelism(4).savepoint(savepoint).on(cluster);
      stream.putEverywhere(100);
      awaitAll(stream);
      assertPlaced(atFour, 4);
      stream.putEverywhere(100);
      savepoint = four.stop(directory);

      int atTwo = log.arrivals().size();
      StreamJob again = StreamJob.of(stream, log).savepoint(savepoint).on(cluster);
      stream.putEverywhere(100);
      awaitAll(stream);
      assertPlaced(atTwo, 2);
      again.cancel();
      assertThat(log.arrivals()).hasSize(16 * 700);
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void survivesATaskManagerLostBeforeTheFirstCheckpointAfterRescaling() throws Exception {
    try (FakeStream stream = FakeStream.withShards(32)) {
      stream.putEverywhere(100);
      StreamJob two = StreamJob.of(stream, log).on(cluster);
      awaitAll(stream);
      String savepoint = two.stop(directory);
      stream.putEverywhere(100);

      int atFive = log.arrivals().size();
      StreamJob five =
          StreamJob.of(stream, log)
              .parallelism(5)
              .checkpointsByHand()
              .savepoint(savepoint)
              .on(cluster);
      awaitAll(stream);
      cluster.terminateTaskManager(0).get();
      cluster.startTaskManager();
      stream.putEverywhere(100);
      awaitAll(stream);
      assertPlaced(atFive, 5);

      // The same again behind a checkpoint: nothing older than it may come back.
      five.checkpoint();
      int atCheckpoint = log.arrivals().size();
      cluster.terminateTaskManager(1).get();
      cluster.startTaskManager();
      stream.putEverywhere(100);
      awaitAll(stream);
      assertThat(log.arrivals().subList(atCheckpoint, log.arrivals().size()))
          .allMatch(arrival -> arrival.record().sequence() >= 300);
      five.cancel();
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void readsChildrenAfterTheirParentsWhereverTheyAre() throws Exception {
    try (FakeStream stream = FakeStream.withShards(4)) {
      stream.putEverywhere(50);
      StreamJob job = StreamJob.of(stream, log).parallelism(4).on(cluster);
      List<String> children = stream.split("1");
      children.forEach(child -> stream.put(child, 50));
      String merged = stream.merge("0", children.get(0));
      stream.put(merged, 50);
      awaitAll(stream);
      assertThat(log.first(children.get(0))).isGreaterThan(log.last("1"));
      assertThat(log.first(children.get(1))).isGreaterThan(log.last("1"));
      assertThat(log.first(merged))
          .isGreaterThan(log.last("0"))
          .isGreaterThan(log.last(children.get(0)));
      job.cancel();
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void holdsChildrenBackUntilALaneHasPassedTheEndAndThatIsDurable() throws Exception {
    try (FakeStream stream = FakeStream.withShards(2)) {
      stream.putEverywhere(10);
      log.holdEnd("0");
      StreamJob job = StreamJob.of(stream, log).checkpointsByHand().on(cluster);
      List<String> ofHeld = stream.split("0");
      List<String> ofPassed = stream.split("1");
      ofHeld.forEach(child -> stream.put(child, 5));
      ofPassed.forEach(child -> stream.put(child, 5));
      await().atMost(PATIENCE).until(() -> endsSeen() == 2);
      int listings = stream.listings();
      await().atMost(PATIENCE).until(() -> stream.listings() > listings + 2);
      assertThat(log.counts()).isEqualTo(Map.of("0", 10, "1", 10));

      awaitAllBehindCheckpoints(
          job, Map.of("0", 10, "1", 10, ofPassed.get(0), 5, ofPassed.get(1), 5));
      // A later checkpoint changes nothing for the shard whose lane has not passed the end.
      job.checkpoint();
      int later = stream.listings();
      await().atMost(PATIENCE).until(() -> stream.listings() > later + 2);
      assertThat(log.counts()).doesNotContainKeys(ofHeld.get(0), ofHeld.get(1));
      job.cancel();
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void readsOnInAShardThatIsOpenAgain() throws Exception {
    try (FakeStream stream = FakeStream.withShards(4).reopening()) {
      stream.putEverywhere(10);
      StreamJob job = StreamJob.of(stream, log).checkpointsByHand().on(cluster);
      awaitAll(stream);
      for (int round = 1; round <= 3; round++) {
        stream.close("2");
        int ends = round;
        await().atMost(PATIENCE).until(() -> ends() == ends);
        stream.reopen("2");
        stream.put("2", 5);
        // Its end is not durable before.
        assertThat(log.counts().get("2")).isEqualTo(5 + 5 * round);
        awaitAllBehindCheckpoints(job, stream.counts());
      }
      String savepoint = job.stop(directory);
      stream.put("2", 5);
      StreamJob again = StreamJob.of(stream, log).parallelism(3).savepoint(savepoint).on(cluster);
      awaitAll(stream);
      again.cancel();
      assertThat(log.arrivals().stream().filter(arrival -> !arrival.record().end()))
          .hasSize(3 * 10 + 10 + 3 * 5 + 5);
    }
    assertThat(log.complaints()).isEmpty();
  }

  private long ends() {
    return log.arrivals().stream().filter(arrival -> arrival.record().end()).count();
  }

  private long endsSeen() {
    return log.arrivals().stream()
        .filter(arrival -> arrival.record().end())
        .map(arrival -> arrival.record().shard())
        .distinct()
        .count();
  }

  @Test
  void bringsTheEndAgainWhenTheTaskIsLostBeforeItIsDurable() throws Exception {
    try (FakeStream stream = FakeStream.withShards(8)) {
      stream.putEverywhere(10);
      StreamJob job = StreamJob.of(stream, log).parallelism(4).checkpointsByHand().on(cluster);
      awaitAll(stream);
      job.checkpoint();
      List<String> children =
          stream.shardIds().stream().flatMap(shard -> stream.split(shard).stream()).toList();
      children.forEach(child -> stream.put(child, 5));
      await().atMost(PATIENCE).until(() -> endsSeen() == 8);
      cluster.terminateTaskManager(0).get();
      cluster.terminateTaskManager(1).get();
      cluster.startTaskManager();
      cluster.startTaskManager();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  log.arrivals().stream().filter(arrival -> arrival.record().end()).count() >= 16);
      assertThat(log.counts()).doesNotContainKeys(children.toArray(String[]::new));
      awaitAllBehindCheckpoints(job, stream.counts());
      job.cancel();
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void startsAtLatestOnceAndForAll() throws Exception {
    try (FakeStream stream = FakeStream.withShards(4)) {
      stream.putEverywhere(10);
      List<String> children = stream.split("0");
      StreamJob job =
          StreamJob.of(stream, log)
              .from(new StartPosition.Latest())
              .checkpointsByHand()
              .on(cluster);
      await().atMost(PATIENCE).until(() -> stream.resolutions() == 5);
      int listings = stream.listings();
      await().atMost(PATIENCE).until(() -> stream.listings() > listings);
      stream.putEverywhere(5);
      job.checkpoint();
      cluster.terminateTaskManager(0).get();
      cluster.startTaskManager();
      Map<String, Integer> expected =
          List.of("1", "2", "3", children.get(0), children.get(1)).stream()
              .collect(Collectors.toMap(shard -> shard, shard -> 5));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.counts()).isEqualTo(expected));
      assertThat(stream.resolutions()).isEqualTo(5);
      job.cancel();
    }
    assertThat(log.complaints()).isEmpty();
  }

  @Test
  void refusesAnotherMaximumParallelism() throws Exception {
    try (FakeStream stream = FakeStream.withShards(1)) {
      StreamJob job = StreamJob.of(stream, log).maxParallelism(128).restarts(0).on(cluster);
      await().atMost(PATIENCE).until(() -> job.status() == JobStatus.FAILED);
      assertThat(job.failure())
          .hasStackTraceContaining("pipeline.max-parallelism: 128 is not accepted; accepted: 1024");
    }
  }

  @Test
  void endsForGoodWhenRecordsAreLostOrTheStreamIsRefusedAtTheStart() throws Exception {
    try (FakeStream stream = FakeStream.withShards(1)) {
      stream.failFetches("0", StreamException.Kind.DATA_LOSS, 1);
      StreamJob job = StreamJob.of(stream, log).on(cluster);
      await().atMost(PATIENCE).until(() -> job.status() == JobStatus.FAILED);
      assertThat(job.failure()).hasStackTraceContaining("shard 0: DATA_LOSS");
    }
    try (FakeStream stream = FakeStream.withShards(1)) {
      stream.failListings(StreamException.Kind.REFUSED, 1);
      StreamJob job = StreamJob.of(stream, log).on(cluster);
      await().atMost(PATIENCE).until(() -> job.status() == JobStatus.FAILED);
      assertThat(job.failure()).hasStackTraceContaining("REFUSED");
    }
  }
}
