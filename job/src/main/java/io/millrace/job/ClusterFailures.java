// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.rest.util.RestClientException;

/** One line out of the nested exceptions of Flink's REST client. */
final class ClusterFailures {

  private ClusterFailures() {}

  static ClusterException refused(String what, Throwable failure) {
    return new ClusterException(what + ": " + reason(failure), failure);
  }

  /** Whether a savepoint was refused only because not all tasks run yet. */
  static boolean isOfTasksThatStart(ClusterException failure) {
    return failure
        .getMessage()
        .contains(CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING.message());
  }

  /**
   * What the JobManager said, without the stack traces it sends along; else the innermost cause.
   */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof ExecutionException
            || cause instanceof CompletionException
            || !(cause instanceof RestClientException))) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return lastCause(message);
  }

  /** The innermost cause of a stack trace in text, which is how Flink's REST interface tells it. */
  static String lastCause(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Caused by:"))
        .reduce((first, last) -> last)
        .map(line -> line.substring("Caused by:".length()).strip())
        .orElseGet(() -> text.lines().findFirst().orElse(""));
  }
}
