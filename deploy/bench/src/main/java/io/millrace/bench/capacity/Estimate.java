// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

import static java.lang.Math.ceil;
import static java.lang.Math.exp;
import static java.lang.Math.min;

/**
 * What a load comes to when every shard goes its steady way: what arrives between two fetches of a
 * shard is fetched at once and delivered in as few calls as its envelopes allow.
 *
 * @param fetchesPerSecond of all shards
 * @param callsPerSecond of all shards
 * @param taskShare of its time that the task thread of the fullest slot is busy; above 1 it is
 *     never done
 * @param otherShare the same of the cores that the slot has for its other threads
 * @param processors that all slots together keep busy
 * @param shardShare of its time that a shard has a call under way; above 1 its backlog grows
 */
record Estimate(
    double fetchesPerSecond,
    double callsPerSecond,
    double taskShare,
    double otherShare,
    double processors,
    double shardShare) {

  /** Beyond it what waits for a thread waits longer than it is worked on. */
  private static final double COMFORTABLE = 0.7;

  private static final int MOST_SLOTS = 100_000;

  /** Of a load that has slots. */
  static Estimate of(Load load, Costs costs) {
    double fetches = 1 / load.fetchSeconds();
    double call = (load.functionMillis() * 1e3 + costs.taskCall() + costs.otherCall()) / 1e6;
    // A shard whose calls take longer than its fetches has more in the next envelope.
    double calls =
        min(
            calls(load.shardRate() * load.fetchSeconds(), load.records()) * fetches,
            Math.max(1 / call, load.shardRate() / load.records()));
    double task =
        calls * costs.taskCall()
            + load.shardRate() * costs.taskRecord()
            + fetches * costs.taskFetch();
    double other =
        calls * costs.otherCall()
            + load.shardRate() * costs.otherRecord()
            + fetches * costs.otherFetch();
    return new Estimate(
        load.shards() * fetches,
        load.shards() * calls,
        load.shardsOfSlot() * task / 1e6,
        load.shardsOfSlot() * other / 1e6 / (load.cores() - 1),
        load.shards() * (task + other) / 1e6,
        calls * call);
  }

  /**
   * Calls that the records of one fetch take: their number is Poisson's, and of so many an envelope
   * is filled but the last.
   */
  private static double calls(double recordsOfFetch, int records) {
    if (recordsOfFetch > 20.0 * records || recordsOfFetch > 500) {
      return recordsOfFetch / records + (records - 1) / (2.0 * records);
    }
    double calls = 0;
    double probability = exp(-recordsOfFetch);
    for (int n = 1; n <= recordsOfFetch + 12 * Math.sqrt(recordsOfFetch) + 12; n++) {
      probability *= recordsOfFetch / n;
      calls += probability * ceil((double) n / records);
    }
    return calls;
  }

  /** The least slots with which all threads keep up with ease. */
  static int slotsFor(Load load, Costs costs) {
    for (int slots = 1; slots <= min(load.shards(), MOST_SLOTS); slots++) {
      Estimate estimate = of(load.withSlots(slots), costs);
      if (estimate.taskShare <= COMFORTABLE && estimate.otherShare <= COMFORTABLE) {
        return slots;
      }
    }
    return load.shards();
  }

  /** Whether neither a thread nor a shard has more to do than it can. */
  boolean isSustained() {
    return taskShare < 1 && otherShare < 1 && shardShare <= 1;
  }
}
