// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import java.util.List;

/**
 * All that the oracle judges.
 *
 * @param truth what was to be delivered
 * @param invocations what the function's service saw, in any order
 * @param crashes what made shards start again from older state; a planned stop is none
 * @param checkpoints all that completed, the savepoints of planned stops among them
 * @param terms what the job was told to do about calls of unknown fate
 * @param ledger the positions that the job wrote down besides
 * @param moves where operators asked for shards to be moved
 * @param readings what the subtasks that ran in the end say of themselves; none where nobody asked
 */
public record Evidence(
    GroundTruth truth,
    List<Invocation> invocations,
    List<Crash> crashes,
    List<Checkpoint> checkpoints,
    Terms terms,
    Ledger ledger,
    List<Move> moves,
    List<TaskReading> readings) {

  public Evidence {
    invocations = List.copyOf(invocations);
    crashes = List.copyOf(crashes);
    checkpoints = List.copyOf(checkpoints);
    moves = List.copyOf(moves);
    readings = List.copyOf(readings);
  }

  /** Of a job whose metrics nobody has read. */
  public Evidence(
      GroundTruth truth,
      List<Invocation> invocations,
      List<Crash> crashes,
      List<Checkpoint> checkpoints,
      Terms terms,
      Ledger ledger,
      List<Move> moves) {
    this(truth, invocations, crashes, checkpoints, terms, ledger, moves, List.of());
  }

  /** Of a job without a ledger, whose shards nobody moved. */
  public Evidence(
      GroundTruth truth,
      List<Invocation> invocations,
      List<Crash> crashes,
      List<Checkpoint> checkpoints,
      Terms terms) {
    this(truth, invocations, crashes, checkpoints, terms, Ledger.NONE, List.of());
  }
}
