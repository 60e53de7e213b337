// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.e2e.oracle.EventReader;
import io.millrace.e2e.stage.Clouds;
import io.millrace.e2e.stage.DeliveryGauge;
import io.millrace.e2e.stage.FlinkRest;
import io.millrace.e2e.stage.OrderProducer;
import io.millrace.e2e.stage.Pair;
import io.millrace.e2e.stage.Pause;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.job.JobSubmission;
import io.millrace.job.TriggerSpec;
import io.millrace.standalone.StandaloneCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a ledger costs the job: calls to the store, and processor time of the TaskManager, for each
 * call of the function and each record. The modes take turns on one TaskManager, after a round that
 * does not count. By hand: {@code mvn -B verify -Psoak -pl deploy/e2e -am
 * -Dtest=LedgerCostMeasurement -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("soak")
final class LedgerCostMeasurement {

  private static final int SHARDS = 16;
  private static final int RECORDS = 40_000;
  private static final int AT_ONCE = 2_000;
  private static final int ROUNDS = 5;
  private static final List<String> MODES = List.of("none", "pipelined", "strict");

  /** Per call and per record. */
  private record Cost(double writesPerCall, double microsPerCall, double seconds) {}

  @TempDir private Path directory;

  @Test
  void callsAndProcessorTimeOfEachMode() throws Exception {
    try (StandaloneCluster cluster =
        StandaloneCluster.in(directory.resolve("cluster"))
            .taskManagers(1)
            .slots(2)
            .endsWithThisProcess()
            .start()) {
      for (int records : List.of(10, 100)) {
        Map<String, List<Cost>> costs = new HashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
          for (String mode : MODES) {
            Cost cost = run(cluster, mode, records);
            if (round > 0) {
              costs.computeIfAbsent(mode, first -> new ArrayList<>()).add(cost);
            }
          }
        }
        for (String mode : MODES) {
          List<Cost> of = costs.get(mode);
          System.out.printf(
              "%3d records an event, %-9s  %.2f writes a call, %6.1f us a call (%.1f to %.1f),"
                  + " %5.2f us a record, %.1f s%n",
              records,
              mode,
              median(of.stream().mapToDouble(Cost::writesPerCall).toArray()),
              median(of.stream().mapToDouble(Cost::microsPerCall).toArray()),
              of.stream().mapToDouble(Cost::microsPerCall).min().orElseThrow(),
              of.stream().mapToDouble(Cost::microsPerCall).max().orElseThrow(),
              median(of.stream().mapToDouble(Cost::microsPerCall).toArray()) / records,
              median(of.stream().mapToDouble(Cost::seconds).toArray()));
        }
      }
    }
  }

  private Cost run(StandaloneCluster cluster, String mode, int maxRecords) throws Exception {
    Path files = Files.createTempDirectory(directory, mode);
    try (Clouds clouds =
        Clouds.start(Pair.DATAHUB_FC, files, Optional.empty(), 1, Optional.empty())) {
      OrderProducer producer = clouds.producer();
      producer.createStream(SHARDS);
      Map<String, String> keys = new HashMap<>();
      keys.put("parallelism", "2");
      keys.put("delivery.batch.max-records", Integer.toString(maxRecords));
      if (!mode.equals("none")) {
        keys.put("delivery.ledger", "source");
        keys.put("delivery.ledger-mode", mode);
        keys.putAll(producer.subscribe().keys());
      }
      Path trigger = clouds.trigger("cost", Optional.empty(), Duration.ofSeconds(10), Map.of());
      for (int put = 0; put < RECORDS; put += AT_ONCE) {
        producer.put(AT_ONCE);
      }

      FlinkRest rest = new FlinkRest(cluster.restAddress());
      DeliveryGauge gauge = new DeliveryGauge(clouds.journal(), EventReader.dataHub());
      Duration before = processorTime(cluster);
      long start = System.nanoTime();
      String job =
          JobSubmission.submit(
                  cluster.restAddress(), TriggerSpec.parse(trigger, keys), Optional.empty())
              .toHexString();
      Pause.until(
          "all records are delivered", Duration.ofMinutes(3), () -> gauge.delivered() >= RECORDS);
      double seconds = (System.nanoTime() - start) / 1e9;
      Duration after = processorTime(cluster);
      rest.stop(job, cluster.savepointDirectory(), Duration.ofMinutes(1));

      long calls = clouds.journal().entries().size();
      long writes =
          clouds.emulator().dataHub().offsets().entries().stream()
              .filter(entry -> entry.action() == OffsetJournal.Action.COMMIT)
              .count();
      assertThat(calls).isGreaterThanOrEqualTo(RECORDS / maxRecords);
      return new Cost(
          (double) writes / calls, after.minus(before).toNanos() / 1e3 / calls, seconds);
    }
  }

  private static Duration processorTime(StandaloneCluster cluster) {
    long pid = cluster.taskManagerPids().values().iterator().next();
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
