// SPDX-License-Identifier: Apache-2.0
package io.millrace.job;

import io.millrace.credentials.CredentialsProvider;
import io.millrace.dispatch.EnvelopeFormat;
import io.millrace.http.HttpTransport;
import io.millrace.ledger.DeliveryLedger;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.options.OptionException;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamConnector;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** A stream with one open shard and no record. */
public final class MemoryStreamConnector implements StreamConnector {

  static final ConfigOption<String> TOPIC =
      ConfigOptions.key("source.topic").stringType().noDefaultValue();

  static final ConfigOption<Integer> NUMBER =
      ConfigOptions.key("source.number").intType().noDefaultValue();

  static final ConfigOption<List<String>> LABELS =
      ConfigOptions.key("source.labels").stringType().asList().defaultValues();

  static final ConfigOption<String> SUBSCRIPTION =
      ConfigOptions.key("source.subscription").stringType().noDefaultValue();

  @Override
  public String type() {
    return "memory";
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(TOPIC, NUMBER, LABELS, SUBSCRIPTION);
  }

  @Override
  public StreamClient.Factory client(ReadableConfig options, CredentialsProvider credentials) {
    String topic =
        options
            .getOptional(TOPIC)
            .orElseThrow(() -> OptionException.missing(TOPIC, "the name of a topic"));
    return new Factory(topic, options.getOptional(SUBSCRIPTION).orElse(""), credentials);
  }

  @Override
  public EnvelopeFormat format(ReadableConfig options) {
    return new Concatenation();
  }

  record Factory(String stream, String subscriptionId, CredentialsProvider credentials)
      implements StreamClient.Factory {
    @Override
    public Optional<String> subscription() {
      return subscriptionId.isEmpty() ? Optional.empty() : Optional.of(subscriptionId);
    }

    @Override
    public StreamClient open(HttpTransport transport) {
      return new EmptyStream(stream);
    }
  }

  private record EmptyStream(String name) implements StreamClient {
    @Override
    public CompletableFuture<StreamDescription> describe() {
      return CompletableFuture.completedFuture(new StreamDescription(name, "nothing"));
    }

    @Override
    public CompletableFuture<List<Shard>> shards() {
      return CompletableFuture.completedFuture(List.of(new Shard("0", 0, List.of(), true, true)));
    }

    @Override
    public CompletableFuture<StartPosition> resolve(String shard, StartPosition start) {
      return CompletableFuture.completedFuture(
          start instanceof StartPosition.Latest ? new StartPosition.Earliest() : start);
    }

    @Override
    public ShardCursor open(String shard, int lane, StartPosition start) {
      return maxRecords ->
          CompletableFuture.completedFuture(
              new Fetch(List.of(), true, false, java.util.Optional.empty(), OptionalLong.of(0)));
    }

    @Override
    public void close() {}
  }

  private static final class Concatenation implements EnvelopeFormat {
    private static final long serialVersionUID = 1L;

    @Override
    public int frameSize(String shard) {
      return 0;
    }

    @Override
    public byte[] render(String shard, List<ShardRecord> records) {
      return records.get(0).body();
    }
  }

  @Override
  public DeliveryLedger.Factory ledger(ReadableConfig options, CredentialsProvider credentials) {
    throw new OptionException("delivery.ledger: a stream in memory has none");
  }
}
