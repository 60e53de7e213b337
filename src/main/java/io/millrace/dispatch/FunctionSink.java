// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch;

import io.millrace.dispatch.operator.DispatchSettings;
import io.millrace.dispatch.operator.DispatchTopology;
import io.millrace.http.HttpSettings;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.model.ShardRecord;
import io.millrace.options.OptionException;
import io.millrace.source.ShardStreamSource;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.CheckpointConfig;

/**
 * Invokes a function with the records of each shard, in order, one call of a shard at a time.
 *
 * <p>Needs a uid ({@code .sinkTo(sink).uid("functions")}), checkpoints in mode exactly-once, and,
 * behind a {@link ShardStreamSource}, operator chaining.
 */
@PublicEvolving
public final class FunctionSink
    implements Sink<ShardRecord>, SupportsPreWriteTopology<ShardRecord> {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final FunctionInvoker.Factory invoker;
  private final EnvelopeFormat format;
  private final Configuration options;
  private final HttpSettings http;

  /** Null for none. */
  private final DeliveryLedger.Factory ledger;

  private FunctionSink(
      String name,
      FunctionInvoker.Factory invoker,
      EnvelopeFormat format,
      Configuration options,
      HttpSettings http,
      DeliveryLedger.Factory ledger) {
    this.name = Objects.requireNonNull(name, "name");
    this.invoker = Objects.requireNonNull(invoker, "invoker");
    this.format = Objects.requireNonNull(format, "format");
    this.options = options;
    this.http = Objects.requireNonNull(http, "http");
    this.ledger = ledger;
  }

  /**
   * A sink.
   *
   * @param name the trigger's name, for logs and status
   * @param options {@link DeliveryOptions}; others are ignored
   * @throws OptionException naming the first option that is not accepted
   */
  public static FunctionSink of(
      String name, FunctionInvoker.Factory invoker, EnvelopeFormat format, ReadableConfig options) {
    return of(name, invoker, format, options, HttpSettings.DEFAULT);
  }

  /** A sink with settings of its own for the transport. */
  public static FunctionSink of(
      String name,
      FunctionInvoker.Factory invoker,
      EnvelopeFormat format,
      ReadableConfig options,
      HttpSettings http) {
    DeliveryOptions.validate(options);
    return new FunctionSink(name, invoker, format, DeliveryOptions.copyOf(options), http, null);
  }

  /**
   * The same sink with a ledger, which {@code delivery.ledger: source} asks for. It works behind a
   * {@link ShardStreamSource} only, because it has to tell the source where to go on.
   */
  public FunctionSink ledger(DeliveryLedger.Factory kept) {
    return new FunctionSink(
        name, invoker, format, options, http, Objects.requireNonNull(kept, "ledger"));
  }

  @Override
  public DataStream<ShardRecord> addPreWriteTopology(DataStream<ShardRecord> input) {
    checkCheckpoints(input.getExecutionEnvironment().getCheckpointConfig());
    boolean chained = DispatchTopology.isFedBy(ShardStreamSource.class, input);
    checkLedger(chained);
    return DispatchTopology.behind(
        input, new DispatchSettings(name, invoker, format, options, http, ledger, chained));
  }

  private void checkLedger(boolean chained) {
    boolean wanted = options.get(DeliveryOptions.LEDGER) != DeliveryOptions.Ledger.none;
    if (wanted && ledger == null) {
      throw new OptionException(
          DeliveryOptions.LEDGER.key() + ": source needs a ledger, see FunctionSink.ledger");
    }
    if (!wanted && ledger != null) {
      throw new OptionException(
          DeliveryOptions.LEDGER.key() + ": none, but the sink was given a ledger");
    }
    if (wanted && !chained) {
      throw new OptionException(
          DeliveryOptions.LEDGER.key()
              + ": source works directly behind a ShardStreamSource only; it has to tell the source"
              + " where to go on");
    }
  }

  private void checkCheckpoints(CheckpointConfig checkpoints) {
    if (!checkpoints.isCheckpointingEnabled()) {
      throw new OptionException(
          "execution.checkpointing.interval: missing; without checkpoints no position is kept");
    }
    if (checkpoints.getCheckpointingConsistencyMode() != CheckpointingMode.EXACTLY_ONCE) {
      throw new OptionException(
          "execution.checkpointing.mode: '"
              + checkpoints.getCheckpointingConsistencyMode()
              + "' is not accepted; accepted: EXACTLY_ONCE");
    }
    Duration drain = options.get(DeliveryOptions.STOP_DRAIN_TIMEOUT);
    if (drain.toMillis() >= checkpoints.getCheckpointTimeout()) {
      throw OptionException.refused(
          DeliveryOptions.STOP_DRAIN_TIMEOUT,
          drain.toMillis() + " ms",
          "less than execution.checkpointing.timeout, which is "
              + checkpoints.getCheckpointTimeout()
              + " ms");
    }
  }

  @Override
  public SinkWriter<ShardRecord> createWriter(WriterInitContext context) {
    return new UndeliverableWriter();
  }

  /** Receives what a policy gave up; no policy of this version gives anything up. */
  private static final class UndeliverableWriter implements SinkWriter<ShardRecord> {

    @Override
    public void write(ShardRecord record, Context context) {
      throw new IllegalStateException("no place is configured for undeliverable " + record);
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
