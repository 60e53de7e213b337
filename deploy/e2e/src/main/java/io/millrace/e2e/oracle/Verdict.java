// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.List;

/**
 * What the oracle found.
 *
 * @param records how many records the stream held
 * @param delivered how many of them the function acknowledged
 * @param leftOut how many an operator's move passed over, and nothing else delivered
 * @param invocations how many requests reached the function's service
 * @param lost records that no acknowledged invocation carried
 * @param outOfOrder invocations that came too early, went back behind a child, or held an envelope
 *     with a gap
 * @param overlapping invocations made while another of the same shard was open, or had to be taken
 *     for open
 * @param overlappingUnknownFate the same, where the earlier call was out of everybody's hands
 * @param notWaited those of them that no crash explains, where the job was told to wait
 * @param repeats records that were invoked again after they had been acknowledged, counted once for
 *     each time a shard went back
 * @param excessRepeats those of them that no fault explains
 * @param bound how many repeats the faults could have explained at most
 * @param changedRetries retries that were not the same bytes
 * @param notConverged partition keys whose last invocation is without their last record
 * @param metricsAgainstJournal metrics that say something else than the journal or the stream
 * @param tolls what each crash cost each shard, in no order
 * @param findings the breaches in words, all of them
 */
public record Verdict(
    long records,
    long delivered,
    long leftOut,
    long invocations,
    long lost,
    long outOfOrder,
    long overlapping,
    long overlappingUnknownFate,
    long notWaited,
    long repeats,
    long excessRepeats,
    long bound,
    long changedRetries,
    long notConverged,
    long metricsAgainstJournal,
    List<Toll> tolls,
    List<Finding> findings) {

  public Verdict {
    tolls = List.copyOf(tolls);
    findings = List.copyOf(findings);
  }

  /** True when every promise was kept. */
  public boolean holds() {
    return lost == 0
        && outOfOrder == 0
        && overlapping == 0
        && notWaited == 0
        && excessRepeats == 0
        && repeats <= bound
        && changedRetries == 0
        && notConverged == 0
        && metricsAgainstJournal == 0;
  }
}
