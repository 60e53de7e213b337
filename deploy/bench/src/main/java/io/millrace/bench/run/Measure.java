// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import java.util.List;

/** What a round shows in one number, beside what it does each second. */
enum Measure {
  /** Processor time of the contender's process by records acknowledged, in microseconds. */
  CPU_PER_RECORD("cpuMicrosPerRecord", "CPU us/record"),
  /** The same by calls. */
  CPU_PER_CALL("cpuMicrosPerCall", "CPU us/call"),
  /** What the JVM's compilers had of that time. */
  JIT_PERCENT("jitPercent", "JIT %"),
  /** What its garbage collector had. */
  GC_PERCENT("gcPercent", "GC %"),
  /** What the threads of its tasks had: each of them does its part for all shards of a slot. */
  TASK_PERCENT("taskPercent", "task %"),
  /** How long a backlog was worked off before that counted. */
  WARM_UP_SECONDS("warmUpSeconds", "warm-up s"),
  /** In milliseconds. */
  DELAY_P50("p50", "delay p50 ms"),
  /** In milliseconds. */
  DELAY_P99("p99", "p99 ms"),
  /** From the start of the process until the first record of each shard was acknowledged. */
  START_SECONDS("startSeconds", "start s"),
  /** In use after a collection, while there was no backlog. */
  HEAP_MEGABYTES("heapMegabytes", "heap MB"),
  /** At the same time. */
  THREADS("threads", "threads"),
  /** From trigger to the last acknowledgement. */
  CHECKPOINT_MILLIS("checkpointMs", "checkpoint ms"),
  /** The longest of the round. */
  CHECKPOINT_MOST_MILLIS("checkpointMostMs", "longest ms"),
  /** All state that a checkpoint refers to. */
  CHECKPOINT_KILOBYTES("checkpointKilobytes", "checkpoint kB");

  /** Those by which contenders are compared. */
  static final List<Measure> COMPARED =
      List.of(
          CPU_PER_RECORD,
          CPU_PER_CALL,
          JIT_PERCENT,
          GC_PERCENT,
          WARM_UP_SECONDS,
          DELAY_P50,
          DELAY_P99);

  private final String wireName;
  private final String title;

  Measure(String wireName, String title) {
    this.wireName = wireName;
    this.title = title;
  }

  /** As the JSON calls it, delays among delays. */
  String wireName() {
    return wireName;
  }

  /** The head of its column. */
  String title() {
    return title;
  }
}
