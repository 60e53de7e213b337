// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import io.millrace.e2e.oracle.Course.Step;
import io.millrace.e2e.oracle.ShardHistory.Delivery;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * D6: a shard goes back only after a crash that concerns it, once for each, and not behind where
 * that crash can have put it.
 *
 * <p>A shard <i>goes back</i> where an invocation carries records that had been acknowledged before
 * it started, and begins before the place where the one in front of it left off. What it then
 * carries again, until it passes the old end or goes back once more, is one replay; its repeats are
 * the distinct records of it that had been acknowledged. What an operator's move goes back to is
 * delivered anew, and no repeat.
 *
 * <p>A crash <i>concerns</i> a shard whose calls came from the killed process; the death of the
 * JobManager concerns all. It is settled by the next invocation of that shard from a process that
 * lives on; for a JobManager's death, and for a process that was given up though it lives, by the
 * first that goes back, or at latest the first after the job was seen running again. A settled
 * crash explains nothing more.
 *
 * <p>The <i>floor</i> of a crash in a shard is where the shard stood when the last checkpoint was
 * triggered that was complete by then: at the first record of the last envelope acknowledged by
 * then (that one counts as repeatable, because its answer may still have been on its way to the
 * caller), and not ahead of the floor of a crash that was not settled then. With a ledger it is
 * behind the record that the ledger had accepted last, since the shard was moved or rewound, where
 * that is further ahead. While a move of the shard is not durable, the floor is not ahead of its
 * target. A planned stop explains nothing, and its savepoint counts among the checkpoints; a start
 * from an older savepoint is a crash whose last checkpoint is that one.
 *
 * <p>With a strict ledger there is at most one envelope between the floor and the crash: what one
 * replay repeats had come in one envelope.
 *
 * <p>The <i>bound</i> is what the crashes could have explained: for each crash and shard that it
 * concerns, the records from the floor on that had been acknowledged when the shard went back, or
 * when the crash happened where it did not go back.
 */
final class RepeatRule {

  /**
   * A crash as one shard sees it.
   *
   * @param oneEnvelope whether no more than one may be repeated
   */
  private record Damage(
      Crash crash, int floor, long settled, boolean wentBack, boolean oneEnvelope) {}

  private final List<Crash> crashes;
  private final List<Checkpoint> checkpoints;
  private final Ledger ledger;
  private final List<Finding> findings = new ArrayList<>();
  private final List<Toll> tolls = new ArrayList<>();
  private long repeats;
  private long excess;
  private long bound;

  RepeatRule(Evidence evidence) {
    this.crashes = evidence.crashes().stream().sorted(Comparator.comparingLong(Crash::at)).toList();
    this.checkpoints = evidence.checkpoints();
    this.ledger = evidence.ledger();
  }

  List<Finding> judge(Map<ShardHistory, Course> courses) {
    courses.forEach(
        (shard, course) -> {
          List<Damage> damages = damages(shard, course);
          for (Damage damage : damages) {
            long explained = repeatable(shard, damage);
            bound += explained;
            tolls.add(new Toll(damage.crash().at(), 0, explained));
          }
          replays(shard, course, damages);
        });
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

  /** The same, each where it was made or could be explained. */
  List<Toll> tolls() {
    return tolls;
  }

  /** How many the crashes could explain. */
  long bound() {
    return bound;
  }

  private List<Damage> damages(ShardHistory shard, Course course) {
    List<Damage> damages = new ArrayList<>();
    for (Crash crash : crashes) {
      if (!course.crashes().contains(crash)) {
        continue;
      }
      long settled = ShardHistory.NEVER;
      boolean wentBack = false;
      for (Delivery delivery : shard.deliveries()) {
        if (delivery.start() >= crash.at()
            && (crash.settledByTime()
                || !crash.processes().contains(delivery.invocation().process()))) {
          wentBack = goesBack(course, delivery);
          if (wentBack || !crash.settledByTime() || delivery.start() > crash.over()) {
            settled = delivery.start();
            break;
          }
        }
      }
      boolean oneEnvelope =
          ledger.mode() == Ledger.Mode.STRICT && !rewinds(crash) && !course.isMovingAt(crash.at());
      damages.add(
          new Damage(crash, floor(shard, course, crash, damages), settled, wentBack, oneEnvelope));
    }
    return damages;
  }

  private static boolean goesBack(Course course, Delivery delivery) {
    Step step = course.step(delivery);
    return step == Step.BACK || (step == Step.RETURNED && !course.repeated(delivery).isEmpty());
  }

  private static boolean rewinds(Crash crash) {
    return crash.state().map(Crash.State::rewinds).orElse(false);
  }

  private int floor(ShardHistory shard, Course course, Crash crash, List<Damage> earlier) {
    int floor = floorOfState(shard, course, crash, earlier);
    if (!rewinds(crash)) {
      OptionalLong written =
          ledger.delivered(shard.shard(), turned(course, crash.at()), crash.at());
      if (written.isPresent()) {
        floor = Math.max(floor, shard.firstFrom(written.getAsLong() + 1));
      }
    }
    return course.notAheadOfMovesAt(crash.at(), floor);
  }

  /** When the shard last turned from where the ledger had it: what it said before is void. */
  private long turned(Course course, long time) {
    return crashes.stream()
        .filter(crash -> rewinds(crash) && crash.at() <= time)
        .mapToLong(Crash::at)
        .reduce(course.movedBefore(time), Math::max);
  }

  private int floorOfState(ShardHistory shard, Course course, Crash crash, List<Damage> earlier) {
    long triggered =
        crash
            .state()
            .map(Crash.State::triggered)
            .orElseGet(
                () ->
                    checkpoints.stream()
                        .filter(checkpoint -> checkpoint.complete() <= crash.at())
                        .mapToLong(Checkpoint::triggered)
                        .max()
                        .orElse(Long.MIN_VALUE));
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
    return course.notAheadOfMovesIn(triggered, floor);
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

  /**
   * One replay while it is read.
   *
   * @param back the invocation that went back
   * @param envelopes in which the repeated records had come
   */
  private record Replay(
      Delivery back, int floor, boolean oneEnvelope, BitSet repeated, Set<Long> envelopes) {

    static Replay of(Delivery back, int floor, boolean oneEnvelope) {
      return new Replay(back, floor, oneEnvelope, new BitSet(), new HashSet<>());
    }
  }

  private void replays(ShardHistory shard, Course course, List<Damage> damages) {
    Replay replay = null;
    for (Delivery delivery : shard.deliveries()) {
      if (goesBack(course, delivery)) {
        settle(shard, replay);
        replay = replay(shard, delivery, damages);
      }
      BitSet again = course.repeated(delivery);
      if (!again.isEmpty()) {
        if (replay == null) {
          replay = Replay.of(delivery, shard.size(), false);
        }
        replay.repeated().or(again);
        replay.envelopes().addAll(course.envelopes(delivery));
      }
    }
    settle(shard, replay);
  }

  private static Replay replay(ShardHistory shard, Delivery back, List<Damage> damages) {
    int floor = shard.size();
    boolean oneEnvelope = true;
    for (Damage damage : damages) {
      if (damage.wentBack && damage.settled == back.start()) {
        floor = Math.min(floor, damage.floor);
        oneEnvelope &= damage.oneEnvelope;
      }
    }
    return Replay.of(back, floor, oneEnvelope);
  }

  private void settle(ShardHistory shard, Replay replay) {
    if (replay == null || replay.repeated().isEmpty()) {
      return;
    }
    int all = replay.repeated().cardinality();
    repeats += all;
    tolls.add(new Toll(replay.back().start(), all, 0));
    long beyond = replay.repeated().get(0, replay.floor()).cardinality();
    if (beyond > 0) {
      exceed(
          shard,
          replay,
          beyond,
          "%d of %d repeated records were acknowledged before any state that a crash explains"
              .formatted(beyond, all));
    } else if (replay.oneEnvelope() && replay.envelopes().size() > 1) {
      exceed(
          shard,
          replay,
          all,
          "the %d repeated records had come in %d envelopes, a strict ledger explains one"
              .formatted(all, replay.envelopes().size()));
    }
  }

  private void exceed(ShardHistory shard, Replay replay, long records, String what) {
    excess += records;
    findings.add(
        new Finding(
            Finding.Kind.EXCESS_REPEAT,
            shard.shard(),
            "invocation %d at %d went back to %s; %s"
                .formatted(
                    replay.back().invocation().id(),
                    replay.back().start(),
                    shard.id(replay.back().first()),
                    what)));
  }
}
