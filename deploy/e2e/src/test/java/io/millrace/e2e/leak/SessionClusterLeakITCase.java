// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.Pair;
import io.millrace.emulator.Journal;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.standalone.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A session cluster of real processes outlives its jobs: jobs that are submitted, invoke and are
 * cancelled with calls under way, of both pairs in turn, leave nothing behind in it. Needs the
 * job's jar, whose classes each job loads anew.
 */
final class SessionClusterLeakITCase {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Until Flink's own pools have their threads and the JDK its caches. */
  private static final int WARM_UP = 4;

  /** What Flink's pools and connections of its own may still grow by, whatever the cycles. */
  private static final int SLACK = 5;

  /**
   * The JDK's handle for comparing the components of records caches the type that it was last used
   * as, strongly, and with it one job's classes until another job's take their place.
   */
  private static final int KEPT_LOADERS = 1;

  @TempDir private Path directory;

  @Test
  @Tag("soak")
  void tenJobsLeaveNothingBehind() throws Exception {
    assertNothingIsLeftBehindBy(10);
  }

  @Test
  @Tag("soak")
  void aHundredJobsLeaveNothingBehind() throws Exception {
    assertNothingIsLeftBehindBy(100);
  }

  private void assertNothingIsLeftBehindBy(int cycles) throws Exception {
    // What is only softly reachable is gone with each collection: a leak is what is left.
    Map<String, String> config =
        Map.of(
            "env.java.opts.all", "-XX:SoftRefLRUPolicyMSPerMB=0", "web.refresh-interval", "100 ms");
    List<Fed> pairs = new ArrayList<>();
    try (Fed dataHub = Fed.start(Pair.DATAHUB_FC, directory.resolve("datahub"));
        Fed dis = Fed.start(Pair.DIS_FUNCTIONGRAPH, directory.resolve("dis"));
        StandaloneCluster cluster =
            StandaloneCluster.in(directory.resolve("cluster"))
                .taskManagers(1)
                .slots(2)
                .config(config)
                .endsWithThisProcess()
                .start()) {
      pairs.add(dataHub);
      pairs.add(dis);
      for (int i = 0; i < WARM_UP; i++) {
        pairs.get(i % 2).runOnce(cluster);
      }
      Map<String, Holdings> before = new TreeMap<>();
      pids(cluster).forEach((process, pid) -> before.put(process, Holdings.of(pid)));

      for (int i = 0; i < cycles; i++) {
        pairs.get(i % 2).runOnce(cluster);
      }
      pids(cluster)
          .forEach(
              (process, pid) ->
                  await()
                      .atMost(PATIENCE)
                      .pollInterval(Duration.ofSeconds(2))
                      .untilAsserted(
                          () -> assertSame(process, before.get(process), Holdings.of(pid))));
    }
  }

  private static Map<String, Long> pids(StandaloneCluster cluster) {
    return Map.of(
        "jobmanager", cluster.jobManagerPid(), "taskmanager", cluster.taskManagerPids().get(0));
  }

  private static void assertSame(String process, Holdings before, Holdings now) {
    assertThat(now.threadsOf("millrace")).as("%s: our threads", process).isEmpty();
    assertThat(now.classLoaders())
        .as("%s: class loaders of jobs", process)
        .isLessThanOrEqualTo(KEPT_LOADERS);
    assertThat(now.sockets())
        .as("%s: sockets, %s before", process, before.sockets())
        .isLessThanOrEqualTo(before.sockets() + SLACK);
    assertThat(now.threads().size())
        .as("%s: threads, %s before; now %s", process, before.threads().size(), now.threads())
        .isLessThanOrEqualTo(before.threads().size() + SLACK);
  }

  /** A stream with records, a function that takes its time, and the trigger between them. */
  private record Fed(Clouds clouds, Path trigger) implements AutoCloseable {

    private static final int SHARDS = 4;
    private static final int RECORDS = 2000;
    private static final Duration LATENCY = Duration.ofMillis(50);

    static Fed start(Pair pair, Path directory) throws IOException, InterruptedException {
      Clouds clouds =
          Clouds.start(
              pair, Files.createDirectories(directory), Optional.empty(), 1, Optional.empty());
      clouds.functions().setLatency(LATENCY);
      clouds.producer().createStream(SHARDS);
      clouds.producer().put(RECORDS);
      Path trigger =
          clouds.trigger(
              pair.wireName(),
              Optional.empty(),
              Duration.ofSeconds(10),
              Map.of("parallelism", "2", "delivery.batch.max-records", "10"));
      return new Fed(clouds, trigger);
    }

    /** Submits the trigger, and cancels the job when the function has taken some of its events. */
    void runOnce(StandaloneCluster cluster) throws IOException, InterruptedException {
      FlinkRest rest = new FlinkRest(cluster.restAddress());
      int from = clouds.journal().size();
      String job =
          JobSubmission.submit(
                  cluster.restAddress(), TriggerSpec.parse(trigger, Map.of()), Optional.empty())
              .toHexString();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  clouds.journal().entries(from).stream().filter(Journal.Entry::succeeded).count()
                      >= 2 * SHARDS);
      rest.cancel(job);
      await()
          .atMost(PATIENCE)
          .until(() -> rest.job(job).map(FlinkRest.Job::state).orElse("").equals("CANCELED"));
    }

    @Override
    public void close() {
      clouds.close();
    }
  }
}
