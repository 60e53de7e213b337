// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.runtime;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;

/**
 * What a reader knows about the task it runs in, and Flink's reader context does not offer.
 *
 * @param job id of the job
 * @param attempt id of the task's execution attempt
 * @param maxParallelism of the job vertex
 */
@Internal
public record TaskFacts(String job, String attempt, int maxParallelism) {

  /** Reads the facts out of the context that Flink gives to a reader. */
  public static TaskFacts of(SourceReaderContext context) {
    if (!(context instanceof RichSourceReaderContext rich)) {
      throw new IllegalStateException(
          "this version of Flink gives readers no runtime context: " + context.getClass());
    }
    return new TaskFacts(
        jobOf(context.metricGroup()),
        variable(context.metricGroup(), ScopeFormat.SCOPE_TASK_ATTEMPT_ID),
        rich.getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
  }

  /** The id of the job that a metric group belongs to. */
  public static String jobOf(MetricGroup group) {
    return variable(group, ScopeFormat.SCOPE_JOB_ID);
  }

  private static String variable(MetricGroup group, String name) {
    String value = group.getAllVariables().get(name);
    if (value == null) {
      throw new IllegalStateException("Flink's metric group has no variable " + name);
    }
    return value;
  }
}
