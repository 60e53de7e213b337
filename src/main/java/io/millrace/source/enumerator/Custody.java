// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.source.ShardSplit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Where every split is: waiting here for its owner, held by its owner, or awaited in the report of
 * a reader that restarts. Exactly one of the three, always; and a split goes to its owner only.
 *
 * <p>The rule of recovery. A restored reader holds nothing: it reports the splits of its state,
 * dealt to it without regard to owners, and is assigned what it owns. At the start of a restored
 * job all readers report before anything is assigned. Later a reader comes back alone; then it gets
 * what Flink gave back, and of its report only its own splits that were not given back: the others
 * belong to readers that are alive.
 *
 * <p>Plain and confined to one thread. Waiting splits are checkpointed, with their positions. While
 * a split is awaited, nobody here knows its position and no checkpoint may be taken.
 */
final class Custody {

  /** A split without a reader; {@code durableIn} is the first checkpoint that has it. */
  private record Waiting(ShardSplit split, boolean untilDurable, long durableIn) {}

  private static final long NO_CHECKPOINT = Long.MAX_VALUE;

  private final int parallelism;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private final Map<String, Integer> held = new HashMap<>();

  /** Splits in the state of a reader that has not reported. */
  private final Map<String, Integer> awaited = new HashMap<>();

  /** Splits in the restored state of some reader, until all have reported. */
  private final Set<String> scattered;

  private final Set<Integer> reported = new HashSet<>();
  private boolean gathering;

  private Custody(int parallelism, Collection<String> scattered, boolean gathering) {
    this.parallelism = parallelism;
    this.scattered = new HashSet<>(scattered);
    this.gathering = gathering;
  }

  /** Custody of a job that starts from nothing. */
  static Custody fresh(int parallelism) {
    return new Custody(parallelism, List.of(), false);
  }

  /**
   * Custody of a restored job.
   *
   * @param kept splits that waited when the checkpoint was taken
   * @param scattered ids of the splits that readers held then
   */
  static Custody restored(
      int parallelism, Collection<ShardSplit> kept, Collection<String> scattered) {
    Custody custody = new Custody(parallelism, scattered, true);
    kept.forEach(split -> custody.keep(split, false));
    return custody;
  }

  /** Takes in a split that no reader ever had; {@code untilDurable} holds it back until then. */
  void add(ShardSplit split, boolean untilDurable) {
    keep(split, untilDurable);
  }

  private void keep(ShardSplit split, boolean untilDurable) {
    waiting.put(split.shard(), new Waiting(split, untilDurable, NO_CHECKPOINT));
  }

  /**
   * A reader was set back to the last completed checkpoint.
   *
   * @param back what was assigned to it since that checkpoint
   * @return ids of all splits it held
   */
  List<String> setBack(int subtask, List<ShardSplit> back) {
    List<String> lost = new ArrayList<>();
    held.forEach(
        (shard, holder) -> {
          if (holder == subtask) {
            lost.add(shard);
          }
        });
    for (String shard : lost) {
      held.remove(shard);
      awaited.put(shard, subtask);
    }
    for (ShardSplit split : back) {
      awaited.remove(split.shard());
      keep(split, false);
    }
    return lost;
  }

  /**
   * A reader has registered and reports the splits of its restored state.
   *
   * @param retired tells the splits that need no reader any more
   * @return the splits that wait here because of this report
   * @throws IllegalStateException when a split is nowhere; going on would lose its position
   */
  List<ShardSplit> reported(int subtask, List<ShardSplit> splits, Predicate<String> retired) {
    List<ShardSplit> taken = new ArrayList<>();
    if (gathering) {
      for (ShardSplit split : splits) {
        scattered.remove(split.shard());
        if (!retired.test(split.shard()) && !waiting.containsKey(split.shard())) {
          taken.add(split);
        }
      }
      taken.forEach(split -> keep(split, false));
      reported.add(subtask);
      if (reported.size() == parallelism) {
        gathering = false;
        requireNone(scattered, "no reader has them in its state");
      }
      return taken;
    }
    for (ShardSplit split : splits) {
      if (awaited.getOrDefault(split.shard(), -1) == subtask) {
        awaited.remove(split.shard());
        taken.add(split);
      }
    }
    taken.forEach(split -> keep(split, false));
    requireNone(
        awaited.entrySet().stream()
            .filter(each -> each.getValue() == subtask)
            .map(Map.Entry::getKey)
            .toList(),
        "reader " + subtask + " came back without them");
    return taken;
  }

  private static void requireNone(Collection<String> lost, String reason) {
    if (!lost.isEmpty()) {
      throw new IllegalStateException(
          "the positions of shards "
              + lost
              + " are lost: "
              + reason
              + "; the checkpoint is damaged");
    }
  }

  /** Hands every split that can go to its owner, where {@code present} says the owner is there. */
  Map<Integer, List<ShardSplit>> handOver(IntPredicate present) {
    Map<Integer, List<ShardSplit>> assignment = new TreeMap<>();
    if (gathering) {
      return assignment;
    }
    waiting
        .values()
        .removeIf(
            each -> {
              int owner = Placement.owner(each.split(), parallelism);
              if (each.untilDurable() || !present.test(owner)) {
                return false;
              }
              assignment.computeIfAbsent(owner, subtask -> new ArrayList<>()).add(each.split());
              held.put(each.split().shard(), owner);
              return true;
            });
    return assignment;
  }

  /** True when this reader holds the split. */
  boolean isHeld(String shard, int subtask) {
    return held.getOrDefault(shard, -1) == subtask;
  }

  /**
   * Forgets a split that needs no reader any more.
   *
   * @return the reader that holds it, or −1
   */
  int retire(String shard) {
    waiting.remove(shard);
    awaited.remove(shard);
    Integer holder = held.remove(shard);
    return holder == null ? -1 : holder;
  }

  /**
   * The splits that wait, for a checkpoint.
   *
   * @throws IllegalStateException when a reader has yet to report; the checkpoint would lack its
   *     positions
   */
  List<ShardSplit> snapshot(long checkpoint) {
    if (gathering || !awaited.isEmpty()) {
      throw new IllegalStateException(
          "checkpoint " + checkpoint + " is declined: not all readers are back");
    }
    waiting.replaceAll(
        (shard, each) ->
            each.durableIn() == NO_CHECKPOINT
                ? new Waiting(each.split(), each.untilDurable(), checkpoint)
                : each);
    return waiting.values().stream().map(Waiting::split).toList();
  }

  /** How many splits wait; about right on any thread, for metrics. */
  long waitingSplits() {
    return waiting.size();
  }

  /** A checkpoint was completed: splits in it are held back no longer. */
  void completed(long checkpoint) {
    waiting.replaceAll(
        (shard, each) ->
            each.durableIn() <= checkpoint ? new Waiting(each.split(), false, checkpoint) : each);
  }
}
