// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import java.util.List;
import java.util.Map;

/** What somebody besides the job does to its subscription, with DataHub's own SDK. */
public final class SubscriptionConsole {

  private final DatahubClient client;
  private final String project;
  private final String topic;
  private final String id;

  SubscriptionConsole(DatahubClient client, String project, String topic, String id) {
    this.client = client;
    this.project = project;
    this.topic = topic;
    this.id = id;
  }

  /** The subscription's id. */
  public String id() {
    return id;
  }

  /** Opens the session of shards, as a second consumer does: it ends the session before. */
  public void openSession(List<String> shards) {
    client.openSubscriptionSession(project, topic, id, shards);
  }

  /**
   * Resets the offset of a shard.
   *
   * @param sequence of the last record that is taken for consumed
   * @param time of that record
   */
  public void reset(String shard, long sequence, long time) {
    SubscriptionOffset offset = new SubscriptionOffset();
    offset.setSequence(sequence);
    offset.setTimestamp(time);
    client.resetSubscriptionOffset(project, topic, id, Map.of(shard, offset));
  }
}
