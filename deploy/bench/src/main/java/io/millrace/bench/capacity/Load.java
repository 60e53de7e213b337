// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.capacity;

import io.millrace.bench.scenario.Conditions;

/**
 * What a job is to carry, and with what.
 *
 * @param shards of the stream, among which the records are spread evenly
 * @param rate records a second, of all shards
 * @param functionMillis from when a call is on the wire to when its answer is back
 * @param streamMillis from when a fetch is on the wire to when its answer is back
 * @param records that an envelope holds at most
 * @param idleWaitMillis {@code source.idle-wait}
 * @param slots of the cluster, each with a subtask
 * @param cores of a slot: one for its task thread, and what is left for all other threads
 */
record Load(
    int shards,
    int rate,
    int functionMillis,
    int streamMillis,
    int records,
    int idleWaitMillis,
    int slots,
    int cores) {

  private static final Load USUAL = new Load(10_000, 1_000_000, 20, 10, 100, 500, 0, 2);

  private static final String ACCEPTED =
      "shards=N, rate=RECORDS_A_SECOND, function=MILLIS, stream=MILLIS, records=N, idle-wait=MILLIS,"
          + " slots=N, cores=N, with commas between them";

  /**
   * A load that differs from the usual one in what is said; without {@code slots} it has none yet.
   *
   * @throws IllegalArgumentException with one line for whoever wrote it
   */
  static Load parse(String text) {
    Conditions given = Conditions.parse(text, ACCEPTED);
    Load load =
        new Load(
            given.number("shards", USUAL.shards, 1, 100_000),
            given.number("rate", USUAL.rate, 1, 10_000_000),
            given.number("function", USUAL.functionMillis, 0, 600_000),
            given.number("stream", USUAL.streamMillis, 0, 10_000),
            given.number("records", USUAL.records, 1, 1000),
            given.number("idle-wait", USUAL.idleWaitMillis, 1, 60_000),
            given.number("slots", USUAL.slots, 1, 10_000),
            given.number("cores", USUAL.cores, 2, 64));
    given.requireNoMore();
    if (load.slots > load.shards) {
      throw new IllegalArgumentException(
          "slots: '%d' is not accepted; accepted: 1 to %d, a slot for each shard"
              .formatted(load.slots, load.shards));
    }
    return load;
  }

  Load withSlots(int number) {
    return new Load(
        shards, rate, functionMillis, streamMillis, records, idleWaitMillis, number, cores);
  }

  /** Records a second of a shard. */
  double shardRate() {
    return (double) rate / shards;
  }

  /** From the beginning of a fetch of a shard that is kept up with to that of the next. */
  double fetchSeconds() {
    return (idleWaitMillis + streamMillis) / 1e3;
  }

  /** Shards of the slots that have most of them. */
  int shardsOfSlot() {
    return (shards + slots - 1) / slots;
  }

  /** In words, short enough for a heading. */
  String label() {
    return "%d shards, %d records/s, %d ms function, %d ms stream, %d records an envelope, %d slots of %d cores"
        .formatted(shards, rate, functionMillis, streamMillis, records, slots, cores);
  }
}
