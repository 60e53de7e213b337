// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long records waited from when they were put until the first call that carried them began. */
public final class Delays {

  private final long[] sorted;

  private Delays(long[] sorted) {
    this.sorted = sorted;
  }

  /** Of those records that were called at all. */
  public static Delays of(List<Put> puts, List<Call> calls) {
    Map<Integer, Map<Long, Long>> open = new HashMap<>();
    Map<Integer, Long> last = new HashMap<>();
    for (Put put : puts) {
      open.computeIfAbsent(put.shard(), first -> new HashMap<>()).put(put.sequence(), put.at());
      last.merge(put.shard(), put.sequence(), Math::max);
    }
    Map<Put, Long> starts = new HashMap<>();
    for (Call call : calls) {
      for (Run run : call.runs()) {
        long end = Math.min(run.next() - 1, last.getOrDefault(run.shard(), -1L));
        for (long sequence = run.first(); sequence <= end; sequence++) {
          Long at = open.get(run.shard()).get(sequence);
          if (at != null) {
            starts.merge(new Put(run.shard(), sequence, at), call.start(), Math::min);
          }
        }
      }
    }
    return new Delays(
        starts.entrySet().stream()
            .mapToLong(entry -> entry.getValue() - entry.getKey().at())
            .sorted()
            .toArray());
  }

  public boolean isEmpty() {
    return sorted.length == 0;
  }

  /**
   * The smallest delay that so many do not exceed.
   *
   * @param percent above 0, at most 100
   * @return milliseconds
   */
  public double percentile(double percent) {
    int rank = (int) Math.ceil(sorted.length * percent / 100);
    return sorted[Math.max(rank, 1) - 1] / 1000.0;
  }
}
