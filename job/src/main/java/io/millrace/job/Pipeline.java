// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job's graph: one source, one sink, one chain of tasks. */
public final class Pipeline {

  /** Fixed, because it is part of the format of the state. */
  static final int MAX_PARALLELISM = 1024;

  /** The job's global parameter that names the sink's uid. */
  static final String SINK_UID_PARAMETER = "millrace.sink-uid";

  /** The job's global parameter that names the trigger. */
  static final String TRIGGER_PARAMETER = "millrace.trigger";

  private Pipeline() {}

  static void build(StreamExecutionEnvironment env, TriggerSpec spec) {
    throw new UnsupportedOperationException(env + spec.name());
  }
}
