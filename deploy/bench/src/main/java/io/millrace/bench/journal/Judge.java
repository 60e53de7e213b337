// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges the order of calls as the oracle of {@code prove} does, for rounds without a crash, and at
 * a cost of bits rather than of objects a record. The sequences of each shard begin with 0 and have
 * no gaps.
 *
 * <p>A round is broken off while calls are open, so what is not acknowledged in the end need not be
 * lost: only what was passed by long ago is.
 */
public final class Judge {

  /** Longer than any contender waits before it tries again. */
  public static final long SETTLED_MICROS = 2_000_000;

  private final Map<Integer, Track> tracks = new HashMap<>();
  private long repeats;
  private long outOfOrder;
  private long overlapping;

  private Judge() {}

  /** What is known of a shard at one moment. */
  private static final class Track {
    private final BitSet acknowledged = new BitSet();
    private int frontier;
    private int open;
    private int settled;

    void acknowledge(Run run) {
      acknowledged.set((int) run.first(), (int) run.next());
      frontier = acknowledged.nextClearBit(frontier);
    }

    int repeated(Run run) {
      int count = 0;
      for (int i = acknowledged.nextSetBit((int) run.first());
          i >= 0 && i < run.next();
          i = acknowledged.nextSetBit(i + 1)) {
        count++;
      }
      return count;
    }

    long lost() {
      return (long) settled - acknowledged.get(0, settled).cardinality();
    }
  }

  private record Event(long at, boolean begins, Call call) {

    /**
     * Which of what happened within one microsecond came first: an end is noted before its answer
     * is sent, so what it causes begins no sooner.
     */
    int turn() {
      boolean instant = call.start() == call.end();
      return instant ? 1 : begins ? 2 : 0;
    }
  }

  /**
   * The verdict.
   *
   * @param calls in any order
   * @param over when the round was broken off, in microseconds since 1970
   */
  public static Verdict judge(List<Call> calls, long over) {
    List<Event> events = new ArrayList<>(calls.size() * 2);
    for (Call call : calls) {
      events.add(new Event(call.start(), true, call));
      if (call.end() != 0) {
        events.add(new Event(call.end(), false, call));
      }
    }
    events.sort(Comparator.comparingLong(Event::at).thenComparingInt(Event::turn));
    Judge judge = new Judge();
    for (Event event : events) {
      if (event.begins()) {
        judge.begin(event.call());
      } else {
        judge.end(event.call(), over);
      }
    }
    long lost = judge.tracks.values().stream().mapToLong(Track::lost).sum();
    return new Verdict(lost, judge.repeats, judge.outOfOrder, judge.overlapping);
  }

  private Track track(int shard) {
    return tracks.computeIfAbsent(shard, first -> new Track());
  }

  private void begin(Call call) {
    boolean early = false;
    boolean overlaps = false;
    // Where each shard is due within this event, which may hold it in several pieces.
    Map<Track, Long> due = new HashMap<>();
    for (Run run : call.runs()) {
      Track track = track(run.shard());
      overlaps |= track.open > 0;
      early |= run.first() > due.getOrDefault(track, (long) track.frontier);
      repeats += track.repeated(run);
      due.merge(track, Math.max(run.next(), track.frontier), Math::max);
    }
    due.keySet().forEach(track -> track.open++);
    outOfOrder += early ? 1 : 0;
    overlapping += overlaps ? 1 : 0;
  }

  private void end(Call call, long over) {
    Set<Track> touched = new HashSet<>();
    for (Run run : call.runs()) {
      Track track = track(run.shard());
      touched.add(track);
      if (call.ok()) {
        track.acknowledge(run);
        if (call.end() < over - SETTLED_MICROS) {
          track.settled = Math.max(track.settled, (int) run.next());
        }
      }
    }
    touched.forEach(track -> track.open--);
  }
}
