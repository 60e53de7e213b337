// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * How each invocation of a shard follows the one in front of it, once what operators asked for is
 * taken into account.
 *
 * <p>A move lets the shard jump once, to exactly its target, from when it was asked for until it is
 * durable. A crash before it is durable may undo it: then the shard may go on where it had been,
 * and jump again. What a jump passes over is left out and not lost; what it goes back to is
 * delivered anew, and no repeat.
 */
final class Course {

  /** How an invocation follows the one in front of it. */
  enum Step {
    /** In any way that explains itself, or that {@link OrderRule} has to judge. */
    ON,
    /** It carries records again that had been acknowledged. */
    BACK,
    /** To the target of a move. */
    MOVED,
    /** From the target of a move to where the shard had been before, after a crash. */
    RETURNED
  }

  private static final class Permit {
    private final Move move;
    private final int target;
    private long used = ShardHistory.NEVER;
    private boolean over;

    private Permit(Move move, int target) {
      this.move = move;
      this.target = target;
    }
  }

  private final ShardHistory shard;
  private final Terms terms;
  private final List<Crash> crashes;
  private final List<Permit> permits = new ArrayList<>();
  private final NavigableSet<Long> jumps = new TreeSet<>();
  private final Map<Long, Step> steps = new HashMap<>();
  private final Map<Long, BitSet> repeated = new HashMap<>();

  /** By invocation: which envelopes its repeated records had come in. */
  private final Map<Long, Set<Long>> envelopes = new HashMap<>();

  /**
   * When and by which invocation each record was first acknowledged in time, since the last move.
   */
  private long[] acknowledged;

  private long[] carrier;

  /** The same, and what was due, before the last move. */
  private long[] acknowledgedBefore;

  private long[] carrierBefore;
  private int dueBefore;

  Course(ShardHistory shard, Evidence evidence) {
    this.shard = shard;
    this.terms = evidence.terms();
    this.crashes = evidence.crashes().stream().filter(crash -> crash.concerns(shard)).toList();
    for (Move move : evidence.moves()) {
      if (move.shard().equals(shard.shard())) {
        permits.add(new Permit(move, shard.firstFrom(move.sequence())));
      }
    }
    acknowledged = new long[shard.size()];
    carrier = new long[shard.size()];
    Arrays.fill(acknowledged, ShardHistory.NEVER);
    acknowledgedBefore = acknowledged.clone();
    carrierBefore = carrier.clone();
    walk();
  }

  /** The crashes that concern the shard. */
  List<Crash> crashes() {
    return crashes;
  }

  Step step(Delivery delivery) {
    return steps.get(delivery.invocation().id());
  }

  /** The records of an invocation that had been acknowledged. */
  BitSet repeated(Delivery delivery) {
    return repeated.get(delivery.invocation().id());
  }

  /** The invocations that had brought those records. */
  Set<Long> envelopes(Delivery delivery) {
    return envelopes.get(delivery.invocation().id());
  }

  /** When the shard last jumped to the target of a move; before all times if it never did. */
  long movedBefore(long time) {
    return jumps.headSet(time, true).isEmpty() ? Long.MIN_VALUE : jumps.headSet(time, true).last();
  }

  /** True where a crash may have met the shard between two places. */
  boolean isMovingAt(long time) {
    return permits.stream().anyMatch(permit -> permit.move.isOpenAt(time));
  }

  /** The smaller of a place and the targets of the moves that were under way at a time. */
  int notAheadOfMovesAt(long time, int place) {
    int least = place;
    for (Permit permit : permits) {
      if (permit.move.isOpenAt(time)) {
        least = Math.min(least, permit.target);
      }
    }
    return least;
  }

  /** The same of the moves that a state of that time may know, though no invocation shows it. */
  int notAheadOfMovesIn(long time, int place) {
    int least = place;
    for (Permit permit : permits) {
      if (permit.move.asked() <= time && permit.used > time) {
        least = Math.min(least, permit.target);
      }
    }
    return least;
  }

  private void walk() {
    Delivery previous = null;
    List<Delivery> underWay = new ArrayList<>();
    for (Delivery delivery : shard.deliveries()) {
      for (Iterator<Delivery> earlier = underWay.iterator(); earlier.hasNext(); ) {
        if (settle(earlier.next(), delivery.start())) {
          earlier.remove();
        }
      }
      int due = due(previous, delivery);
      Step step = step(previous, delivery, due);
      note(delivery);
      steps.put(delivery.invocation().id(), step);
      underWay.add(delivery);
      previous = delivery;
    }
  }

  /** Enters an acknowledgement once it lies behind; false while it may still come. */
  private boolean settle(Delivery delivery, long time) {
    long at = delivery.invocation().acknowledged();
    // An answer that came when the caller had given the call up was read by nobody, whatever the
    // service believes: its fate is unknown.
    if (at >= delivery.start() + terms.waitedOut()) {
      return true;
    }
    if (at > time) {
      return false;
    }
    for (int index : delivery.records()) {
      if (at < acknowledged[index]) {
        acknowledged[index] = at;
        carrier[index] = delivery.invocation().id();
      }
    }
    return true;
  }

  private static int due(Delivery previous, Delivery delivery) {
    if (previous == null) {
      return 0;
    }
    return previous.acknowledgedBy(delivery.start()) ? previous.last() + 1 : previous.first();
  }

  private Step step(Delivery previous, Delivery delivery, int due) {
    if (delivery.first() != due) {
      for (Permit permit : permits) {
        if (permit.target == delivery.first() && mayUse(permit, delivery.start())) {
          move(permit, delivery, due);
          return Step.MOVED;
        }
      }
      if (previous != null && delivery.first() > due && mayReturn(delivery)) {
        giveBack();
        return Step.RETURNED;
      }
    }
    for (Permit permit : permits) {
      // It is in the state for good, so what comes after it shows where the shard is.
      permit.over |= delivery.start() > permit.move.durable();
    }
    return previous != null && delivery.first() < due && carriesAcknowledged(delivery)
        ? Step.BACK
        : Step.ON;
  }

  private boolean mayUse(Permit permit, long time) {
    if (permit.over || time < permit.move.asked()) {
      return false;
    }
    return permit.used == ShardHistory.NEVER || undone(permit, time);
  }

  private boolean undone(Permit permit, long time) {
    return crashes.stream()
        .anyMatch(
            crash ->
                crash.over() >= permit.used
                    && crash.at() <= time
                    && permit.move.isOpenAt(crash.at()));
  }

  private boolean mayReturn(Delivery delivery) {
    return delivery.first() <= dueBefore
        && permits.stream()
            .anyMatch(
                permit ->
                    permit.used != ShardHistory.NEVER
                        && permit.used <= delivery.start()
                        && undone(permit, delivery.start()));
  }

  private void move(Permit permit, Delivery delivery, int due) {
    permit.used = delivery.start();
    jumps.add(delivery.start());
    acknowledgedBefore = acknowledged.clone();
    carrierBefore = carrier.clone();
    dueBefore = due;
    Arrays.fill(acknowledged, delivery.first(), acknowledged.length, ShardHistory.NEVER);
    for (int i = due; i < delivery.first(); i++) {
      shard.leaveOut(i);
    }
  }

  private void giveBack() {
    for (int i = 0; i < acknowledged.length; i++) {
      if (acknowledgedBefore[i] < acknowledged[i]) {
        acknowledged[i] = acknowledgedBefore[i];
        carrier[i] = carrierBefore[i];
      }
    }
  }

  private boolean carriesAcknowledged(Delivery delivery) {
    return delivery.records().stream().anyMatch(index -> acknowledged[index] <= delivery.start());
  }

  private void note(Delivery delivery) {
    BitSet again = new BitSet();
    Set<Long> from = new HashSet<>();
    for (int index : delivery.records()) {
      if (acknowledged[index] <= delivery.start()) {
        again.set(index);
        from.add(carrier[index]);
      }
    }
    repeated.put(delivery.invocation().id(), again);
    envelopes.put(delivery.invocation().id(), from);
  }
}
