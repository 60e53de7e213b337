// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.DatahubClientException;
import com.aliyun.datahub.client.http.HttpConfig;
import com.aliyun.datahub.client.model.Field;
import com.aliyun.datahub.client.model.FieldType;
import com.aliyun.datahub.client.model.PutRecordsResult;
import com.aliyun.datahub.client.model.RecordEntry;
import com.aliyun.datahub.client.model.RecordSchema;
import com.aliyun.datahub.client.model.RecordType;
import com.aliyun.datahub.client.model.ShardEntry;
import com.aliyun.datahub.client.model.ShardState;
import com.aliyun.datahub.client.model.TupleRecordData;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.datahub.OffsetJournal;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Orders in a topic of DataHub, by its SDK in its default mode (protobuf). */
public final class DataHubProducer implements OrderProducer {

  /** A shard that was just split refuses its records; they are put again, for the children. */
  private static final int ATTEMPTS = 100;

  private static final int LIFECYCLE_DAYS = 3;

  private final DatahubClient client;
  private final RecordSchema schema = new RecordSchema();
  private final String project;
  private final String topic;
  private final OffsetJournal offsets;
  private final AtomicLong written = new AtomicLong();

  DataHubProducer(
      URI endpoint, ServiceKeys keys, String project, String topic, OffsetJournal offsets) {
    this.project = project;
    this.topic = topic;
    this.offsets = offsets;
    schema.addField(new Field("customer", FieldType.STRING));
    schema.addField(new Field("order_number", FieldType.BIGINT));
    client =
        DatahubClientBuilder.newBuilder()
            .setDatahubConfig(
                new DatahubConfig(
                    endpoint.toString(),
                    new AliyunAccount(keys.accessKeyId(), keys.accessKeySecret())))
            .setHttpConfig(new HttpConfig().setReadTimeout(10_000).setConnTimeout(5_000))
            .build();
  }

  @Override
  public void createStream(int shards) {
    client.createProject(project, "Orders");
    client.createTopic(
        project, topic, shards, LIFECYCLE_DAYS, RecordType.TUPLE, schema, "Orders of a day");
    client.waitForShardReady(project, topic);
  }

  /** Creates a subscription of the topic. */
  @Override
  public SubscriptionConsole subscribe() {
    String id = client.createSubscription(project, topic, "Orders to the function").getSubId();
    return new SubscriptionConsole(client, project, topic, id, offsets);
  }

  @Override
  public long written() {
    return written.get();
  }

  @Override
  public void put(int count) throws IOException, InterruptedException {
    List<RecordEntry> batch = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batch.add(order(written.get() + i));
    }
    List<RecordEntry> open = batch;
    for (int attempt = 0; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
      if (attempt > 0) {
        Pause.briefly();
      }
      try {
        PutRecordsResult result = client.putRecords(project, topic, open);
        open = result.getFailedRecordCount() == 0 ? List.of() : result.getFailedRecords();
      } catch (DatahubClientException e) {
        throw new IOException("putRecords: " + e.getMessage(), e);
      }
    }
    if (!open.isEmpty()) {
      throw new IOException(
          "putRecords: %d of %d records of %s/%s are refused still, after %d attempts"
              .formatted(open.size(), count, project, topic, ATTEMPTS));
    }
    written.addAndGet(count);
  }

  private RecordEntry order(long number) {
    String customer = "customer-" + number % KEYS;
    TupleRecordData data = new TupleRecordData(schema);
    data.setField("customer", customer);
    data.setField("order_number", number);
    RecordEntry entry = new RecordEntry();
    entry.setPartitionKey(customer);
    entry.setRecordData(data);
    return entry;
  }

  /** The shards that take records, in the order of their key ranges: neighbours can be merged. */
  public List<String> activeShards() {
    return client.listShard(project, topic).getShards().stream()
        .filter(shard -> shard.getState() == ShardState.ACTIVE)
        .sorted(Comparator.comparing(shard -> new BigInteger(shard.getBeginHashKey(), 16)))
        .map(ShardEntry::getShardId)
        .toList();
  }

  /** Splits a shard in the middle of its keys. */
  public List<String> split(String shard) {
    return client.splitShard(project, topic, shard).getNewShards().stream()
        .map(ShardEntry::getShardId)
        .toList();
  }

  /** Merges two neighbours. */
  public String merge(String shard, String neighbour) {
    return client.mergeShard(project, topic, shard, neighbour).getShardId();
  }
}
