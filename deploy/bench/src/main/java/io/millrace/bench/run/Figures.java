// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.run;

import io.millrace.bench.journal.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one round showed.
 *
 * @param recordsPerSecond of each second that counted
 * @param callsPerSecond of each second that counted
 * @param processorMicros that the contender's process used while it counted
 * @param records acknowledged while it counted
 * @param calls acknowledged while it counted
 * @param delayP50 milliseconds; empty where none were taken
 * @param verdict empty where there is nothing to judge
 */
record Figures(
    List<Double> recordsPerSecond,
    List<Double> callsPerSecond,
    double processorMicros,
    long records,
    long calls,
    OptionalDouble delayP50,
    OptionalDouble delayP99,
    Optional<Verdict> verdict) {

  Figures {
    recordsPerSecond = List.copyOf(recordsPerSecond);
    callsPerSecond = List.copyOf(callsPerSecond);
  }

  /** These, with a verdict. */
  Figures judged(Verdict on) {
    return new Figures(
        recordsPerSecond,
        callsPerSecond,
        processorMicros,
        records,
        calls,
        delayP50,
        delayP99,
        Optional.of(on));
  }

  /** These, with delays in milliseconds. */
  Figures delayed(double p50, double p99) {
    return new Figures(
        recordsPerSecond,
        callsPerSecond,
        processorMicros,
        records,
        calls,
        OptionalDouble.of(p50),
        OptionalDouble.of(p99),
        verdict);
  }
}
