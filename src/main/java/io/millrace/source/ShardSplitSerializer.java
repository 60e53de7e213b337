// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Writes splits in the newest form, and reads every form that was ever written. */
@Internal
public final class ShardSplitSerializer implements SimpleVersionedSerializer<ShardSplit> {

  /** The one instance; it has no state. */
  public static final ShardSplitSerializer INSTANCE = new ShardSplitSerializer();

  private static final int VERSION = 1;

  private static final byte EARLIEST = 0;
  private static final byte AT = 1;
  private static final byte AFTER = 2;

  private ShardSplitSerializer() {}

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(ShardSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    write(split, out);
    return out.getCopyOfBuffer();
  }

  @Override
  public ShardSplit deserialize(int version, byte[] bytes) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "a split of form "
              + version
              + " was written by a later version of Millrace; this one reads up to "
              + VERSION);
    }
    return read(new DataInputDeserializer(bytes));
  }

  private static void write(ShardSplit split, DataOutputView out) throws IOException {
    out.writeUTF(split.shard());
    out.writeInt(split.lane());
    writeStart(split.next(), out);
    writeNames(split.parents(), out);
    out.writeBoolean(split.finished());
  }

  private static ShardSplit read(DataInputView in) throws IOException {
    return new ShardSplit(
        in.readUTF(), in.readInt(), readStart(in), readNames(in), in.readBoolean());
  }

  /** Writes where a shard begins: a tag and what it needs. */
  public static void writeStart(StartPosition start, DataOutputView out) throws IOException {
    if (start instanceof StartPosition.Earliest) {
      out.writeByte(EARLIEST);
    } else if (start instanceof StartPosition.At at) {
      out.writeByte(AT);
      out.writeLong(at.time());
    } else if (start instanceof StartPosition.After after) {
      out.writeByte(AFTER);
      out.writeLong(after.position().sequence());
      out.writeInt(after.position().index());
      out.writeLong(after.position().time());
    } else {
      throw new IOException("not a position that can be stored: " + start);
    }
  }

  /** Reads what {@link #writeStart} wrote. */
  public static StartPosition readStart(DataInputView in) throws IOException {
    byte tag = in.readByte();
    return switch (tag) {
      case EARLIEST -> new StartPosition.Earliest();
      case AT -> new StartPosition.At(in.readLong());
      case AFTER ->
          new StartPosition.After(new Position(in.readLong(), in.readInt(), in.readLong()));
      default -> throw new IOException("unknown kind of start position in the state: " + tag);
    };
  }

  /** Writes ids: their number, then each. */
  public static void writeNames(List<String> names, DataOutputView out) throws IOException {
    out.writeInt(names.size());
    for (String name : names) {
      out.writeUTF(name);
    }
  }

  /** Reads what {@link #writeNames} wrote. */
  public static List<String> readNames(DataInputView in) throws IOException {
    int size = in.readInt();
    List<String> names = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      names.add(in.readUTF());
    }
    return names;
  }
}
