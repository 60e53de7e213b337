// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a job is told to be, look by look; the clock is the test's. */
final class ClusterWatchTest {

  private final FakeCluster cluster = new FakeCluster();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final List<String> lines = new ArrayList<>();
  private final ClusterWatch watch =
      new ClusterWatch(cluster, () -> Instant.ofEpochMilli(now.get()), lines::add);

  @BeforeEach
  void begin() {
    cluster.shard("0", "IDLE");
    watch.look();
  }

  @AfterEach
  void end() {
    watch.close();
  }

  private JobView.Snapshot lookAfter(long seconds) {
    now.addAndGet(seconds * 1000);
    watch.look();
    return watch.overview().jobs().get(0);
  }

  @Test
  void aJobThatRunsSaysNothing() {
    assertThat(lookAfter(2).health()).isEqualTo(Health.RUNNING);
    assertThat(lines).isEmpty();
  }

  @Test
  void aJobThatFailsIsRestartingAndKeepsWhatWasSeen() {
    cluster.be(JobStatus.RESTARTING);
    JobView.Snapshot job = lookAfter(2);
    assertThat(job.health()).isEqualTo(Health.RESTARTING);
    assertThat(job.summary().path("problem").asText()).isEqualTo("the disk is full");
    assertThat(job.shards()).hasSize(1);
    assertThat(job.summary().path("seenAt").asLong()).isEqualTo(1_000_000);
    cluster.be(JobStatus.RUNNING);
    assertThat(lookAfter(2).health()).isEqualTo(Health.RUNNING);
  }

  @Test
  void aJobManagerThatGoesIsToldOnceAndSinceWhen() {
    cluster.goDown("nobody there");
    assertThat(lookAfter(2).health()).isEqualTo(Health.UNREACHABLE);
    lookAfter(2);
    assertThat(watch.overview().problem()).contains("nobody there");
    assertThat(watch.overview().since()).isEqualTo(1_002_000);
    assertThat(lines).containsExactly("nobody there; the console goes on asking");
    cluster.comeUp();
    assertThat(lookAfter(2).health()).isEqualTo(Health.RUNNING);
    assertThat(lines).hasSize(2);
  }

  /** A JobManager that comes back names a job only once it has recovered it. */
  @Test
  void aJobThatIsNotNamedIsRestartingForAWhileAndThenGone() {
    cluster.list(false);
    assertThat(lookAfter(2).health()).isEqualTo(Health.RESTARTING);
    assertThat(lookAfter(50).health()).isEqualTo(Health.RESTARTING);
    assertThat(lookAfter(20).health()).isEqualTo(Health.GONE);
    cluster.list(true);
    assertThat(lookAfter(2).health()).isEqualTo(Health.RUNNING);
  }

  @Test
  void aJobThatWasStoppedStaysStoppedThoughTheClusterForgetsIt() {
    cluster.be(JobStatus.FINISHED);
    assertThat(lookAfter(2).health()).isEqualTo(Health.ENDED);
    cluster.list(false);
    assertThat(lookAfter(3600).health()).isEqualTo(Health.ENDED);
  }

  @Test
  void aClusterThatIsNotThereAtFirstIsToldOf() {
    cluster.goDown("nobody there");
    try (ClusterWatch late =
        new ClusterWatch(cluster, () -> Instant.ofEpochMilli(now.get()), lines::add)) {
      late.look();
      assertThat(late.overview().problem()).contains("nobody there");
      assertThat(late.overview().jobs()).isEmpty();
      assertThat(lines).containsExactly("nobody there; the console goes on asking");
    }
  }
}
