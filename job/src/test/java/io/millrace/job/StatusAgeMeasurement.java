// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How old the status is while records flow: how long ago the function had accepted the first record
 * that the status does not count yet. By hand: {@code mvn -B verify -Psoak -pl job -am
 * -Dtest=StatusAgeMeasurement -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("soak")
final class StatusAgeMeasurement {

  private static final int SHARDS = 16;
  private static final int ASKED = 200;
  private static final Pattern RECORD_ID = Pattern.compile("\"eventId\":\"(\\d+):");

  @TempDir private Path directory;

  @Test
  void whileRecordsFlow() throws Exception {
    try (EmulatedClouds clouds =
            new EmulatedClouds(
                Emulator.builder().credentials("testid", "testkey").start(), SHARDS);
        EmbeddedCluster cluster = EmbeddedCluster.start(2, 0, directory.resolve("flink"));
        ControlClient control = ControlClient.connect(ClusterAddress.of(cluster.restAddress()))) {
      String id =
          cluster
              .submit(
                  clouds.trigger(directory, "${MILLRACE_TEST_SECRET:-testkey}", Map.of()),
                  Optional.empty())
              .toString();
      clouds.put(SHARDS);
      clouds.awaitAllDelivered();
      TriggerJob job =
          await()
              .ignoreExceptions()
              .atMost(Duration.ofMinutes(2))
              .until(() -> control.job(Optional.of(id)), found -> true);

      Journal journal = clouds.emulator().journal();
      List<Long> ages = new ArrayList<>();
      for (int asked = 0; asked < ASKED; asked++) {
        for (int i = 0; i < 5; i++) {
          clouds.put(SHARDS);
          TimeUnit.MILLISECONDS.sleep(50);
        }
        long now = journal.now();
        Map<String, Long> told = new HashMap<>();
        for (JsonNode shard : control.status(job).get("shards")) {
          told.put(shard.get("shard").asText(), shard.get("records").asLong());
        }
        assertThat(told).hasSize(SHARDS);
        ages.addAll(ages(journal, told, now));
      }
      Collections.sort(ages);
      System.out.printf(
          "status of %d shards, asked %d times: p50 %d ms, p99 %d ms, at most %d ms old%n",
          SHARDS,
          ASKED,
          ages.get(ages.size() / 2) / 1000,
          ages.get(ages.size() * 99 / 100) / 1000,
          ages.get(ages.size() - 1) / 1000);
      assertThat(ages.get(ages.size() - 1)).isLessThan(2_000_000);
    }
  }

  /**
   * In microseconds, for each shard; 0 where all that had been accepted is counted.
   *
   * @param told the records of each shard that the status counts
   * @param asked when it was asked for
   */
  private static Collection<Long> ages(Journal journal, Map<String, Long> told, long asked) {
    Map<String, Long> counted = new HashMap<>();
    Map<String, Long> ages = new HashMap<>();
    told.keySet().forEach(shard -> ages.put(shard, 0L));
    for (Journal.Entry entry : journal.entries()) {
      Matcher ids = RECORD_ID.matcher(entry.body());
      while (entry.succeeded() && ids.find()) {
        String shard = ids.group(1);
        if (counted.merge(shard, 1L, Long::sum) == told.get(shard) + 1) {
          ages.put(shard, Math.max(0, asked - entry.end().orElse(asked)));
        }
      }
    }
    return ages.values();
  }
}
