// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * All that the oracle judges.
 *
 * @param truth what was to be delivered
 * @param invocations what the function's service saw, in any order
 * @param crashes the processes that were killed; a planned stop is none
 * @param checkpoints all that completed, the savepoints of planned stops among them
 * @param terms what the job was told to do about calls of unknown fate
 */
public record Evidence(
    GroundTruth truth,
    List<Invocation> invocations,
    List<Crash> crashes,
    List<Checkpoint> checkpoints,
    Terms terms) {

  public Evidence {
    invocations = List.copyOf(invocations);
    crashes = List.copyOf(crashes);
    checkpoints = List.copyOf(checkpoints);
  }

  /**
   * A kill.
   *
   * @param at when
   * @param over when what it stopped was seen running again; until then a job whose JobManager died
   *     may go on calling without having noticed
   * @param processes who died; empty where the death restarts the whole job (a JobManager's)
   */
  public record Crash(long at, long over, Set<String> processes) {

    public Crash {
      processes = Set.copyOf(processes);
      if (over < at) {
        throw new IllegalArgumentException("a crash at %d, over at %d".formatted(at, over));
      }
    }

    /** The death of a process that called the function: only its own shards start again. */
    public static Crash ofProcess(long at, long over, String process) {
      return new Crash(at, over, Set.of(process));
    }

    /** The death of the process that runs the job: all shards start again. */
    public static Crash ofJob(long at, long over) {
      return new Crash(at, over, Set.of());
    }

    boolean wholeJob() {
      return processes.isEmpty();
    }

    /** True where this crash made the caller of an invocation forget it before a later moment. */
    boolean orphaned(Invocation earlier, long time) {
      return at <= time
          && (wholeJob() ? earlier.start() <= over : processes.contains(earlier.process()));
    }
  }

  /**
   * A completed checkpoint or savepoint. The moment of completion is only seen from outside, so it
   * is an interval, and each judgement takes the end of it that can convict no innocent.
   *
   * @param triggered not after the first state was snapshotted
   * @param acknowledged when the last task had answered: it was not complete before
   * @param complete when it was seen complete
   */
  public record Checkpoint(long triggered, long acknowledged, long complete) {

    public Checkpoint {
      if (triggered > acknowledged || acknowledged > complete) {
        throw new IllegalArgumentException(
            "a checkpoint triggered at %d, acknowledged at %d, complete at %d"
                .formatted(triggered, acknowledged, complete));
      }
    }
  }

  /**
   * What was agreed for calls of unknown fate.
   *
   * @param functionTimeout how long an invocation may run
   * @param waits true where the next attempt waits until a call of unknown fate has run into its
   *     timeout ({@code delivery.unknown-fate: wait})
   */
  public record Terms(Duration functionTimeout, boolean waits) {

    /**
     * The shortest time between two arrivals at the service of which the first was waited out. A
     * tenth less than the timeout: the first may have travelled longer than the second.
     */
    long waitedOut() {
      return functionTimeout.toNanos() / 1000 / 10 * 9;
    }
  }
}
