// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import java.util.Arrays;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;

/** How long the last calls took, as a reporter reads it: a view of values that others gather. */
final class CallTimes implements Histogram {

  private volatile int[] sorted = {};

  /** Shows these values from now on. */
  void observe(int[] sortedMillis) {
    sorted = sortedMillis;
  }

  @Override
  public void update(long value) {
    throw new UnsupportedOperationException("values are observed all together");
  }

  @Override
  public long getCount() {
    return sorted.length;
  }

  @Override
  public HistogramStatistics getStatistics() {
    return new Statistics(sorted);
  }

  private static final class Statistics extends HistogramStatistics {

    private final int[] sorted;

    Statistics(int[] sorted) {
      this.sorted = sorted;
    }

    @Override
    public double getQuantile(double quantile) {
      if (sorted.length == 0) {
        return 0;
      }
      int rank = (int) Math.ceil(quantile * sorted.length);
      return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
    }

    @Override
    public long[] getValues() {
      return Arrays.stream(sorted).asLongStream().toArray();
    }

    @Override
    public int size() {
      return sorted.length;
    }

    @Override
    public double getMean() {
      return Arrays.stream(sorted).average().orElse(0);
    }

    @Override
    public double getStdDev() {
      double mean = getMean();
      return Math.sqrt(
          Arrays.stream(sorted)
              .mapToDouble(each -> (each - mean) * (each - mean))
              .average()
              .orElse(0));
    }

    @Override
    public long getMax() {
      return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
    }

    @Override
    public long getMin() {
      return sorted.length == 0 ? 0 : sorted[0];
    }
  }
}
