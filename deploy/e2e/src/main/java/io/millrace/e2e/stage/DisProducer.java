// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.SdkException;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.dis.v2.DisClient;
import com.huaweicloud.sdk.dis.v2.model.CreateAppReq;
import com.huaweicloud.sdk.dis.v2.model.CreateAppRequest;
import com.huaweicloud.sdk.dis.v2.model.CreateStreamReq;
import com.huaweicloud.sdk.dis.v2.model.CreateStreamRequest;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsRequest;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsRequestEntry;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsResultEntry;
import com.huaweicloud.sdk.dis.v2.model.SendRecordsRequest;
import com.huaweicloud.sdk.dis.v2.model.UpdatePartitionCountReq;
import com.huaweicloud.sdk.dis.v2.model.UpdatePartitionCountRequest;
import io.millrace.emulator.ServiceKeys;
import io.millrace.emulator.dis.CheckpointCommit;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Orders in a stream of DIS, by its newer SDK. */
public final class DisProducer implements OrderProducer {

  /** What is refused because the stream is being scaled is put again. */
  private static final int ATTEMPTS = 100;

  private static final String APP = "orders-to-the-function";

  private final DisClient client;
  private final String stream;
  private final Supplier<List<CheckpointCommit>> commits;
  private final AtomicLong written = new AtomicLong();

  DisProducer(
      URI endpoint,
      ServiceKeys keys,
      String project,
      String stream,
      Supplier<List<CheckpointCommit>> commits) {
    this.stream = stream;
    this.commits = commits;
    client =
        DisClient.newBuilder()
            .withCredential(
                new BasicCredentials()
                    .withAk(keys.accessKeyId())
                    .withSk(keys.accessKeySecret())
                    .withProjectId(project))
            .withHttpConfig(HttpConfig.getDefaultHttpConfig())
            .withEndpoint(endpoint.toString())
            .build();
  }

  @Override
  public void createStream(int shards) {
    var unused =
        client.createStream(
            new CreateStreamRequest()
                .withBody(new CreateStreamReq().withStreamName(stream).withPartitionCount(shards)));
  }

  /** Scales the stream up or down. */
  public void scale(int partitions) {
    var unused =
        client.updatePartitionCount(
            new UpdatePartitionCountRequest()
                .withStreamName(stream)
                .withBody(
                    new UpdatePartitionCountReq()
                        .withStreamName(stream)
                        .withTargetPartitionCount(partitions)));
  }

  /** Creates an app. */
  @Override
  public PositionStore subscribe() {
    var unused =
        client.createApp(new CreateAppRequest().withBody(new CreateAppReq().withAppName(APP)));
    return new AppCheckpoints(APP, commits);
  }

  @Override
  public long written() {
    return written.get();
  }

  @Override
  public void put(int count) throws IOException, InterruptedException {
    List<PutRecordsRequestEntry> open = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      open.add(order(written.get() + i));
    }
    for (int attempt = 0; attempt < ATTEMPTS && !open.isEmpty(); attempt++) {
      if (attempt > 0) {
        Pause.briefly();
      }
      open = refused(open);
    }
    if (!open.isEmpty()) {
      throw new IOException(
          "sendRecords: %d of %d records of %s are refused still, after %d attempts"
              .formatted(open.size(), count, stream, ATTEMPTS));
    }
    written.addAndGet(count);
  }

  /** Puts records, and returns those that were refused. */
  private List<PutRecordsRequestEntry> refused(List<PutRecordsRequestEntry> records)
      throws IOException {
    List<PutRecordsResultEntry> results;
    try {
      results =
          client
              .sendRecords(
                  new SendRecordsRequest()
                      .withBody(
                          new PutRecordsRequest().withStreamName(stream).withRecords(records)))
              .getRecords();
    } catch (SdkException e) {
      throw new IOException("sendRecords: " + e.getMessage(), e);
    }
    List<PutRecordsRequestEntry> refused = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      if (results.get(i).getErrorCode() != null) {
        refused.add(records.get(i));
      }
    }
    return refused;
  }

  private static PutRecordsRequestEntry order(long number) {
    String customer = "customer-" + number % KEYS;
    String order = "{\"customer\":\"%s\",\"order_number\":%d}".formatted(customer, number);
    return new PutRecordsRequestEntry()
        .withPartitionKey(customer)
        .withData(Base64.getEncoder().encodeToString(order.getBytes(StandardCharsets.UTF_8)));
  }
}
