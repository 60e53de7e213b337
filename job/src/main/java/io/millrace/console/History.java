// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What was seen of a job over time, bounded: every look of the last hour, and minute by minute the
 * last day. Safe for use by several threads.
 */
final class History {

  static final Duration FINE_REACH = Duration.ofHours(1);
  static final Duration REACH = Duration.ofHours(24);

  private static final Duration COARSE_STEP = Duration.ofMinutes(1);

  /**
   * One look. What was not known then is empty.
   *
   * @param at milliseconds since the epoch
   */
  record Sample(
      long at,
      Optional<Double> recordsPerSecond,
      Optional<Long> lagRecords,
      Optional<Long> lagMs,
      Optional<Double> latencyP50,
      Optional<Double> latencyP99,
      int troubled) {

    /** A look at which the job could not be seen. */
    static Sample gap(long at) {
      return new Sample(
          at,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0);
    }
  }

  private final Deque<Sample> fine = new ArrayDeque<>();
  private final Deque<Sample> coarse = new ArrayDeque<>();
  private final List<Sample> minute = new ArrayList<>();

  synchronized void add(Sample sample) {
    fine.addLast(sample);
    drop(fine, sample.at() - FINE_REACH.toMillis());
    if (!minute.isEmpty() && bucket(minute.get(0)) != bucket(sample)) {
      coarse.addLast(condensed(minute));
      drop(coarse, sample.at() - REACH.toMillis());
      minute.clear();
    }
    minute.add(sample);
  }

  /** What was seen after a moment, as finely as it is kept for so long. */
  synchronized List<Sample> since(long after, Duration reach) {
    Deque<Sample> from = reach.compareTo(FINE_REACH) <= 0 ? fine : coarse;
    return from.stream().filter(sample -> sample.at() > after).toList();
  }

  private static void drop(Deque<Sample> samples, long before) {
    while (!samples.isEmpty() && samples.getFirst().at() < before) {
      samples.removeFirst();
    }
  }

  private static long bucket(Sample sample) {
    return sample.at() / COARSE_STEP.toMillis();
  }

  /** The mean rate, and of everything that should be small the worst. */
  private static Sample condensed(List<Sample> samples) {
    List<Double> rates =
        samples.stream().map(Sample::recordsPerSecond).flatMap(Optional::stream).toList();
    return new Sample(
        samples.get(samples.size() - 1).at(),
        rates.isEmpty()
            ? Optional.empty()
            : Optional.of(rates.stream().mapToDouble(Double::doubleValue).average().orElseThrow()),
        worst(samples, Sample::lagRecords),
        worst(samples, Sample::lagMs),
        worst(samples, Sample::latencyP50),
        worst(samples, Sample::latencyP99),
        samples.stream().mapToInt(Sample::troubled).max().orElse(0));
  }

  private static <T extends Comparable<T>> Optional<T> worst(
      List<Sample> samples, Function<Sample, Optional<T>> value) {
    return samples.stream().map(value).flatMap(Optional::stream).max(Comparable::compareTo);
  }
}
