// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.dispatch.lane.LaneSnapshot;
import io.millrace.dispatch.lane.LastError;
import io.millrace.dispatch.lane.LedgerMark;
import io.millrace.dispatch.lane.Suspension;
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
 * Form 3: the components of {@link LaneSnapshot} in their order. Form 2 had only whether the lane
 * was suspended, and of commands the last move; the time till which an earlier call may run was not
 * told from the time of the next attempt, and nothing could be given up. Form 1, written without a
 * ledger, ends before the ledger's part.
 */
public final class LaneSnapshotSerializer extends VersionedSerializer<LaneSnapshot> {

  private static final long serialVersionUID = 1L;

  /** The one instance. */
  public static final LaneSnapshotSerializer INSTANCE = new LaneSnapshotSerializer();

  private LaneSnapshotSerializer() {}

  @Override
  int version() {
    return 3;
  }

  @Override
  void write(LaneSnapshot lane, DataOutputView out) throws IOException {
    out.writeUTF(lane.shard());
    out.writeLong(lane.head());
    out.writeLong(lane.tail());
    out.writeInt(lane.sealed());
    out.writeInt(lane.attempts());
    out.writeLong(lane.notBefore());
    out.writeLong(lane.heldUntil());
    out.writeByte(lane.suspension().ordinal());
    out.writeBoolean(lane.ended());
    write(lane.delivered(), out);
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
    out.writeLong(lane.discarded());
    write(lane.through(), out);
    LedgerMark ledger = lane.ledger();
    out.writeUTF(ledger.ledger());
    out.writeLong(ledger.version());
    out.writeInt(ledger.past().size());
    for (Position before : ledger.past()) {
      write(before, out);
    }
    out.writeUTF(ledger.rewoundIn());
    out.writeByte(lane.commands().size());
    for (String command : lane.commands()) {
      out.writeUTF(command);
    }
  }

  @Override
  LaneSnapshot read(int version, DataInputView in) throws IOException {
    if (version < 1 || version > 3) {
      throw unknown(version);
    }
    String shard = in.readUTF();
    long head = in.readLong();
    long tail = in.readLong();
    int sealed = in.readInt();
    int attempts = in.readInt();
    long notBefore = in.readLong();
    // Of the earlier forms nobody knows whether a call was to be waited for.
    long heldUntil = version < 3 ? notBefore : in.readLong();
    Suspension suspension = readSuspension(version, in);
    return new LaneSnapshot(
        shard,
        head,
        tail,
        sealed,
        attempts,
        notBefore,
        heldUntil,
        suspension,
        in.readBoolean(),
        readPosition(in),
        readError(in),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        version < 3 ? 0 : in.readLong(),
        version < 3 ? Optional.empty() : readPosition(in),
        version == 1 ? LedgerMark.NONE : readMark(in),
        version == 1 ? List.of() : readCommands(version, in));
  }

  private static Suspension readSuspension(int version, DataInputView in) throws IOException {
    return version < 3
        ? in.readBoolean() ? Suspension.BY_HAND : Suspension.NONE
        : Suspension.values()[in.readByte()];
  }

  private static Optional<Position> readPosition(DataInputView in) throws IOException {
    return in.readBoolean()
        ? Optional.of(new Position(in.readLong(), in.readInt(), in.readLong()))
        : Optional.empty();
  }

  private static Optional<LastError> readError(DataInputView in) throws IOException {
    return in.readBoolean()
        ? Optional.of(
            new LastError(in.readUTF(), in.readBoolean() ? in.readUTF() : null, in.readLong()))
        : Optional.empty();
  }

  private static List<String> readCommands(int version, DataInputView in) throws IOException {
    if (version == 2) {
      String movedBy = in.readUTF();
      return movedBy.isEmpty() ? List.of() : List.of(movedBy);
    }
    List<String> commands = new ArrayList<>();
    int count = in.readByte();
    for (int i = 0; i < count; i++) {
      commands.add(in.readUTF());
    }
    return commands;
  }

  private static void write(Optional<Position> position, DataOutputView out) throws IOException {
    out.writeBoolean(position.isPresent());
    if (position.isPresent()) {
      write(position.get(), out);
    }
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
