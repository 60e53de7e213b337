// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.Pull;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.dispatch.lane.BatchLimits;
import io.millrace.dispatch.lane.DeliveryPolicy;
import io.millrace.dispatch.lane.DispatchPort;
import io.millrace.dispatch.lane.Dispatcher;
import io.millrace.dispatch.lane.Lane;
import io.millrace.dispatch.lane.Lease;
import io.millrace.dispatch.lane.RetrySchedule;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.reader.ShardProgress;
import io.millrace.source.reader.TaskLink;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What it takes a task to tell once a second how 512 shards stand, all of which have changed:
 * processor time of its thread, the message included. Runs with and without take turns. By hand:
 * {@code mvn -B verify -Psoak -pl src -Dtest=StatusCostMeasurement}.
 */
@Tag("soak")
final class StatusCostMeasurement {

  private static final int SHARDS = 512;
  private static final int RECORDS_A_SECOND = 40;
  private static final int SECONDS = 40;
  private static final int ROUNDS = 5;
  private static final int EVENT = 20;
  private static final byte[] PAYLOAD = new byte[200];

  /**
   * The least processor time that delivering takes the client for each record, with 100 records an
   * event and no ledger; measured by {@code LedgerCostMeasurement}.
   */
  private static final double CLIENT_MICROS = 58;

  @Test
  void ofATaskWithManyShards() throws Exception {
    double[] with = new double[ROUNDS];
    double[] without = new double[ROUNDS];
    for (int round = -2; round < ROUNDS; round++) {
      double told = microsPerRecord(true);
      double silent = microsPerRecord(false);
      if (round >= 0) {
        with[round] = told;
        without[round] = silent;
      }
    }
    double more = median(with) - median(without);
    double millisASecond = more * SHARDS * RECORDS_A_SECOND / 1000;
    System.out.printf(
        "%d shards, %d records a second: the lanes take %.2f us a record (%s), with the status"
            + " %.2f (%s): %.1f ms a second, %.1f %% of a core, %.1f %% of %.0f us a record%n",
        SHARDS,
        SHARDS * RECORDS_A_SECOND,
        median(without),
        Arrays.toString(without),
        median(with),
        Arrays.toString(with),
        millisASecond,
        millisASecond / 10,
        100 * more / CLIENT_MICROS,
        CLIENT_MICROS);
    assertThat(more / CLIENT_MICROS).isLessThan(0.05);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double microsPerRecord(boolean status) throws Exception {
    Task task = new Task();
    TaskLink link = TaskLink.acquire("measured");
    try {
      StatusReport report =
          new StatusReport(
              0,
              "measured",
              "worker-1",
              link,
              new LaneMetrics(UnregisteredMetricsGroup.createOperatorMetricGroup(), SHARDS));
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      int bytes = 0;
      for (int second = 0; second < SECONDS; second++) {
        task.deliver(second, link);
        if (status) {
          Pull pull = report.pull(task.dispatcher, task.now());
          assertThat(pull.changed()).hasSize(SHARDS);
          bytes += InstantiationUtil.serializeObject(pull).length;
          report.confirmed(pull);
        }
      }
      long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      assertThat(bytes > 0).isEqualTo(status);
      return took / 1e3 / ((double) SHARDS * RECORDS_A_SECOND * SECONDS);
    } finally {
      link.release();
    }
  }

  /** A task whose function answers at once. */
  private static final class Task implements DispatchPort, FunctionInvoker {

    private final Deque<Runnable> mails = new ArrayDeque<>();
    private final Dispatcher dispatcher;
    private long now = 1_000_000;

    Task() {
      Lease lease = new Lease(Duration.ofDays(3_650));
      lease.renew(0);
      EnvelopeFormat format = FakeFunction.FORMAT;
      dispatcher =
          new Dispatcher(
              new DeliveryPolicy(
                  "orders",
                  "f",
                  new BatchLimits(EVENT, 1_000_000, 1_000_000),
                  Duration.ZERO,
                  new RetrySchedule(Duration.ofSeconds(1), 512),
                  Duration.ofSeconds(60),
                  Duration.ofSeconds(20),
                  true,
                  true,
                  false,
                  SHARDS),
              format,
              this,
              this,
              lease,
              new Random(1),
              Optional.empty());
    }

    /** One second's records of every shard. */
    void deliver(int second, TaskLink link) {
      for (int shard = 0; shard < SHARDS; shard++) {
        String name = String.valueOf(shard);
        long sequence = 0;
        for (int i = 0; i < RECORDS_A_SECOND; i++) {
          sequence = (long) second * RECORDS_A_SECOND + i;
          dispatcher.append(new ShardRecord(name, shard, sequence, 0, now, PAYLOAD, false));
        }
        link.report(name, new ShardProgress(shard, sequence, sequence + 100, now, List.of()));
        while (!mails.isEmpty()) {
          mails.remove().run();
        }
      }
      now += 1_000;
    }

    @Override
    public CompletableFuture<Outcome> invoke(Invocation call) {
      return CompletableFuture.completedFuture(new Outcome.Acknowledged(Optional.empty()));
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void execute(Runnable action) {
      mails.add(action);
    }

    @Override
    public void wakeAt(long time) {}

    @Override
    public void changed(Lane lane) {}

    @Override
    public void drained(Lane lane) {}

    @Override
    public void blockadeChanged() {}

    @Override
    public void failJob(String message) {
      throw new AssertionError(message);
    }

    @Override
    public void holdReader(String shard) {}

    @Override
    public void releaseReader(String shard) {}

    @Override
    public void moveReader(String shard, StartPosition next) {}

    @Override
    public void close() {}
  }
}
