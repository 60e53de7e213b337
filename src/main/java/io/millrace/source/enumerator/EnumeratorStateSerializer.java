// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import io.millrace.source.ShardSplit;
import io.millrace.source.ShardSplitSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Writes the enumerator's checkpoint in the newest form, and reads every form ever written. */
@Internal
public final class EnumeratorStateSerializer implements SimpleVersionedSerializer<EnumeratorState> {

  /** The one instance; it has no state. */
  public static final EnumeratorStateSerializer INSTANCE = new EnumeratorStateSerializer();

  private static final int VERSION = 1;

  private EnumeratorStateSerializer() {}

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(EnumeratorState state) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(256);
    out.writeInt(state.maxParallelism());
    out.writeBoolean(state.begun());
    out.writeInt(state.shards().size());
    for (TrackedShard shard : state.shards()) {
      write(shard, out);
    }
    out.writeInt(ShardSplitSerializer.INSTANCE.getVersion());
    out.writeInt(state.waiting().size());
    for (ShardSplit split : state.waiting()) {
      byte[] bytes = ShardSplitSerializer.INSTANCE.serialize(split);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    return out.getCopyOfBuffer();
  }

  @Override
  public EnumeratorState deserialize(int version, byte[] bytes) throws IOException {
    if (version != VERSION) {
      throw new IOException(
          "an enumerator state of form "
              + version
              + " was written by a later version of Millrace; this one reads up to "
              + VERSION);
    }
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    int maxParallelism = in.readInt();
    boolean begun = in.readBoolean();
    List<TrackedShard> shards = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      shards.add(readShard(in));
    }
    int splitVersion = in.readInt();
    List<ShardSplit> waiting = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      byte[] split = new byte[in.readInt()];
      in.readFully(split);
      waiting.add(ShardSplitSerializer.INSTANCE.deserialize(splitVersion, split));
    }
    return new EnumeratorState(maxParallelism, begun, shards, waiting);
  }

  private static void write(TrackedShard shard, DataOutputView out) throws IOException {
    out.writeUTF(shard.id());
    out.writeInt(shard.lane());
    ShardSplitSerializer.writeNames(shard.parents(), out);
    ShardSplitSerializer.writeStart(shard.start(), out);
    out.writeByte(tag(shard.state()));
  }

  private static TrackedShard readShard(DataInputView in) throws IOException {
    return new TrackedShard(
        in.readUTF(),
        in.readInt(),
        ShardSplitSerializer.readNames(in),
        ShardSplitSerializer.readStart(in),
        state(in.readByte()));
  }

  private static byte tag(ShardState state) {
    return switch (state) {
      case NEW -> 0;
      case READING -> 1;
      case DRAINED -> 2;
    };
  }

  private static ShardState state(byte tag) throws IOException {
    return switch (tag) {
      case 0 -> ShardState.NEW;
      case 1 -> ShardState.READING;
      case 2 -> ShardState.DRAINED;
      default -> throw new IOException("unknown state of a shard in the checkpoint: " + tag);
    };
  }
}
