// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.Evidence.Checkpoint;
import io.millrace.e2e.oracle.Evidence.Crash;
import io.millrace.e2e.oracle.Evidence.Terms;
import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * D6 without a ledger: a shard goes back only after a crash that concerns it, once for each, and
 * not behind the last checkpoint that was complete when it happened.
 *
 * <p>A shard <i>goes back</i> where an invocation carries records that had been acknowledged before
 * it started, and begins before the place where the one in front of it left off. What it then
 * carries again, until it passes the old end or goes back once more, is one replay; its repeats are
 * the distinct records of it that had been acknowledged.
 *
 * <p>A crash <i>concerns</i> a shard whose calls came from the killed process; the death of the
 * JobManager concerns all. It is settled by the next invocation of that shard from a process that
 * lives on; for a JobManager's death, by the first that goes back, or at latest the first after the
 * job was seen running again. A settled crash explains nothing more.
 *
 * <p>The <i>floor</i> of a crash in a shard is where the shard stood when that checkpoint was
 * triggered: at the first record of the last envelope acknowledged by then (that one counts as
 * repeatable, because its answer may still have been on its way to the caller), and not ahead of
 * the floor of a crash that was not settled then. A planned stop explains nothing, and its
 * savepoint counts among the checkpoints.
 *
 * <p>The <i>bound</i> is what the crashes could have explained: for each crash and shard that it
 * concerns, the records from the floor on that had been acknowledged when the shard went back, or
 * when the crash happened where it did not go back.
 */
final class RepeatRule {

  /** A crash as one shard sees it. */
  private static final class Damage {
    private final Crash crash;
    private final int floor;
    private final long settled;
    private final boolean wentBack;

    private Damage(Crash crash, int floor, long settled, boolean wentBack) {
      this.crash = crash;
      this.floor = floor;
      this.settled = settled;
      this.wentBack = wentBack;
    }
  }

  private final List<Crash> crashes;
  private final List<Checkpoint> checkpoints;
  private final Terms terms;
  private final List<Finding> findings = new ArrayList<>();
  private long repeats;
  private long excess;
  private long bound;

  RepeatRule(Evidence evidence) {
    this.crashes = evidence.crashes().stream().sorted(Comparator.comparingLong(Crash::at)).toList();
    this.checkpoints = evidence.checkpoints();
    this.terms = evidence.terms();
  }

  List<Finding> judge(History history) {
    for (ShardHistory shard : history.shards()) {
      List<Damage> damages = damages(shard);
      for (Damage damage : damages) {
        bound += repeatable(shard, damage);
      }
      replays(shard, damages);
    }
    return findings;
  }

  /** Acknowledged records that were invoked again. */
  long repeats() {
    return repeats;
  }

  /** Those that no crash explains. */
  long excess() {
    return excess;
  }

  /** How many the crashes could explain. */
  long bound() {
    return bound;
  }

  private List<Damage> damages(ShardHistory shard) {
    List<Damage> damages = new ArrayList<>();
    for (Crash crash : crashes) {
      if (!concerns(crash, shard)) {
        continue;
      }
      long settled = ShardHistory.NEVER;
      boolean wentBack = false;
      Delivery previous = null;
      for (Delivery delivery : shard.deliveries()) {
        if (delivery.start() >= crash.at()
            && !crash.processes().contains(delivery.invocation().process())) {
          wentBack = previous != null && goesBack(shard, previous, delivery);
          if (wentBack || !crash.wholeJob() || delivery.start() > crash.over()) {
            settled = delivery.start();
            break;
          }
        }
        previous = delivery;
      }
      damages.add(new Damage(crash, floor(shard, crash, damages), settled, wentBack));
    }
    return damages;
  }

  private static boolean concerns(Crash crash, ShardHistory shard) {
    if (crash.wholeJob()) {
      return true;
    }
    Delivery last = null;
    for (Delivery delivery : shard.deliveries()) {
      boolean theirs = crash.processes().contains(delivery.invocation().process());
      if (delivery.start() <= crash.at()) {
        last = delivery;
      } else if (theirs) {
        return true; // sent before the kill, arrived after
      }
    }
    return last != null && crash.processes().contains(last.invocation().process());
  }

  private int floor(ShardHistory shard, Crash crash, List<Damage> earlier) {
    long triggered =
        checkpoints.stream()
            .filter(checkpoint -> checkpoint.complete() <= crash.at())
            .mapToLong(Checkpoint::triggered)
            .max()
            .orElse(Long.MIN_VALUE);
    int floor = 0;
    for (Delivery delivery : shard.deliveries()) {
      if (delivery.start() > triggered) {
        break;
      }
      floor =
          delivery.acknowledgedBy(triggered) ? delivery.first() : Math.min(floor, delivery.first());
    }
    for (Damage damage : earlier) {
      if (damage.crash.at() <= triggered && damage.settled > triggered) {
        floor = Math.min(floor, damage.floor);
      }
    }
    return floor;
  }

  private static long repeatable(ShardHistory shard, Damage damage) {
    long until = damage.wentBack ? damage.settled : damage.crash.at();
    long count = 0;
    for (int i = damage.floor; i < shard.size(); i++) {
      if (shard.acknowledged(i) <= until) {
        count++;
      }
    }
    return count;
  }

  private void replays(ShardHistory shard, List<Damage> damages) {
    BitSet repeated = new BitSet();
    int floor = 0;
    Delivery previous = null;
    Delivery back = null;
    for (Delivery delivery : shard.deliveries()) {
      if (previous != null && goesBack(shard, previous, delivery)) {
        settle(shard, back, repeated, floor);
        repeated = new BitSet();
        back = delivery;
        floor =
            damages.stream()
                .filter(damage -> damage.wentBack && damage.settled == delivery.start())
                .mapToInt(damage -> damage.floor)
                .min()
                .orElse(shard.size());
      }
      for (int index : delivery.records()) {
        if (surely(shard, index) <= delivery.start()) {
          repeated.set(index);
          if (back == null) {
            back = delivery;
            floor = shard.size();
          }
        }
      }
      previous = delivery;
    }
    settle(shard, back, repeated, floor);
  }

  private void settle(ShardHistory shard, Delivery back, BitSet repeated, int floor) {
    if (repeated.isEmpty()) {
      return;
    }
    repeats += repeated.cardinality();
    long beyond = repeated.get(0, floor).cardinality();
    if (beyond > 0) {
      excess += beyond;
      findings.add(
          new Finding(
              Finding.Kind.EXCESS_REPEAT,
              shard.shard(),
              "invocation %d at %d went back to %s; %d of %d repeated records were acknowledged before any state that a crash explains"
                  .formatted(
                      back.invocation().id(),
                      back.start(),
                      shard.id(back.first()),
                      beyond,
                      repeated.cardinality())));
    }
  }

  /**
   * When a record was first acknowledged in time. An answer that came when the caller had given the
   * call up already was read by nobody, whatever the service believes: its fate is unknown.
   */
  private long surely(ShardHistory shard, int index) {
    long first = ShardHistory.NEVER;
    for (Invocation invocation : shard.carriers(index)) {
      long acknowledged = invocation.acknowledged();
      if (acknowledged < invocation.start() + terms.waitedOut()) {
        first = Math.min(first, acknowledged);
      }
    }
    return first;
  }

  private boolean goesBack(ShardHistory shard, Delivery previous, Delivery delivery) {
    int next = previous.acknowledgedBy(delivery.start()) ? previous.last() + 1 : previous.first();
    if (delivery.first() >= next) {
      return false;
    }
    for (int index : delivery.records()) {
      if (surely(shard, index) <= delivery.start()) {
        return true;
      }
    }
    return false;
  }
}
