// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.journal.Verdict;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one round showed.
 *
 * @param recordsPerSecond of each second that counted
 * @param callsPerSecond of each second that counted
 * @param measures those that were taken
 * @param verdict empty where there is nothing to judge
 */
record Figures(
    List<Double> recordsPerSecond,
    List<Double> callsPerSecond,
    Map<Measure, Double> measures,
    Optional<Verdict> verdict) {

  Figures {
    recordsPerSecond = List.copyOf(recordsPerSecond);
    callsPerSecond = List.copyOf(callsPerSecond);
    Map<Measure, Double> all = new EnumMap<>(Measure.class);
    all.putAll(measures);
    measures = Collections.unmodifiableMap(all);
  }

  static Figures of(List<Double> recordsPerSecond, List<Double> callsPerSecond) {
    return new Figures(recordsPerSecond, callsPerSecond, Map.of(), Optional.empty());
  }

  /** These, and those. */
  Figures with(Map<Measure, Double> more) {
    Map<Measure, Double> all = new EnumMap<>(Measure.class);
    all.putAll(measures);
    all.putAll(more);
    return new Figures(recordsPerSecond, callsPerSecond, all, verdict);
  }

  /** These, and one more. */
  Figures with(Measure measure, double value) {
    return with(Map.of(measure, value));
  }

  /** These, with a verdict. */
  Figures judged(Verdict on) {
    return new Figures(recordsPerSecond, callsPerSecond, measures, Optional.of(on));
  }
}
