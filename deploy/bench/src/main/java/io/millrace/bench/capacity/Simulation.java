// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * One slot of a load, event by event: its shards are fetched and called each by itself, and wait
 * for each other only where they use the same thread. It is the slot with the most shards; slots
 * share nothing but the services.
 *
 * <p>Times are seconds. Records come to a shard as a Poisson process.
 */
final class Simulation {

  private static final double MICRO = 1e-6;

  /** Of what comes in the second half, a little is delivered after it. */
  private static final double KEPT_UP = 0.97;

  private final Load load;
  private final Costs costs;
  private final double settled;
  private final double end;
  private final SplittableRandom random;
  private final PriorityQueue<Event> agenda = new PriorityQueue<>();
  private final double[] othersFree;
  private final DoubleStream.Builder delays = DoubleStream.builder();

  private double now;
  private long planned;
  private double taskFree;
  private double taskBusy;
  private double otherBusy;
  private long calls;
  private long records;
  private long arrived;

  /**
   * What came of it, in the second half.
   *
   * @param callsPerSecond of the slot
   * @param recordsPerSecond of the slot, delivered
   * @param arrivedPerSecond of the slot
   * @param taskShare of its time that the task thread was busy
   * @param otherShare of their time that its other cores were
   * @param delayP50 milliseconds from when a record came until its call was on the wire
   * @param delayP99 the same
   */
  record Outcome(
      double callsPerSecond,
      double recordsPerSecond,
      double arrivedPerSecond,
      double taskShare,
      double otherShare,
      double delayP50,
      double delayP99) {

    /** Whether what came was delivered, but for what is always under way. */
    boolean isSustained() {
      return recordsPerSecond >= KEPT_UP * arrivedPerSecond;
    }
  }

  private record Event(double at, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Double.compare(at, other.at);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  /** When the records came that a lane holds, in order. */
  private static final class Shard {
    private final Queue<Double> lane = new ArrayDeque<>();
    private double fetchedUntil;
    private boolean calling;
  }

  private Simulation(Load load, Costs costs, double seconds, long seed) {
    this.load = load;
    this.costs = costs;
    this.settled = seconds / 2;
    this.end = seconds;
    this.random = new SplittableRandom(seed);
    this.othersFree = new double[load.cores() - 1];
  }

  /** Runs the fullest slot of a load for so many seconds of its own time. */
  static Outcome run(Load load, Costs costs, double seconds, long seed) {
    return new Simulation(load, costs, seconds, seed).run();
  }

  private Outcome run() {
    for (int i = 0; i < load.shardsOfSlot(); i++) {
      Shard shard = new Shard();
      at(random.nextDouble(load.fetchSeconds()), () -> fetch(shard));
    }
    for (Event event = agenda.poll(); event != null && event.at < end; event = agenda.poll()) {
      now = event.at;
      event.what.run();
    }
    double counted = end - settled;
    double[] sorted = delays.build().sorted().toArray();
    return new Outcome(
        calls / counted,
        records / counted,
        arrived / counted,
        taskBusy / counted,
        otherBusy / counted / othersFree.length,
        percentile(sorted, 0.5),
        percentile(sorted, 0.99));
  }

  private void at(double time, Runnable what) {
    agenda.add(new Event(time, planned++, what));
  }

  /** Has the task thread do something once it has done what came before. */
  private void onTask(double micros, Runnable then) {
    double begun = Math.max(now, taskFree);
    taskFree = begun + micros * MICRO;
    taskBusy += counted(begun, taskFree);
    at(taskFree, then);
  }

  /** Has the first of the other cores that is free do something. */
  private void onOthers(double micros, Runnable then) {
    int first = 0;
    for (int i = 1; i < othersFree.length; i++) {
      if (othersFree[i] < othersFree[first]) {
        first = i;
      }
    }
    double begun = Math.max(now, othersFree[first]);
    othersFree[first] = begun + micros * MICRO;
    otherBusy += counted(begun, othersFree[first]);
    at(othersFree[first], then);
  }

  private double counted(double from, double to) {
    return Math.max(0, Math.min(to, end) - Math.max(from, settled));
  }

  private void fetch(Shard shard) {
    at(
        now + load.streamMillis() / 1e3,
        () -> {
          // The service looked half the way ago.
          double looked = now - load.streamMillis() / 2e3;
          List<Double> came = arrivals(shard.fetchedUntil, looked);
          shard.fetchedUntil = looked;
          onOthers(
              costs.otherFetch() + came.size() * costs.otherRecord(),
              () -> {
                at(now + load.idleWaitMillis() / 1e3, () -> fetch(shard));
                onTask(
                    costs.taskFetch() + came.size() * costs.taskRecord(),
                    () -> {
                      shard.lane.addAll(came);
                      if (!shard.calling) {
                        call(shard);
                      }
                    });
              });
        });
  }

  private List<Double> arrivals(double from, double to) {
    List<Double> came = new ArrayList<>();
    double mean = 1 / load.shardRate();
    for (double t = from - Math.log(1 - random.nextDouble()) * mean;
        t < to;
        t -= Math.log(1 - random.nextDouble()) * mean) {
      came.add(t);
      arrived += t >= settled ? 1 : 0;
    }
    return came;
  }

  private void call(Shard shard) {
    if (shard.lane.isEmpty()) {
      shard.calling = false;
      return;
    }
    shard.calling = true;
    List<Double> envelope = new ArrayList<>();
    while (!shard.lane.isEmpty() && envelope.size() < load.records()) {
      envelope.add(shard.lane.remove());
    }
    // Half of its work is the launch, the other half the answer.
    onTask(
        costs.taskCall() / 2,
        () -> {
          count(envelope);
          at(
              now + load.functionMillis() / 1e3,
              () ->
                  onOthers(
                      costs.otherCall(), () -> onTask(costs.taskCall() / 2, () -> call(shard))));
        });
  }

  private void count(List<Double> envelope) {
    if (now < settled) {
      return;
    }
    calls++;
    records += envelope.size();
    envelope.forEach(came -> delays.add(now - came));
  }

  private static double percentile(double[] sorted, double part) {
    return sorted.length == 0
        ? Double.NaN
        : 1e3 * sorted[(int) Math.min(sorted.length - 1.0, Math.ceil(sorted.length * part))];
  }
}
