// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges D1 to D6 from what the function's service saw. What each count means is written at the
 * rule that makes it: {@link OrderRule}, {@link OverlapRule}, {@link RepeatRule}, {@link
 * RetryRule}, {@link ConvergenceRule}, {@link MetricsRule}; a record is lost when no acknowledged
 * invocation carried it (D3) and no operator's move passed it over.
 */
public final class Oracle {

  private Oracle() {}

  /** The verdict on finished evidence; deterministic. */
  public static Verdict judge(Evidence evidence, EventReader events) {
    History history = new History(evidence.truth(), evidence.invocations(), events);
    Map<ShardHistory, Course> courses = new LinkedHashMap<>();
    history.shards().forEach(shard -> courses.put(shard, new Course(shard, evidence)));
    List<Finding> findings = new ArrayList<>();

    long delivered = 0;
    long leftOut = 0;
    long lost = 0;
    for (ShardHistory shard : history.shards()) {
      long missing = 0;
      String first = null;
      for (int i = 0; i < shard.size(); i++) {
        if (shard.acknowledged(i) != ShardHistory.NEVER) {
          delivered++;
        } else if (shard.leftOut(i)) {
          leftOut++;
        } else {
          missing++;
          first = first == null ? shard.id(i).toString() : first;
        }
      }
      if (missing > 0) {
        lost += missing;
        findings.add(
            new Finding(
                Finding.Kind.LOST,
                shard.shard(),
                "%d records were never acknowledged, the first is %s".formatted(missing, first)));
      }
    }

    List<Finding> order = new OrderRule(history, courses, evidence).judge();
    findings.addAll(order);
    OverlapRule overlap = new OverlapRule(evidence);
    findings.addAll(overlap.judge(history));
    RepeatRule repeat = new RepeatRule(evidence);
    findings.addAll(repeat.judge(courses));
    List<Finding> retries = RetryRule.judge(history, evidence);
    findings.addAll(retries);
    List<Finding> endings = ConvergenceRule.judge(history);
    findings.addAll(endings);

    List<Finding> metrics =
        MetricsRule.judge(
            evidence.truth(),
            evidence.invocations(),
            evidence.readings(),
            evidence.terms(),
            events);
    findings.addAll(metrics);

    return new Verdict(
        evidence.truth().size(),
        delivered,
        leftOut,
        evidence.invocations().size(),
        lost,
        order.size(),
        overlap.overlapping(),
        overlap.unknownFate(),
        overlap.notWaited(),
        repeat.repeats(),
        repeat.excess(),
        repeat.bound(),
        retries.size(),
        endings.size(),
        metrics.size(),
        repeat.tolls(),
        findings);
  }
}
