// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.FunctionInvoker;
import io.millrace.dispatch.Outcome;
import io.millrace.model.ShardRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Several subtasks whose function goes away and comes back, on a clock that is turned by hand, with
 * reports and answers that get lost and subtasks that begin anew: one call at a time probes, and
 * all goes on by itself when the function is back.
 */
final class BlockadeModelTest {

  private static final int LANES = 4;
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(60);

  @Property(tries = 200)
  void oneCallProbesForAllSubtasks(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int subtasks,
      @ForAll @IntRange(min = 0, max = 60) int lossPercent,
      @ForAll @IntRange(min = 1, max = 400) int secondsDown) {
    Scene scene = new Scene(subtasks, lossPercent, new Random(seed));
    scene.pass(Duration.ofSeconds(5));
    scene.down = true;
    scene.putEverywhere();
    // Until everybody has heard, each may launch.
    scene.lossPercent = 0;
    scene.pass(Duration.ofSeconds(3));
    scene.lossPercent = lossPercent;
    scene.mostOpen = 0;
    int before = scene.calls;
    scene.pass(Duration.ofSeconds(secondsDown));
    assertThat(scene.mostOpen).as("probes at once").isLessThanOrEqualTo(1);
    assertThat(scene.calls - before).isLessThanOrEqualTo(6 + secondsDown / 60);
    scene.down = false;
    scene.lossPercent = 0;
    scene.pass(LONGEST_PROBE.plusSeconds(10));
    scene.assertAllDelivered();
    assertThat(scene.raised).isEqualTo(1);
    assertThat(scene.lifted).isEqualTo(1);
  }

  @Property(tries = 100)
  void goesOnThoughSubtasksBeginAnewMeanwhile(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int subtasks,
      @ForAll @IntRange(min = 0, max = 60) int lossPercent) {
    Random random = new Random(seed);
    Scene scene = new Scene(subtasks, lossPercent, random);
    scene.down = true;
    scene.putEverywhere();
    for (int i = 0; i < 20; i++) {
      scene.pass(Duration.ofMillis(random.nextInt(20_000)));
      scene.restart(random.nextInt(subtasks));
      scene.down = random.nextInt(4) != 0;
    }
    scene.down = false;
    scene.lossPercent = 0;
    // Whoever knew that it is back may have begun anew: something must be there to probe with.
    scene.pass(Duration.ofSeconds(3));
    scene.putEverywhere();
    scene.pass(LONGEST_PROBE.plusSeconds(10));
    scene.assertAllDelivered();
  }

  private static final class Scene {
    private final ManualTime time = new ManualTime(1_000_000);
    private final Blockade blockade = new Blockade(Duration.ofSeconds(1), LONGEST_PROBE);
    private final List<Subtask> subtasks = new ArrayList<>();
    private final Random random;
    private int lossPercent;
    private boolean down;
    private int open;
    private int mostOpen;
    private int calls;
    private int raised;
    private int lifted;

    Scene(int subtasks, int lossPercent, Random random) {
      this.random = random;
      this.lossPercent = lossPercent;
      for (int i = 0; i < subtasks; i++) {
        this.subtasks.add(new Subtask(this, i));
      }
    }

    void pass(Duration duration) {
      time.pass(duration);
    }

    void putEverywhere() {
      subtasks.forEach(Subtask::put);
      time.runSoon();
    }

    void restart(int index) {
      subtasks.get(index).end();
      blockade.forget(index, time.now());
      subtasks.set(index, new Subtask(this, index));
      subtasks.get(index).put();
      time.runSoon();
    }

    void assertAllDelivered() {
      assertThat(subtasks)
          .flatExtracting(subtask -> subtask.dispatcher.lanes())
          .hasSize(subtasks.size() * LANES)
          .allSatisfy(
              lane -> {
                assertThat(lane.snapshot().records()).isPositive();
                assertThat(lane.tail()).isEqualTo(lane.head());
                assertThat(lane.attempts()).isZero();
                assertThat(lane.isSuspended()).isFalse();
              });
      assertThat(blockade.isRaised()).isFalse();
    }

    boolean lost() {
      return random.nextInt(100) < lossPercent;
    }
  }

  private static final class Subtask implements ReaderlessPort, FunctionInvoker {
    private final Scene scene;
    private final int index;
    private final Dispatcher dispatcher;
    private int put;
    private boolean ended;

    Subtask(Scene scene, int index) {
      this.scene = scene;
      this.index = index;
      Lease lease = new Lease(Duration.ofDays(365));
      lease.renew(0);
      dispatcher =
          new Dispatcher(
              new DeliveryPolicy(
                  "orders",
                  "f",
                  new BatchLimits(10, 10_000, 10_000),
                  Duration.ZERO,
                  new RetrySchedule(Duration.ofSeconds(1), 512),
                  Duration.ofSeconds(60),
                  Duration.ofSeconds(20),
                  true,
                  true,
                  false,
                  100),
              FakeFunction.FORMAT,
              this,
              this,
              lease,
              scene.random,
              Optional.empty());
      pullEverySecond();
    }

    void put() {
      for (int lane = 0; lane < LANES; lane++) {
        int key = index * LANES + lane;
        dispatcher.append(new ShardRecord(key + "", key, put, 0, 0, new byte[5], false));
      }
      put++;
    }

    void end() {
      ended = true;
    }

    private void pullEverySecond() {
      if (!ended) {
        pull();
        scene.time.at(scene.time.now() + 1_000, this::pullEverySecond);
      }
    }

    private void pull() {
      if (ended || scene.lost()) {
        return;
      }
      Blockade.Report report = dispatcher.reportTarget();
      switch (scene.blockade.report(index, report, scene.time.now())) {
        case RAISED -> scene.raised++;
        case LIFTED -> scene.lifted++;
        case NONE -> {}
      }
      Blockade.Order order = scene.blockade.order(index, report, scene.time.now());
      if (!scene.lost()) {
        dispatcher.obey(order);
      }
    }

    @Override
    public CompletableFuture<Outcome> invoke(Invocation invocation) {
      scene.calls++;
      scene.open++;
      scene.mostOpen = Math.max(scene.mostOpen, scene.open);
      CompletableFuture<Outcome> answer = new CompletableFuture<>();
      scene.time.at(
          scene.time.now() + 1 + scene.random.nextInt(500),
          () -> {
            scene.open--;
            answer.complete(
                scene.down
                    ? new Outcome.TargetFault("gone", Optional.empty())
                    : new Outcome.Acknowledged(Optional.empty()));
          });
      return answer;
    }

    @Override
    public void close() {}

    @Override
    public long now() {
      return scene.time.now();
    }

    @Override
    public long nanoTime() {
      return scene.time.now() * 1_000_000;
    }

    @Override
    public void execute(Runnable action) {
      scene.time.soon(
          () -> {
            if (!ended) {
              action.run();
            }
          });
    }

    @Override
    public void wakeAt(long at) {
      scene.time.atOnce(
          at,
          "launch " + index,
          () -> {
            if (!ended) {
              dispatcher.launchReady();
            }
          });
    }

    @Override
    public void changed(Lane lane) {}

    @Override
    public void drained(Lane lane) {}

    @Override
    public void blockadeChanged() {
      scene.time.atOnce(scene.time.now(), "pull " + index, this::pull);
    }

    @Override
    public void failJob(String message) {
      throw new IllegalStateException(message);
    }
  }
}
