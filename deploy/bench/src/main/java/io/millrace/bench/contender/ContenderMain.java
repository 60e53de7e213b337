// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.bench.scenario.Contender;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A contender's process. It runs until it is killed or until its standard input ends, which is when
 * the bench has ended.
 */
public final class ContenderMain {

  private ContenderMain() {}

  /**
   * Runs a contender.
   *
   * @param arguments its name and its assignment
   */
  public static void main(String[] arguments) throws Exception {
    Contender contender = Contender.named(arguments[0]).orElseThrow();
    Assignment assignment = Assignment.read(Path.of(arguments[1]));
    try {
      new Inspection(begin(contender, assignment)).serve();
    } catch (Throwable e) {
      // Before the process is halted: this is the reason that the bench shows.
      e.printStackTrace();
    } finally {
      // What it has begun goes on in threads of its own.
      Runtime.getRuntime().halt(1);
    }
  }

  /** Begins; with the cluster of those that are jobs. */
  private static Optional<Cluster> begin(Contender contender, Assignment assignment)
      throws Exception {
    return switch (contender) {
      case PLAIN_LOOP -> {
        PlainLoop.begin(assignment, new JdkFunction(assignment.invocations()));
        yield Optional.empty();
      }
      case BLOCKING_MAP -> Optional.of(FlinkPeers.blockingMap(assignment));
      case ORDERED_WAIT_1 -> Optional.of(FlinkPeers.orderedWait(assignment, 1));
      case ORDERED_WAIT_16 -> Optional.of(FlinkPeers.orderedWait(assignment, 16));
      case ASYNC_SINK -> Optional.of(FlinkPeers.asyncSink(assignment));
      case MILLRACE_NO_LEDGER -> Optional.of(MillraceJob.begin(assignment, MillraceJob.NO_LEDGER));
      case MILLRACE ->
          Optional.of(MillraceJob.begin(assignment, MillraceJob.ledger(assignment, "pipelined")));
      case MILLRACE_STRICT ->
          Optional.of(MillraceJob.begin(assignment, MillraceJob.ledger(assignment, "strict")));
      case LIMIT_TRANSPORT -> {
        TransportLimit.begin(assignment);
        yield Optional.empty();
      }
      case LIMIT_PIPELINE -> Optional.of(PipelineLimit.begin(assignment));
      case PLAIN_LOOP_FC_SDK, GETINDATA, LIMIT_FUNCTION ->
          throw new IllegalArgumentException(contender.wireName() + " is not run here");
    };
  }
}
