// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.journal.CallLog;
import io.millrace.bench.process.ProcessorTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * A moment of a measurement.
 *
 * @param nanos when, on a clock that knows no date
 * @param processor what the contender's process has used since its start
 * @param count what was acknowledged since the start of the round
 */
record Look(long nanos, ProcessorTime processor, CallLog.Count count) {

  private static final double MICRO = 1e3;

  double secondsSince(Look before) {
    return (nanos - before.nanos) / 1e9;
  }

  /** Microseconds of the processor for each record since then; no number where there were none. */
  double microsPerRecordSince(Look before) {
    return perUnit(before, CallLog.Count::records);
  }

  private double perUnit(Look before, ToLongFunction<CallLog.Count> unit) {
    long units = unit.applyAsLong(count) - unit.applyAsLong(before.count);
    return units == 0
        ? Double.NaN
        : (processor.all().toNanos() - before.processor.all().toNanos()) / MICRO / units;
  }

  /** What was done between the first look and the last, second by second and in all. */
  static Figures between(List<Look> looks) {
    List<Double> records = new ArrayList<>();
    List<Double> calls = new ArrayList<>();
    for (int i = 1; i < looks.size(); i++) {
      Look from = looks.get(i - 1);
      Look to = looks.get(i);
      double seconds = to.secondsSince(from);
      records.add((to.count.records() - from.count.records()) / seconds);
      calls.add((to.count.calls() - from.count.calls()) / seconds);
    }
    return Figures.of(records, calls).with(cost(looks.get(0), looks.get(looks.size() - 1)));
  }

  private static Map<Measure, Double> cost(Look first, Look last) {
    Map<Measure, Double> cost = new EnumMap<>(Measure.class);
    put(cost, Measure.CPU_PER_RECORD, last.perUnit(first, CallLog.Count::records));
    put(cost, Measure.CPU_PER_CALL, last.perUnit(first, CallLog.Count::calls));
    ProcessorTime spent = last.processor.minus(first.processor);
    spent.jitPercent().ifPresent(percent -> cost.put(Measure.JIT_PERCENT, percent));
    spent.gcPercent().ifPresent(percent -> cost.put(Measure.GC_PERCENT, percent));
    spent.taskPercent().ifPresent(percent -> cost.put(Measure.TASK_PERCENT, percent));
    return cost;
  }

  private static void put(Map<Measure, Double> cost, Measure measure, double value) {
    if (!Double.isNaN(value)) {
      cost.put(measure, value);
    }
  }
}
