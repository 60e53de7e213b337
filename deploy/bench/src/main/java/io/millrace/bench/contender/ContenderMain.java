// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.bench.scenario.Contender;
import java.nio.file.Path;

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
      begin(contender, assignment);
      while (System.in.read() >= 0) {
        // Nothing is said to a contender.
      }
    } catch (Throwable e) {
      // Before the process is halted: this is the reason that the bench shows.
      e.printStackTrace();
    } finally {
      // What it has begun goes on in threads of its own.
      Runtime.getRuntime().halt(1);
    }
  }

  private static void begin(Contender contender, Assignment assignment) throws Exception {
    switch (contender) {
      case PLAIN_LOOP -> PlainLoop.begin(assignment);
      case BLOCKING_MAP -> FlinkPeers.blockingMap(assignment);
      case ORDERED_WAIT_1 -> FlinkPeers.orderedWait(assignment, 1);
      case ORDERED_WAIT_16 -> FlinkPeers.orderedWait(assignment, 16);
      case ASYNC_SINK -> FlinkPeers.asyncSink(assignment);
      case MILLRACE_NO_LEDGER -> MillraceJob.begin(assignment, MillraceJob.NO_LEDGER);
      case MILLRACE -> MillraceJob.begin(assignment, MillraceJob.ledger(assignment, "pipelined"));
      case MILLRACE_STRICT ->
          MillraceJob.begin(assignment, MillraceJob.ledger(assignment, "strict"));
      case LIMIT_TRANSPORT -> TransportLimit.begin(assignment);
      case LIMIT_PIPELINE -> PipelineLimit.begin(assignment);
      case GETINDATA, LIMIT_FUNCTION ->
          throw new IllegalArgumentException(contender.wireName() + " is not run here");
    }
  }
}
