// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ControlClient.Tasks;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Optional;

/**
 * What the console asks of a Flink cluster. For use by one thread. Every call blocks until the
 * answer is there, and fails with a {@link io.millrace.job.ClusterException} whose message is a
 * line for the user; the next call may succeed.
 */
interface Cluster extends AutoCloseable {

  /** Opens one more way to the same cluster; does not fail where nobody answers. */
  interface Factory {
    Cluster open();
  }

  /** The jobs of this program, ended ones included. */
  List<TriggerJob> jobs();

  /** How a job stands: the document of {@code millrace status --json}. */
  ObjectNode status(TriggerJob job);

  /** How many of a job's tasks run. */
  Tasks tasks(TriggerJob job);

  /** Tells a job what to do; the same id again asks how far it is. */
  ObjectNode command(TriggerJob job, String id, Verb verb, Optional<String> shard);

  /** Gives up the event at the head of a shard, or a record of it; the same id again asks. */
  ObjectNode skip(TriggerJob job, String id, String shard, SkipTarget target);

  /** Asks where shards would go on; the same id again asks what was found so far. */
  ObjectNode survey(TriggerJob job, String id, Optional<String> shard, StartPosition place);

  @Override
  void close();
}
