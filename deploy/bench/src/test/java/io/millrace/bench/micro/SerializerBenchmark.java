// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.micro;

import io.millrace.dispatch.ShardRecordTypeInfo;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record into bytes of state or of an exchange, and back. */
@State(Scope.Thread)
public class SerializerBenchmark {

  private final TypeSerializer<ShardRecord> serializer =
      ShardRecordTypeInfo.INSTANCE.createSerializer(new SerializerConfigImpl());
  private final DataOutputSerializer out = new DataOutputSerializer(1024);
  private final DataInputDeserializer in = new DataInputDeserializer();
  private ShardRecord record;
  private byte[] bytes;

  @Setup
  public void open() throws IOException {
    record = Samples.DATAHUB_FC.records(1).get(0);
    write();
    bytes = out.getCopyOfBuffer();
  }

  @Benchmark
  public int write() throws IOException {
    out.clear();
    serializer.serialize(record, out);
    return out.length();
  }

  @Benchmark
  public ShardRecord read() throws IOException {
    in.setBuffer(bytes);
    return serializer.deserialize(in);
  }
}
