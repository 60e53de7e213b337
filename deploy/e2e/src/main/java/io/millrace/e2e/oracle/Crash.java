// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What made shards start again from older state.
 *
 * @param at when
 * @param over when what it stopped was seen running again; until then a job whose JobManager died
 *     may go on calling without having noticed
 * @param processes who died or was given up; empty where the whole job restarts
 * @param lives whether it was only given up, and may have got shards again by then
 * @param thawed when they went on, where they were only frozen: whoever calls after that calls for
 *     shards that were taken from it
 * @param state from which the job was started, where that was not the last checkpoint
 */
public record Crash(
    long at,
    long over,
    Set<String> processes,
    boolean lives,
    OptionalLong thawed,
    Optional<State> state) {

  public Crash {
    processes = Set.copyOf(processes);
    if (over < at) {
      throw new IllegalArgumentException("a crash at %d, over at %d".formatted(at, over));
    }
  }

  /**
   * A savepoint from which a job was started by hand.
   *
   * @param triggered not after the first state was snapshotted
   * @param rewinds whether the job was told to believe it, and not the ledger
   */
  public record State(long triggered, boolean rewinds) {}

  /** The death of a process that called the function: only its own shards start again. */
  public static Crash ofProcess(long at, long over, String process) {
    return new Crash(at, over, Set.of(process), false, OptionalLong.empty(), Optional.empty());
  }

  /** The same, of a process that was stopped so long that it was given up, and then went on. */
  public static Crash ofFrozenProcess(long at, long over, String process, long thawed) {
    return new Crash(at, over, Set.of(process), false, OptionalLong.of(thawed), Optional.empty());
  }

  /** The same, of a process that was given up for want of heartbeats and lives. */
  public static Crash ofProcessGivenUp(long at, long over, String process) {
    return new Crash(at, over, Set.of(process), true, OptionalLong.empty(), Optional.empty());
  }

  /** The death of the process that runs the job: all shards start again. */
  public static Crash ofJob(long at, long over) {
    return new Crash(at, over, Set.of(), false, OptionalLong.empty(), Optional.empty());
  }

  /** A planned stop after which the job was started from an older savepoint. */
  public static Crash ofOldState(long at, long over, State state) {
    return new Crash(at, over, Set.of(), false, OptionalLong.empty(), Optional.of(state));
  }

  boolean wholeJob() {
    return processes.isEmpty();
  }

  /** True where the process of an invocation does not tell whether it was made before or after. */
  boolean settledByTime() {
    return wholeJob() || lives;
  }

  /** True where this crash left an invocation behind whose end nobody waited for. */
  boolean orphaned(Invocation earlier, long time) {
    return state.isEmpty() && forgot(earlier, time);
  }

  /** True where this crash made the caller of an invocation forget it before a later moment. */
  boolean forgot(Invocation earlier, long time) {
    return at <= time
        && (wholeJob() || processes.contains(earlier.process()))
        && (settledByTime() ? earlier.start() <= over : !isLate(earlier));
  }

  /** True for an invocation by a process that had been given up. */
  boolean isLate(Invocation invocation) {
    return thawed.isPresent()
        && invocation.start() >= thawed.getAsLong()
        && processes.contains(invocation.process());
  }

  /** True where a shard's calls came from what died. */
  boolean concerns(ShardHistory shard) {
    if (wholeJob()) {
      return true;
    }
    Invocation last = null;
    for (ShardHistory.Delivery delivery : shard.deliveries()) {
      Invocation invocation = delivery.invocation();
      if (invocation.start() <= at) {
        last = invocation;
      } else if (processes.contains(invocation.process())
          && !isLate(invocation)
          && (!lives || invocation.start() <= over)) {
        return true; // sent before the kill, arrived after
      }
    }
    return last != null && processes.contains(last.process());
  }
}
