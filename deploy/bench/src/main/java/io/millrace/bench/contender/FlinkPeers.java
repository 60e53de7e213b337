// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.job.TriggerSpec;
import io.millrace.model.ShardRecord;
import io.millrace.source.ShardStreamSource;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.util.retryable.AsyncRetryStrategies;
import org.apache.flink.streaming.util.retryable.RetryPredicates;

/**
 * What people write with Flink's own means. They get Millrace's source, whose records are encoded
 * already, and its rendering of events, so that they differ in how envelopes are filled and in how
 * the function is called.
 */
final class FlinkPeers {

  /** As many as the retries of a trigger. */
  private static final int ATTEMPTS = 512;

  private FlinkPeers() {}

  /** A map that calls and waits. */
  static Cluster blockingMap(Assignment assignment) throws Exception {
    StreamExecutionEnvironment env = Cluster.environment(assignment);
    return finish(
        env,
        events(env, assignment)
            .map(new BlockingCall(assignment.invocations()))
            .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
        assignment);
  }

  /** Flink's operator for asynchronous calls, with results in order. */
  static Cluster orderedWait(Assignment assignment, int capacity) throws Exception {
    StreamExecutionEnvironment env = Cluster.environment(assignment);
    return finish(
        env,
        AsyncDataStream.orderedWaitWithRetry(
                events(env, assignment),
                new AsyncCall(assignment.invocations()),
                Assignment.TIMEOUT_SECONDS,
                TimeUnit.SECONDS,
                capacity,
                new AsyncRetryStrategies.FixedDelayRetryStrategyBuilder<byte[]>(
                        ATTEMPTS, Assignment.RETRY_MILLIS)
                    .ifException(RetryPredicates.HAS_EXCEPTION_PREDICATE)
                    .build())
            .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO),
        assignment);
  }

  /** A sink on Flink's base class, which fills envelopes itself. */
  static Cluster asyncSink(Assignment assignment) throws Exception {
    StreamExecutionEnvironment env = Cluster.environment(assignment);
    TriggerSpec spec = spec(assignment);
    records(env, spec)
        .sinkTo(new AsyncSink(spec.format(), assignment.invocations(), assignment.records()))
        .name("call")
        .uid("call");
    return Cluster.run(env, "peer", assignment);
  }

  private static Cluster finish(
      StreamExecutionEnvironment env,
      SingleOutputStreamOperator<byte[]> called,
      Assignment assignment)
      throws Exception {
    called.name("call").uid("call").sinkTo(new DiscardingSink<>()).name("done").uid("done");
    return Cluster.run(env, "peer", assignment);
  }

  static DataStream<ShardRecord> records(StreamExecutionEnvironment env, TriggerSpec spec) {
    return env.fromSource(
            ShardStreamSource.of(spec.source(), spec.start(), spec.options(), spec.http()),
            WatermarkStrategy.noWatermarks(),
            "stream")
        .uid("stream");
  }

  static TriggerSpec spec(Assignment assignment) throws IOException {
    return TriggerSpec.parse(assignment.trigger(MillraceJob.NO_LEDGER), Map.of());
  }

  /** Envelopes, rendered: of one record each as it comes, of several out of keyed state. */
  private static SingleOutputStreamOperator<byte[]> events(
      StreamExecutionEnvironment env, Assignment assignment) throws IOException {
    TriggerSpec spec = spec(assignment);
    DataStream<ShardRecord> records = records(env, spec);
    SingleOutputStreamOperator<byte[]> events =
        assignment.records() == 1
            ? records.map(new Single(spec.format()))
            : records
                .keyBy(ShardRecord::shard)
                .process(new Batching(spec.format(), assignment.records()));
    return events
        .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .name("event")
        .uid("event");
  }

  private static final class Single
      implements org.apache.flink.api.common.functions.MapFunction<ShardRecord, byte[]> {
    private static final long serialVersionUID = 1L;

    private final EnvelopeFormat format;

    Single(EnvelopeFormat format) {
      this.format = format;
    }

    @Override
    public byte[] map(ShardRecord record) {
      return format.render(record.shard(), List.of(record));
    }
  }

  private static final class BlockingCall extends RichMapFunction<byte[], byte[]> {
    private static final long serialVersionUID = 1L;

    private final URI address;
    private transient JdkFunction function;

    BlockingCall(URI address) {
      this.address = address;
    }

    @Override
    public void open(OpenContext context) {
      function = new JdkFunction(address);
    }

    @Override
    public byte[] map(byte[] event) throws InterruptedException {
      function.deliver(event);
      return new byte[0];
    }
  }

  private static final class AsyncCall extends RichAsyncFunction<byte[], byte[]> {
    private static final long serialVersionUID = 1L;

    private final URI address;
    private transient JdkFunction function;

    AsyncCall(URI address) {
      this.address = address;
    }

    @Override
    public void open(OpenContext context) {
      function = new JdkFunction(address);
    }

    @Override
    public void asyncInvoke(byte[] event, ResultFuture<byte[]> result) {
      var unused =
          function
              .call(event)
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      result.complete(List.of(new byte[0]));
                    } else {
                      result.completeExceptionally(failure);
                    }
                  });
    }
  }
}
