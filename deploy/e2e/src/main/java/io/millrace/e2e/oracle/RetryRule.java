// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.List;

/**
 * D6, second half: while no crash comes between, a retry is the same bytes. A retry is an
 * invocation that begins with the record with which the one before it began without being
 * acknowledged. A planned stop is no excuse: what had been sealed is in its savepoint. An
 * operator's move is one: it drops what was sealed.
 */
final class RetryRule {

  private RetryRule() {}

  static List<Finding> judge(History history, Evidence evidence) {
    List<Finding> findings = new ArrayList<>();
    for (ShardHistory shard : history.shards()) {
      Delivery previous = null;
      for (Delivery delivery : shard.deliveries()) {
        if (previous != null
            && delivery.first() == previous.first()
            && !previous.acknowledgedBy(delivery.start())
            && !delivery.invocation().body().equals(previous.invocation().body())
            && !crashed(evidence.crashes(), previous.invocation(), delivery.invocation())
            && !moved(evidence.moves(), shard, previous, delivery)) {
          findings.add(
              new Finding(
                  Finding.Kind.CHANGED_RETRY,
                  shard.shard(),
                  "invocation %d is not the same bytes as %d, of which it is the retry"
                      .formatted(delivery.invocation().id(), previous.invocation().id())));
        }
        previous = delivery;
      }
    }
    return findings;
  }

  private static boolean crashed(List<Crash> crashes, Invocation earlier, Invocation later) {
    return crashes.stream().anyMatch(crash -> crash.forgot(earlier, later.start()));
  }

  private static boolean moved(
      List<Move> moves, ShardHistory shard, Delivery earlier, Delivery later) {
    return moves.stream()
        .anyMatch(
            move ->
                move.shard().equals(shard.shard())
                    && move.asked() <= later.start()
                    && move.durable() >= earlier.start());
  }
}
