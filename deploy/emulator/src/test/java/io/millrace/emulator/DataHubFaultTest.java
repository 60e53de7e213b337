// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.DatahubClientException;
import com.aliyun.datahub.client.exception.InvalidParameterException;
import com.aliyun.datahub.client.exception.LimitExceededException;
import com.aliyun.datahub.client.http.HttpConfig;
import com.aliyun.datahub.client.model.BlobRecordData;
import com.aliyun.datahub.client.model.CursorType;
import com.aliyun.datahub.client.model.RecordEntry;
import com.aliyun.datahub.client.model.RecordSchema;
import io.millrace.emulator.datahub.NewRecord;
import io.millrace.emulator.datahub.TopicSchema;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of fault as DataHub's unmodified SDK sees it. */
class DataHubFaultTest {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "blobs";

  private Emulator emulator;
  private DatahubClient client;

  @BeforeEach
  void start() {
    emulator = Emulator.builder().clock(InstantSource.fixed(Instant.now())).start();
    emulator.dataHub().createTopic(PROJECT, TOPIC, TopicSchema.ofBlob(), 2, 3);
    for (int i = 0; i < 3; i++) {
      emulator.dataHub().put(PROJECT, TOPIC, NewRecord.ofBlob(new byte[] {(byte) i}).toShard("0"));
    }
    client = client(PatientSdk.dataHub());
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void statusRefusesWithTheServicesCode() {
    add(rule(FaultKind.STATUS).withErrorCode("LimitExceeded").onOperation("getRecords").times(2));
    String cursor = oldest("0");
    assertThatThrownBy(() -> read("0", cursor)).isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> read("0", cursor))
        .isInstanceOfSatisfying(
            DatahubClientException.class, e -> assertThat(e.getHttpStatus()).isEqualTo(400));
    assertThat(read("0", cursor)).isEqualTo(3);
    add(rule(FaultKind.STATUS).withStatus(500));
    assertThatThrownBy(() -> read("0", cursor))
        .isInstanceOfSatisfying(
            DatahubClientException.class,
            e -> {
              assertThat(e.getHttpStatus()).isEqualTo(500);
              assertThat(e.getErrorCode()).isEqualTo("InternalServerError");
            });
  }

  @Test
  void strikesOneShardOnly() {
    add(rule(FaultKind.STATUS).withErrorCode("ShardNotReady").onShard("1"));
    assertThat(oldest("0")).isNotEmpty();
    assertThatThrownBy(() -> oldest("1")).hasMessageContaining("ShardNotReady");
  }

  @Test
  void expiredCursor() {
    String cursor = oldest("0");
    add(rule(FaultKind.EXPIRED_CURSOR).times(1));
    assertThatThrownBy(() -> read("0", cursor))
        .isInstanceOfSatisfying(
            InvalidParameterException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("InvalidCursor"));
    assertThat(read("0", cursor)).isEqualTo(3);
  }

  @Test
  void htmlIsABadGateway() {
    add(rule(FaultKind.HTML));
    assertThatThrownBy(() -> oldest("0"))
        .isInstanceOfSatisfying(
            DatahubClientException.class,
            e -> {
              assertThat(e.getHttpStatus()).isEqualTo(502);
              assertThat(e.getErrorMessage()).contains("<html>");
            });
  }

  @Test
  void latencyDelays() {
    add(rule(FaultKind.LATENCY).withDelay(Duration.ofMillis(300)));
    long start = System.nanoTime();
    oldest("0");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void latencyBeyondTheClientsPatienceIsATimeout() {
    add(rule(FaultKind.LATENCY).withDelay(Duration.ofHours(1)));
    DatahubClient impatient = client(new HttpConfig().setReadTimeout(100));
    assertThatThrownBy(() -> impatient.getTopic(PROJECT, TOPIC))
        .hasCauseInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void hangHoldsUntilTheRuleIsRemoved() throws Exception {
    long id = add(rule(FaultKind.HANG));
    CompletableFuture<String> held = CompletableFuture.supplyAsync(() -> oldest("0"));
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> emulator.dataHub().faults().list(FaultTarget.DATAHUB).get(0).strikes() == 1);
    assertThat(held).isNotDone();
    emulator.dataHub().faults().remove(id);
    assertThat(held.get(120, TimeUnit.SECONDS)).isNotEmpty();
  }

  @Test
  void dropBeforeStoresNothing() {
    add(rule(FaultKind.DROP_BEFORE));
    assertThatThrownBy(this::put).isInstanceOf(DatahubClientException.class);
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).shard("1").count()).isZero();
  }

  @Test
  void dropAfterStores() {
    add(rule(FaultKind.DROP_AFTER));
    assertThatThrownBy(this::put).isInstanceOf(DatahubClientException.class);
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).shard("1").count()).isPositive();
  }

  @Test
  void truncateSendsHalf() {
    String cursor = oldest("0");
    add(rule(FaultKind.TRUNCATE).times(1));
    assertThatThrownBy(() -> read("0", cursor)).isInstanceOf(DatahubClientException.class);
    assertThat(read("0", cursor)).isEqualTo(3);
  }

  @Test
  void badCrcIsNoticed() {
    String cursor = oldest("0");
    add(rule(FaultKind.BAD_CRC).times(1));
    assertThatThrownBy(() -> read("0", cursor)).hasMessageContaining("Check Crc fail");
    assertThat(read("0", cursor)).isEqualTo(3);
  }

  @Test
  void aMalformedRecordSpoilsTheWholeAnswerForTheSdk() {
    emulator
        .dataHub()
        .createTopic(
            PROJECT, "rows", TopicSchema.ofTuple(TopicSchema.Column.of("n", "BIGINT")), 1, 3);
    emulator.dataHub().put(PROJECT, "rows", NewRecord.ofTuple("1"), NewRecord.ofTuple("2"));
    RecordSchema schema = client.getTopic(PROJECT, "rows").getRecordSchema();
    String cursor = client.getCursor(PROJECT, "rows", "0", CursorType.OLDEST).getCursor();
    add(rule(FaultKind.MALFORMED_RECORD).times(1));
    assertThatThrownBy(
            () -> client.getRecords(PROJECT, "rows", "0", schema, cursor, 10).getRecords())
        .isInstanceOf(RuntimeException.class);
    assertThat(client.getRecords(PROJECT, "rows", "0", schema, cursor, 10).getRecords()).hasSize(2);
  }

  @Test
  void someFaultsStrikeOneOperationOnly() {
    assertThatThrownBy(() -> rule(FaultKind.BAD_CRC).onOperation("putRecords"))
        .hasMessage("operation: putRecords is never struck by bad-crc, only getRecords");
    add(rule(FaultKind.BAD_CRC).times(1));
    oldest("0");
    assertThat(emulator.dataHub().faults().list(FaultTarget.DATAHUB).get(0).strikes()).isZero();
  }

  @Test
  void goesDownAndComesUp() {
    emulator.dataHub().goDown();
    assertThatThrownBy(() -> oldest("0")).isInstanceOf(DatahubClientException.class);
    emulator.dataHub().comeUp();
    assertThat(read("0", oldest("0"))).isEqualTo(3);
  }

  private void put() {
    RecordEntry entry = new RecordEntry();
    entry.setRecordData(new BlobRecordData(new byte[] {1}));
    client.putRecordsByShard(PROJECT, TOPIC, "1", List.of(entry));
  }

  private String oldest(String shard) {
    return client.getCursor(PROJECT, TOPIC, shard, CursorType.OLDEST).getCursor();
  }

  private int read(String shard, String cursor) {
    return client.getRecords(PROJECT, TOPIC, shard, cursor, 10).getRecordCount();
  }

  private long add(FaultRule rule) {
    return emulator.dataHub().faults().add(rule);
  }

  private static FaultRule rule(FaultKind kind) {
    return FaultRule.of(FaultTarget.DATAHUB, kind);
  }

  private DatahubClient client(HttpConfig http) {
    return DatahubClientBuilder.newBuilder()
        .setDatahubConfig(
            new DatahubConfig(
                emulator.dataHubEndpoint().toString(), new AliyunAccount("testid", "testkey")))
        .setHttpConfig(http)
        .build();
  }
}
