// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.lane.LaneSnapshot;
import io.millrace.dispatch.lane.LastError;
import io.millrace.dispatch.lane.LedgerMark;
import io.millrace.model.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Form 2: the components of {@link LaneSnapshot} in their order. Form 1, written by 0.1 without a
 * ledger, ends before the ledger's and the last move's.
 */
public final class LaneSnapshotSerializer extends VersionedSerializer<LaneSnapshot> {

  private static final long serialVersionUID = 1L;

  /** The one instance. */
  public static final LaneSnapshotSerializer INSTANCE = new LaneSnapshotSerializer();

  private LaneSnapshotSerializer() {}

  @Override
  int version() {
    return 2;
  }

  @Override
  void write(LaneSnapshot lane, DataOutputView out) throws IOException {
    out.writeUTF(lane.shard());
    out.writeLong(lane.head());
    out.writeLong(lane.tail());
    out.writeInt(lane.sealed());
    out.writeInt(lane.attempts());
    out.writeLong(lane.notBefore());
    out.writeBoolean(lane.suspended());
    out.writeBoolean(lane.ended());
    out.writeBoolean(lane.delivered().isPresent());
    if (lane.delivered().isPresent()) {
      write(lane.delivered().get(), out);
    }
    out.writeBoolean(lane.lastError().isPresent());
    if (lane.lastError().isPresent()) {
      LastError error = lane.lastError().get();
      out.writeUTF(error.message());
      out.writeBoolean(error.requestId() != null);
      if (error.requestId() != null) {
        out.writeUTF(error.requestId());
      }
      out.writeLong(error.at());
    }
    out.writeLong(lane.envelopes());
    out.writeLong(lane.records());
    out.writeLong(lane.repeated());
    LedgerMark ledger = lane.ledger();
    out.writeUTF(ledger.ledger());
    out.writeLong(ledger.version());
    out.writeInt(ledger.past().size());
    for (Position before : ledger.past()) {
      write(before, out);
    }
    out.writeUTF(ledger.rewoundIn());
    out.writeUTF(lane.movedBy());
  }

  @Override
  LaneSnapshot read(int version, DataInputView in) throws IOException {
    if (version != 1 && version != 2) {
      throw unknown(version);
    }
    return new LaneSnapshot(
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readBoolean(),
        in.readBoolean(),
        in.readBoolean()
            ? Optional.of(new Position(in.readLong(), in.readInt(), in.readLong()))
            : Optional.empty(),
        in.readBoolean()
            ? Optional.of(
                new LastError(in.readUTF(), in.readBoolean() ? in.readUTF() : null, in.readLong()))
            : Optional.empty(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        version == 1 ? LedgerMark.NONE : readMark(in),
        version == 1 ? "" : in.readUTF());
  }

  private static void write(Position position, DataOutputView out) throws IOException {
    out.writeLong(position.sequence());
    out.writeInt(position.index());
    out.writeLong(position.time());
  }

  private static LedgerMark readMark(DataInputView in) throws IOException {
    String ledger = in.readUTF();
    long version = in.readLong();
    List<Position> past = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      past.add(new Position(in.readLong(), in.readInt(), in.readLong()));
    }
    return new LedgerMark(ledger, version, past, in.readUTF());
  }

  @Override
  public TypeSerializerSnapshot<LaneSnapshot> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Says only that the serializer is this one; the forms are told apart value by value. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<LaneSnapshot> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
