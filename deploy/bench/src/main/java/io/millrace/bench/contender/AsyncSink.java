// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.model.ShardRecord;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A sink on Flink's base class for asynchronous sinks, as its manual shows how to write one. The
 * base class fills envelopes as it likes, from all shards of a subtask, has as many calls open as
 * {@link #IN_FLIGHT}, and puts what failed in front of its buffer.
 */
final class AsyncSink extends AsyncSinkBase<ShardRecord, AsyncSink.Entry> {

  private static final long serialVersionUID = 1L;

  /** As many as the asynchronous operator is given. */
  private static final int IN_FLIGHT = 16;

  private static final int BUFFERED = 10_000;
  private static final long MOST_BYTES = 4 << 20;

  private final EnvelopeFormat format;
  private final URI address;

  AsyncSink(EnvelopeFormat format, URI address, int records) {
    super(
        new Conversion(),
        records,
        IN_FLIGHT,
        BUFFERED,
        MOST_BYTES,
        Assignment.LINGER_MILLIS,
        MOST_BYTES);
    this.format = format;
    this.address = address;
  }

  /** A record in the base class's buffer. */
  @SuppressWarnings("serial") // never written by Java's serialization, only by the serializer below
  record Entry(ShardRecord record) implements Serializable {}

  private static final class Conversion implements ElementConverter<ShardRecord, Entry> {
    private static final long serialVersionUID = 1L;

    @Override
    public Entry apply(ShardRecord record, SinkWriter.Context context) {
      return new Entry(record);
    }
  }

  @Override
  public SinkWriter<ShardRecord> createWriter(WriterInitContext context) {
    return restoreWriter(context, List.of());
  }

  @Override
  public StatefulSinkWriter<ShardRecord, BufferedRequestState<Entry>> restoreWriter(
      WriterInitContext context, Collection<BufferedRequestState<Entry>> state) {
    AsyncSinkWriterConfiguration configuration =
        AsyncSinkWriterConfiguration.builder()
            .setMaxBatchSize(getMaxBatchSize())
            .setMaxBatchSizeInBytes(getMaxBatchSizeInBytes())
            .setMaxInFlightRequests(getMaxInFlightRequests())
            .setMaxBufferedRequests(getMaxBufferedRequests())
            .setMaxTimeInBufferMS(getMaxTimeInBufferMS())
            .setMaxRecordSizeInBytes(getMaxRecordSizeInBytes())
            .build();
    return new Writer(getElementConverter(), context, configuration, state, format, address);
  }

  @Override
  public SimpleVersionedSerializer<BufferedRequestState<Entry>> getWriterStateSerializer() {
    return new EntrySerializer();
  }

  private static final class Writer extends AsyncSinkWriter<ShardRecord, Entry> {

    private final EnvelopeFormat format;
    private final JdkFunction function;

    Writer(
        ElementConverter<ShardRecord, Entry> converter,
        WriterInitContext context,
        AsyncSinkWriterConfiguration configuration,
        Collection<BufferedRequestState<Entry>> state,
        EnvelopeFormat format,
        URI address) {
      super(
          converter,
          context,
          configuration,
          state,
          new SimpleBatchCreator<>(configuration.getMaxBatchSizeInBytes()),
          new DequeRequestBuffer<>());
      this.format = format;
      this.function = new JdkFunction(address);
    }

    @Override
    protected void submitRequestEntries(List<Entry> entries, ResultHandler<Entry> result) {
      List<ShardRecord> records = entries.stream().map(Entry::record).toList();
      var unused =
          function
              .call(format.render(records.get(0).shard(), records))
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      result.complete();
                    } else {
                      result.retryForEntries(entries);
                    }
                  });
    }

    @Override
    protected long getSizeInBytes(Entry entry) {
      return entry.record().body().length;
    }
  }

  private static final class EntrySerializer extends AsyncSinkWriterStateSerializer<Entry> {

    private static final int VERSION = 1;

    @Override
    protected void serializeRequestToStream(Entry entry, DataOutputStream out) throws IOException {
      ShardRecord record = entry.record();
      out.writeUTF(record.shard());
      out.writeInt(record.lane());
      out.writeLong(record.sequence());
      out.writeInt(record.index());
      out.writeLong(record.time());
      out.writeInt(record.body().length);
      out.write(record.body());
    }

    @Override
    protected Entry deserializeRequestFromStream(long size, DataInputStream in) throws IOException {
      String shard = in.readUTF();
      int lane = in.readInt();
      long sequence = in.readLong();
      int index = in.readInt();
      long time = in.readLong();
      byte[] body = new byte[in.readInt()];
      in.readFully(body);
      return new Entry(new ShardRecord(shard, lane, sequence, index, time, body, false));
    }

    @Override
    public int getVersion() {
      return VERSION;
    }
  }
}
