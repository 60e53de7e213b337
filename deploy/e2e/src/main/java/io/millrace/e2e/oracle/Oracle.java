// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges D1 to D6 from what the function's service saw. What each count means is written at the
 * rule that makes it: {@link OrderRule}, {@link OverlapRule}, {@link RepeatRule}, {@link
 * RetryRule}; a record is lost when no acknowledged invocation carried it (D3).
 */
public final class Oracle {

  private Oracle() {}

  /** The verdict on finished evidence; deterministic. */
  public static Verdict judge(Evidence evidence, EventReader events) {
    History history = new History(evidence.truth(), evidence.invocations(), events);
    List<Finding> findings = new ArrayList<>();

    long delivered = 0;
    long lost = 0;
    for (ShardHistory shard : history.shards()) {
      long missing = 0;
      String first = null;
      for (int i = 0; i < shard.size(); i++) {
        if (shard.acknowledged(i) != ShardHistory.NEVER) {
          delivered++;
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

    List<Finding> order = new OrderRule(history, evidence.checkpoints()).judge();
    findings.addAll(order);
    OverlapRule overlap = new OverlapRule(evidence);
    List<Finding> overlapping = overlap.judge(history);
    findings.addAll(overlapping);
    RepeatRule repeat = new RepeatRule(evidence);
    findings.addAll(repeat.judge(history));
    List<Finding> retries = RetryRule.judge(history, evidence.crashes());
    findings.addAll(retries);

    return new Verdict(
        evidence.truth().size(),
        delivered,
        evidence.invocations().size(),
        lost,
        order.size(),
        overlapping.size(),
        overlap.unknownFate(),
        repeat.repeats(),
        repeat.excess(),
        repeat.bound(),
        retries.size(),
        findings);
  }
}
