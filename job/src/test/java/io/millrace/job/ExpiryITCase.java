// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.Verb;
import io.millrace.emulator.Journal;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.job.EmulatedPair.Clouds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cursors and records that expire in the stream while a job does not read it, because a call takes
 * long or a shard is suspended; Flink and the clouds in this process.
 */
final class ExpiryITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SUSPENDED = 1;
  private static final Pattern LOSS =
      Pattern.compile("sequences (\\d+) to (\\d+) are gone \\((\\d+)\\)");

  @TempDir private Path directory;

  /** What a lane holds is little, so that most of the stream has not been read. */
  private TriggerSpec trigger(EmulatedPair pair, Map<String, String> more) {
    Map<String, String> keys = new HashMap<>();
    keys.put("delivery.buffer", "64 kb");
    keys.put("delivery.batch.max-records", "10");
    keys.put("source.fetch.max-records", "4");
    keys.putAll(more);
    return pair.trigger(directory, keys);
  }

  private static List<Long> sequences(long from, long before) {
    return LongStream.range(from, before).boxed().toList();
  }

  private static void awaitAllOnce(EmulatedPair pair, Duration patience) {
    List<Long> all = sequences(0, pair.next());
    await()
        .atMost(patience)
        .untilAsserted(
            () ->
                assertThat(pair.delivered())
                    .isEqualTo(Map.of(pair.shard(0), all, pair.shard(1), all)));
  }

  // ---- cursors ----

  @ParameterizedTest
  @EnumSource(Clouds.class)
  void cursorsThatExpireDuringACallAreMadeAnew(Clouds clouds) {
    try (EmulatedPair pair = clouds.start();
        EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"))) {
      pair.emulator().functions().faults().add(FaultRule.of(FaultTarget.FUNCTION, FaultKind.HANG));
      pair.put(60);
      long seeks = pair.countSeeks();
      List<Long> fetches = List.of(pair.countFetches(0), pair.countFetches(1));
      cluster.submit(trigger(pair, Map.of()), Optional.empty());
      await().atMost(PATIENCE).until(() -> pair.emulator().journal().size() == EmulatedPair.SHARDS);
      fetches.forEach(counter -> awaitStill(pair, counter));
      int soughtBefore = pair.counted(seeks);

      pair.expireCursors();
      pair.emulator().functions().faults().clear(FaultTarget.FUNCTION);

      awaitAllOnce(pair, PATIENCE);
      assertThat(pair.counted(seeks))
          .as("cursors sought")
          .isGreaterThanOrEqualTo(soughtBefore + EmulatedPair.SHARDS);
      assertThat(pair.emulator().journal().entries()).allMatch(Journal.Entry::succeeded);
    }
  }

  /** With the clock that all of us have: DIS's cursors live for five minutes. */
  @ParameterizedTest
  @EnumSource(Clouds.class)
  @Tag("soak")
  void aCallOfSixMinutesOutlivesTheCursors(Clouds clouds) {
    try (EmulatedPair pair = clouds.start();
        EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"))) {
      pair.emulator()
          .functions()
          .faults()
          .add(
              FaultRule.of(FaultTarget.FUNCTION, FaultKind.LATENCY)
                  .withDelay(Duration.ofMinutes(6))
                  .times(EmulatedPair.SHARDS));
      pair.put(60);
      long seeks = pair.countSeeks();
      cluster.submit(trigger(pair, Map.of()), Optional.empty());

      awaitAllOnce(pair, Duration.ofMinutes(8));
      if (clouds == Clouds.DIS_FUNCTIONGRAPH) {
        assertThat(pair.counted(seeks)).as("cursors sought").isEqualTo(2 * EmulatedPair.SHARDS);
      }
      assertThat(pair.emulator().journal().entries())
          .allMatch(Journal.Entry::succeeded)
          .filteredOn(entry -> entry.end().orElseThrow() - entry.start() >= 360_000_000)
          .hasSize(EmulatedPair.SHARDS);
    }
  }

  /** Returns when the stream is read no more: the lanes are full, and so is all before them. */
  private static void awaitStill(EmulatedPair pair, long fetches) {
    AtomicInteger before = new AtomicInteger(-1);
    // More than one fetch takes on a slow machine.
    await()
        .during(Duration.ofMillis(1500))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              int now = pair.counted(fetches);
              return now > 0 && before.getAndSet(now) == now;
            });
  }

  // ---- records ----

  @ParameterizedTest
  @EnumSource(Clouds.class)
  void aSuspendedShardGoesOnAtItsOldestRecordWhereItMay(Clouds clouds) {
    try (EmulatedPair pair = clouds.start();
        WarningLog log = WarningLog.open();
        EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("f"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      cluster.submit(trigger(pair, Map.of("source.on-data-loss", "earliest")), Optional.empty());
      long oldest = expireWhileSuspended(pair, control);
      TriggerJob job = control.job(Optional.empty());
      control.command(job, "resume", Verb.RESUME, Optional.of(pair.shard(SUSPENDED)));

      await().atMost(PATIENCE).until(() -> !log.with(" are gone ").isEmpty());
      pair.put(5);
      Loss loss = Loss.of(log.with(" are gone ").get(0));
      assertThat(loss.last()).isEqualTo(oldest - 1);
      List<Long> rest =
          Stream.of(sequences(0, loss.first()), sequences(oldest, pair.next()))
              .flatMap(List::stream)
              .toList();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(pair.delivered())
                      .isEqualTo(
                          Map.of(
                              pair.shard(0),
                              sequences(0, pair.next()),
                              pair.shard(SUSPENDED),
                              rest)));
      assertThat(log.with(" are gone ")).singleElement().asString().contains(pair.shard(SUSPENDED));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          new FlinkMetrics(cluster.restAddress())
                              .sum(job.id(), "Source", "recordsLost"))
                      .isEqualTo(loss.count()));
    }
  }

  @ParameterizedTest
  @EnumSource(Clouds.class)
  void aSuspendedShardEndsTheJobWhereNothingMayBeLost(Clouds clouds) {
    try (EmulatedPair pair = clouds.start();
        WarningLog log = WarningLog.open();
        EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("a b"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      JobID id = cluster.submit(trigger(pair, Map.of()), Optional.empty());
      long oldest = expireWhileSuspended(pair, control);
      TriggerJob job = control.job(Optional.empty());
      control.command(job, "resume", Verb.RESUME, Optional.of(pair.shard(SUSPENDED)));

      await().atMost(PATIENCE).until(() -> control.state(id) == JobStatus.FAILED);
      assertThat(control.failure(id)).contains(pair.shard(SUSPENDED));
      Loss told = Loss.of(control.failure(id));
      assertThat(told.last()).isEqualTo(oldest - 1);
      List<Long> before = pair.delivered().get(pair.shard(SUSPENDED));
      assertThat(before).isEqualTo(sequences(0, before.size()));
      assertThat((long) before.size()).isLessThanOrEqualTo(told.first());

      // Whoever accepts the loss goes on from the checkpoint that was kept; its path is quoted. It
      // may be from before the shard was resumed.
      String kept = control.goingOn(id);
      int from = pair.emulator().journal().size();
      cluster.submit(
          trigger(
              pair,
              Map.of("source.on-data-loss", "earliest", "delivery.on-start", "resume-suspended")),
          Optional.of(kept.substring(kept.indexOf('\'') + 1, kept.lastIndexOf('\''))));
      pair.put(5);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(pair.delivered(from).get(pair.shard(SUSPENDED)))
                      .endsWith((long) pair.next() - 1));
      Loss accepted = Loss.of(log.with(" are gone ").get(0));
      assertThat(log.with(" are gone ")).hasSize(1);
      assertThat(accepted.last()).isEqualTo(oldest - 1);
      // What had been fetched and was in no checkpoint yet went down with the job.
      assertThat(accepted.first()).isLessThanOrEqualTo(told.first());
      List<Long> after = pair.delivered(from).get(pair.shard(SUSPENDED));
      assertThat(after)
          .isSubsetOf(sequences(0, pair.next()))
          .doesNotContainAnyElementsOf(sequences(accepted.first(), oldest))
          .containsAll(sequences(before.size(), accepted.first()))
          .containsAll(sequences(oldest, pair.next()))
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  /**
   * Suspends a shard, and lets expire what it has not read.
   *
   * @return the oldest sequence that is left
   */
  private static long expireWhileSuspended(EmulatedPair pair, ControlClient control) {
    pair.put(10);
    awaitAllOnce(pair, PATIENCE);
    suspend(control, pair.shard(SUSPENDED));
    long fetches = pair.countFetches(SUSPENDED);
    pair.put(80);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(pair.delivered().get(pair.shard(0)))
                    .isEqualTo(sequences(0, pair.next())));
    awaitStill(pair, fetches);
    assertThat(pair.delivered().get(pair.shard(SUSPENDED))).isEqualTo(sequences(0, 10));
    pair.expire(SUSPENDED, 70);
    return 70;
  }

  private static void suspend(ControlClient control, String shard) {
    TriggerJob job = control.job(Optional.empty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        control
                            .command(job, "suspend", Verb.SUSPEND, Optional.of(shard))
                            .get("shards")
                            .findValuesAsText("stage"))
                    .containsExactly("DURABLE"));
  }

  /** What a line says is lost: a range of sequences, both ends included. */
  private record Loss(long first, long last, long count) {

    static Loss of(String line) {
      Matcher found = LOSS.matcher(line);
      assertThat(found.find()).as(line).isTrue();
      Loss loss =
          new Loss(
              Long.parseLong(found.group(1)),
              Long.parseLong(found.group(2)),
              Long.parseLong(found.group(3)));
      assertThat(loss.count()).as(line).isEqualTo(loss.last() - loss.first() + 1);
      return loss;
    }
  }
}
