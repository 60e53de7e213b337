// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import io.millrace.e2e.oracle.Ledger;
import io.millrace.emulator.datahub.OffsetJournal;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.util.List;
import java.util.Map;

/**
 * A subscription's offsets, and what somebody besides the job does to them with DataHub's own SDK.
 */
public final class SubscriptionConsole implements PositionStore {

  private final DatahubClient client;
  private final String project;
  private final String topic;
  private final String id;
  private final OffsetJournal offsets;

  SubscriptionConsole(
      DatahubClient client, String project, String topic, String id, OffsetJournal offsets) {
    this.client = client;
    this.project = project;
    this.topic = topic;
    this.id = id;
    this.offsets = offsets;
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("source.subscription", id);
  }

  @Override
  public List<Ledger.Write> writes() {
    return accepted(offsets.entries(), id);
  }

  static List<Ledger.Write> accepted(List<OffsetJournal.Entry> entries, String subscription) {
    return entries.stream()
        .filter(entry -> entry.accepted() && entry.action() != OffsetJournal.Action.OPEN)
        .filter(entry -> entry.subscription().equals(subscription))
        .map(entry -> new Ledger.Write(entry.at(), entry.shard(), entry.sequence()))
        .toList();
  }

  @Override
  public FaultRule onWrites(FaultKind kind) {
    return FaultRule.of(FaultTarget.DATAHUB, kind).onOperation("commitSubscriptionOffset");
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
