// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * Tells a job that is started from the state of another one from a job that goes on after a
 * failure: the id of the job is in its own state. Each subtask writes it, and is given what all
 * wrote, so that a rescaling loses it to none.
 */
final class StartMark {

  private static final ListStateDescriptor<String> JOB =
      new ListStateDescriptor<>("job", StringSerializer.INSTANCE);

  private final boolean isNew;

  /** Looks into what was restored, and leaves the mark for those who restore later. */
  StartMark(OperatorStateStore state, String job) throws Exception {
    ListState<String> jobs = state.getUnionListState(JOB);
    boolean found = false;
    for (String before : jobs.get()) {
      found |= before.equals(job);
    }
    this.isNew = !found;
    jobs.update(List.of(job));
  }

  /** True before the first completed checkpoint of this job. */
  boolean isNew() {
    return isNew;
  }
}
