// SPDX-License-Identifier: Apache-2.0
package io.millrace.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Verb;
import io.millrace.dispatch.lane.SkipTarget;
import io.millrace.job.ClusterAddress;
import io.millrace.job.ControlClient;
import io.millrace.job.ControlClient.Tasks;
import io.millrace.job.TriggerJob;
import io.millrace.model.StartPosition;
import java.util.List;
import java.util.Optional;

/** A cluster behind Flink's REST interface; the connection is made when it is first needed. */
final class FlinkCluster implements Cluster {

  private final ClusterAddress address;
  private Optional<ControlClient> client = Optional.empty();

  FlinkCluster(ClusterAddress address) {
    this.address = address;
  }

  @Override
  public List<TriggerJob> jobs() {
    return client().jobs();
  }

  @Override
  public ObjectNode status(TriggerJob job) {
    return client().status(job);
  }

  @Override
  public Tasks tasks(TriggerJob job) {
    return client().tasks(job.id());
  }

  @Override
  public ObjectNode command(TriggerJob job, String id, Verb verb, Optional<String> shard) {
    return client().command(job, id, verb, shard);
  }

  @Override
  public ObjectNode skip(TriggerJob job, String id, String shard, SkipTarget target) {
    return client().skip(job, id, shard, target);
  }

  @Override
  public ObjectNode survey(TriggerJob job, String id, Optional<String> shard, StartPosition place) {
    return client().survey(job, id, shard, place);
  }

  private ControlClient client() {
    if (client.isEmpty()) {
      client = Optional.of(ControlClient.connect(address));
    }
    return client.get();
  }

  @Override
  public void close() {
    client.ifPresent(ControlClient::close);
  }
}
