// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.FakeFunction;
import io.millrace.dispatch.lane.BatchLimits;
import io.millrace.dispatch.lane.Lane;
import io.millrace.model.ShardRecord;
import io.millrace.source.reader.TaskLink;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FlowGateTest {

  private static final int ENVELOPE = 50;

  /** Four envelopes: what a lane holds of which no pace is known. */
  private static final int ENOUGH = 4 * ENVELOPE;

  private static final long NOW = 1_000_000;

  private final TaskLink link = TaskLink.acquire(UUID.randomUUID().toString());
  private final Lane lane =
      new Lane("0", 0, new BatchLimits(ENVELOPE, 1 << 30, 1 << 30), FakeFunction.FORMAT, 0);
  private long sequence;

  @AfterEach
  void release() {
    link.release();
  }

  private FlowGate gate(long buffer) {
    return new FlowGate(link, buffer, ENVELOPE);
  }

  private void append(int records, int bytes) {
    for (int i = 0; i < records; i++) {
      lane.append(new ShardRecord("0", 0, sequence++, 0, 0, new byte[bytes], false), NOW);
    }
  }

  private void deliver() {
    lane.launch(NOW);
    lane.acknowledge();
  }

  @Test
  void closesAShardWhoseLaneHasEnoughAndOpensItHalfWay() {
    FlowGate gate = gate(64 << 20);
    append(ENOUGH - 1, 10);
    gate.regulate(lane, 1, NOW);
    assertThat(link.isOpen("0")).isTrue();
    append(1, 10);
    assertThat(gate.regulate(lane, 1, NOW)).isFalse();
    assertThat(link.isOpen("0")).isFalse();
    assertThat(gate.closed()).isEqualTo(1);
    deliver();
    gate.regulate(lane, 1, NOW);
    assertThat(link.isOpen("0")).isFalse();
    deliver();
    gate.regulate(lane, 1, NOW);
    assertThat(link.isOpen("0")).isTrue();
    assertThat(gate.closed()).isZero();
  }

  /** A lane that is full will stand still for long, one that has enough will not. */
  @Test
  void tellsALaneThatFillsItsShareOfTheBuffer() {
    FlowGate gate = gate(8 << 10);
    append(1, 2 << 10);
    assertThat(gate.regulate(lane, 1, NOW)).isTrue();
    assertThat(gate.regulate(lane, 1, NOW)).isFalse();
    assertThat(link.isOpen("0")).isFalse();
  }

  @Test
  void opensNothingThatIsHeld() {
    FlowGate gate = gate(64 << 20);
    append(ENOUGH, 10);
    gate.regulate(lane, 1, NOW);
    gate.hold("0");
    deliver();
    deliver();
    deliver();
    gate.regulate(lane, 1, NOW);
    assertThat(link.isOpen("0")).isFalse();
    gate.release("0");
    assertThat(link.isOpen("0")).isTrue();
  }

  @Test
  void aShardThatHasEndedIsOpenWhenItIsReadAgain() {
    FlowGate gate = gate(64 << 20);
    append(ENOUGH, 10);
    gate.regulate(lane, 1, NOW);
    gate.forget("0");
    assertThat(link.isOpen("0")).isTrue();
    assertThat(gate.closed()).isZero();
  }
}
