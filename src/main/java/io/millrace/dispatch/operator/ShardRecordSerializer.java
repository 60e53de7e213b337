// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import io.millrace.model.ShardRecord;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Form 1: shard, lane, sequence, index, time, end, length and bytes of the body. */
public final class ShardRecordSerializer extends VersionedSerializer<ShardRecord> {

  private static final long serialVersionUID = 1L;

  /** The one instance. */
  public static final ShardRecordSerializer INSTANCE = new ShardRecordSerializer();

  private ShardRecordSerializer() {}

  @Override
  int version() {
    return 1;
  }

  @Override
  void write(ShardRecord record, DataOutputView out) throws IOException {
    out.writeUTF(record.shard());
    out.writeInt(record.lane());
    out.writeLong(record.sequence());
    out.writeInt(record.index());
    out.writeLong(record.time());
    out.writeBoolean(record.end());
    out.writeInt(record.body().length);
    out.write(record.body());
  }

  @Override
  ShardRecord read(int version, DataInputView in) throws IOException {
    if (version != 1) {
      throw unknown(version);
    }
    String shard = in.readUTF();
    int lane = in.readInt();
    long sequence = in.readLong();
    int index = in.readInt();
    long time = in.readLong();
    boolean end = in.readBoolean();
    byte[] body = new byte[in.readInt()];
    in.readFully(body);
    return new ShardRecord(shard, lane, sequence, index, time, body, end);
  }

  @Override
  public TypeSerializerSnapshot<ShardRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Says only that the serializer is this one; the forms are told apart value by value. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ShardRecord> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
