// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.credentials.Credentials;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.DataHubEmulator;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.http.HttpSettings;
import io.millrace.http.JettyTransport;
import io.millrace.model.Position;
import io.millrace.model.Shard;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client and the emulator, over real connections. */
@Timeout(300)
final class DataHubEmulatorTest {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "orders";

  private final Emulator emulator =
      Emulator.builder().credentials("testid", "testkey").splitGuard(false).start();
  private final DataHubEmulator dataHub = emulator.dataHub();
  private final JettyTransport transport =
      new JettyTransport(new HttpSettings(Duration.ofMinutes(2), 1024));
  private final StreamClient client = client("testkey", TOPIC);

  @BeforeEach
  void createTopic() {
    dataHub.createTopic(PROJECT, TOPIC, TopicSchema.ofStrings("a", "b"), 2, 3);
  }

  @AfterEach
  void close() {
    client.close();
    transport.close();
    emulator.close();
  }

  @Test
  void describes() {
    assertThat(client.describe().join())
        .isEqualTo(new StreamClient.StreamDescription("test_project/orders", "TUPLE, 2 columns"));
  }

  @Test
  void readsTuplesInOrder() {
    for (int i = 0; i < 2500; i++) {
      dataHub.put(PROJECT, TOPIC, NewRecord.ofTuple("v" + i, i % 2 == 0 ? null : "x").toShard("1"));
    }

    List<ShardRecord> records = readAll(client.open("1", 7, new StartPosition.Earliest()));

    assertThat(records).hasSize(2500);
    for (int i = 0; i < 2500; i++) {
      ShardRecord record = records.get(i);
      assertThat(record.position().compareTo(new Position(i, 0, 0))).isZero();
      assertThat(record.lane()).isEqualTo(7);
      assertThat(text(record))
          .isEqualTo(
              "{\"eventId\":\"1:"
                  + i
                  + "\",\"systemTime\":"
                  + record.time()
                  + ",\"data\":\"[\\\"v"
                  + i
                  + (i % 2 == 0 ? "\\\",null]\"}" : "\\\",\\\"x\\\"]\"}"));
    }
    assertThat(readAll(client.open("0", 7, new StartPosition.Earliest()))).isEmpty();
  }

  @Test
  void readsBlobs() {
    dataHub.createTopic(PROJECT, "blobs", TopicSchema.ofBlob(), 1, 3);
    dataHub.put(PROJECT, "blobs", NewRecord.ofBlob(new byte[] {0, (byte) 0xff}));
    StreamClient blobs = client("testkey", "blobs");

    assertThat(blobs.describe().join().kind()).isEqualTo("BLOB");
    assertThat(readAll(blobs.open("0", 0, new StartPosition.Earliest())))
        .extracting(DataHubEmulatorTest::text)
        .allMatch(record -> record.endsWith("\"data\":\"AP8=\"}"))
        .hasSize(1);
  }

  @Test
  void theChildrenOfASplitShardNameIt() {
    List<String> children = dataHub.splitShard(PROJECT, TOPIC, "0");

    assertThat(client.shards().join())
        .contains(new Shard("0", 0, List.of(), true, false))
        .filteredOn(shard -> children.contains(shard.id()))
        .allMatch(shard -> shard.parents().equals(List.of("0")) && shard.open());
  }

  @Test
  void theChildOfAMergeNamesBoth() {
    String child = dataHub.mergeShards(PROJECT, TOPIC, "0", "1");

    assertThat(client.shards().join())
        .filteredOn(shard -> shard.id().equals(child))
        .allMatch(shard -> shard.parents().size() == 2);
  }

  @Test
  void wrongSecretsAndMissingTopicsAreRefused() {
    StreamException secret = failure(client("wrong", TOPIC).describe());
    StreamException topic = failure(client("testkey", "nosuch").describe());

    assertThat(secret.kind()).isEqualTo(Kind.REFUSED);
    assertThat(secret).hasMessageContaining("DataHub test_project/orders: Unauthorized, HTTP 403");
    assertThat(topic.kind()).isEqualTo(Kind.REFUSED);
    assertThat(topic).hasMessageContaining("DataHub test_project/nosuch: NoSuchTopic");
  }

  private StreamClient client(String secret, String topic) {
    return new DataHubStream(
            emulator.dataHubEndpoint(),
            "/projects/" + PROJECT + "/topics/" + topic,
            "",
            WireForm.DEFAULT,
            EventForm.DEFAULT,
            () -> new Credentials("testid", secret, Optional.empty()))
        .open(transport);
  }

  /** Until the cursor has caught up. */
  private static List<ShardRecord> readAll(ShardCursor cursor) {
    List<ShardRecord> records = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(1000).join();
      records.addAll(fetch.records());
    } while (!fetch.caughtUp());
    return records;
  }

  private static String text(ShardRecord record) {
    return new String(record.body(), UTF_8);
  }

  private static StreamException failure(CompletableFuture<?> future) {
    return (StreamException) catchThrowable(future::join).getCause();
  }
}
