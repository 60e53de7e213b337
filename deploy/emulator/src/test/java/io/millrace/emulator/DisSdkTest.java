// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ClientRequestException;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.core.http.HttpConfig;
import com.huaweicloud.sdk.dis.v2.DisClient;
import com.huaweicloud.sdk.dis.v2.model.CommitCheckpointReq;
import com.huaweicloud.sdk.dis.v2.model.CommitCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.ConsumeRecordsRequest;
import com.huaweicloud.sdk.dis.v2.model.ConsumeRecordsResponse;
import com.huaweicloud.sdk.dis.v2.model.CreateAppReq;
import com.huaweicloud.sdk.dis.v2.model.CreateAppRequest;
import com.huaweicloud.sdk.dis.v2.model.CreateStreamReq;
import com.huaweicloud.sdk.dis.v2.model.CreateStreamRequest;
import com.huaweicloud.sdk.dis.v2.model.DeleteAppRequest;
import com.huaweicloud.sdk.dis.v2.model.DeleteCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.DeleteStreamRequest;
import com.huaweicloud.sdk.dis.v2.model.ListAppRequest;
import com.huaweicloud.sdk.dis.v2.model.ListStreamsRequest;
import com.huaweicloud.sdk.dis.v2.model.PartitionResult;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsRequest;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsRequestEntry;
import com.huaweicloud.sdk.dis.v2.model.PutRecordsResultEntry;
import com.huaweicloud.sdk.dis.v2.model.Record;
import com.huaweicloud.sdk.dis.v2.model.SendRecordsRequest;
import com.huaweicloud.sdk.dis.v2.model.SendRecordsResponse;
import com.huaweicloud.sdk.dis.v2.model.ShowAppRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowCheckpointRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowCursorRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowCursorRequest.CursorTypeEnum;
import com.huaweicloud.sdk.dis.v2.model.ShowStreamRequest;
import com.huaweicloud.sdk.dis.v2.model.ShowStreamResponse;
import com.huaweicloud.sdk.dis.v2.model.UpdatePartitionCountReq;
import com.huaweicloud.sdk.dis.v2.model.UpdatePartitionCountRequest;
import io.millrace.emulator.dis.CheckpointCommit;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.emulator.dis.StreamView.PartitionView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DIS's newer SDK, unmodified, against the emulator. */
class DisSdkTest {

  private static final String PROJECT = "p0000000000000000000000000000001";
  private static final String STREAM = "clicks";
  private static final String FIRST = "shardId-0000000000";
  private static final String SECOND = "shardId-0000000001";

  private Emulator emulator;
  private DisClient client;

  @BeforeEach
  void start() {
    emulator =
        Emulator.builder()
            .clock(InstantSource.fixed(Instant.now()))
            .credentials("AKTEST", "SKTEST")
            .start();
    client = client("AKTEST", "SKTEST");
    create(STREAM, 2);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private DisClient client(String key, String secret) {
    return DisClient.newBuilder()
        .withCredential(new BasicCredentials().withAk(key).withSk(secret).withProjectId(PROJECT))
        .withHttpConfig(HttpConfig.getDefaultHttpConfig())
        .withEndpoint(emulator.disEndpoint().toString())
        .build();
  }

  private void create(String stream, int partitions) {
    var unused =
        client.createStream(
            new CreateStreamRequest()
                .withBody(
                    new CreateStreamReq().withStreamName(stream).withPartitionCount(partitions)));
  }

  // ---- streams ----

  @Test
  void listsAndDescribesStreams() {
    create("other", 1);
    assertThat(client.listStreams(new ListStreamsRequest().withLimit(1)))
        .satisfies(
            listed -> {
              assertThat(listed.getStreamNames()).containsExactly(STREAM);
              assertThat(listed.getHasMoreStreams()).isTrue();
              assertThat(listed.getTotalNumber()).isEqualTo(2);
            });
    assertThat(
            client
                .listStreams(new ListStreamsRequest().withStartStreamName(STREAM))
                .getStreamNames())
        .containsExactly("other");
    ShowStreamResponse stream = describe();
    assertThat(stream.getStatus().getValue()).isEqualTo("RUNNING");
    assertThat(stream.getRetentionPeriod()).isEqualTo(24);
    assertThat(stream.getWritablePartitionCount()).isEqualTo(2);
    assertThat(stream.getPartitions())
        .extracting(PartitionResult::getPartitionId, PartitionResult::getHashRange)
        .containsExactly(
            tuple(FIRST, "[0 : 4611686018427387902]"),
            tuple(SECOND, "[4611686018427387903 : 9223372036854775807]"));
    assertThat(stream.getPartitions())
        .extracting(PartitionResult::getSequenceNumberRange)
        .containsOnly("[0 : 0]");
    var unused = client.deleteStream(new DeleteStreamRequest().withStreamName("other"));
    assertThat(emulator.dis().streams()).containsExactly(STREAM);
  }

  private ShowStreamResponse describe() {
    return client.showStream(new ShowStreamRequest().withStreamName(STREAM));
  }

  @Test
  void listsPartitionsPageByPage() {
    ShowStreamResponse page =
        client.showStream(new ShowStreamRequest().withStreamName(STREAM).withLimitPartitions(1));
    assertThat(page.getHasMorePartitions()).isTrue();
    assertThat(page.getPartitions()).hasSize(1);
    page =
        client.showStream(
            new ShowStreamRequest().withStreamName(STREAM).withStartPartitionId(FIRST));
    assertThat(page.getPartitions())
        .extracting(PartitionResult::getPartitionId)
        .containsExactly(SECOND);
    assertThat(page.getHasMorePartitions()).isFalse();
  }

  /** Ids come back: first those that were taken out of service, and only then new ones. */
  @Test
  void scalesDownAndUpAgain() {
    put(SECOND, "a", "b");
    scale(1);
    assertThat(statuses()).containsExactly("ACTIVE", "DELETED");
    assertThat(read(cursor(SECOND, CursorTypeEnum.TRIM_HORIZON)).getRecords())
        .extracting(Record::getSequenceNumber)
        .containsExactly("0", "1");
    assertThat(send(entry("c").withPartitionId(SECOND)).getRecords().get(0).getErrorCode())
        .isEqualTo("DIS.4302");

    scale(3);
    assertThat(statuses()).containsExactly("ACTIVE", "ACTIVE", "ACTIVE");
    put(SECOND, "d");
    assertThat(read(after(SECOND, "1")).getRecords())
        .extracting(DisSdkTest::text)
        .containsExactly("d");

    scale(1);
    emulator.dis().forward(Duration.ofHours(25));
    ShowStreamResponse stream = describe();
    assertThat(statuses()).containsExactly("ACTIVE", "EXPIRED", "EXPIRED");
    assertThat(stream.getPartitions().get(1).getSequenceNumberRange()).isNull();
    assertThat(stream.getReadablePartitionCount()).isEqualTo(1);
    assertRefused("DIS.4319", () -> cursor(SECOND, CursorTypeEnum.TRIM_HORIZON));

    scale(2);
    assertThat(statuses()).containsExactly("ACTIVE", "ACTIVE", "EXPIRED");
    put(SECOND, "e");
    assertThat(read(cursor(SECOND, CursorTypeEnum.TRIM_HORIZON)).getRecords())
        .extracting(Record::getSequenceNumber)
        .containsExactly("3");
    assertThat(describe().getUpdatePartitionCounts()).hasSize(4);
  }

  private void scale(int partitions) {
    var unused =
        client.updatePartitionCount(
            new UpdatePartitionCountRequest()
                .withStreamName(STREAM)
                .withBody(
                    new UpdatePartitionCountReq()
                        .withStreamName(STREAM)
                        .withTargetPartitionCount(partitions)));
  }

  private List<String> statuses() {
    return describe().getPartitions().stream().map(each -> each.getStatus().getValue()).toList();
  }

  // ---- records ----

  @Test
  void putsAndReadsRecords() {
    SendRecordsResponse sent =
        send(
            entry("by id").withPartitionId("1").withPartitionKey("k"),
            entry("by hash").withExplicitHashKey(Long.toString(Long.MAX_VALUE)),
            entry("by key").withPartitionKey("k1"));
    assertThat(sent.getFailedRecordCount()).isZero();
    assertThat(sent.getRecords())
        .extracting(PutRecordsResultEntry::getPartitionId)
        .startsWith(SECOND, SECOND);
    ConsumeRecordsResponse page = read(cursor("1", CursorTypeEnum.TRIM_HORIZON));
    assertThat(page.getRecords()).extracting(DisSdkTest::text).startsWith("by id", "by hash");
    assertThat(page.getRecords().get(0).getPartitionKey()).isEqualTo("k");
    assertThat(page.getRecords().get(1).getPartitionKey()).isNull();
    assertThat(page.getRecords().get(0).getTimestampType()).isEqualTo("CreateTime");
    assertThat(read(page.getNextPartitionCursor()).getRecords()).isEmpty();
  }

  @Test
  void seeksInEveryWay() {
    put(FIRST, "a", "b", "c");
    assertThat(first(cursor(FIRST, CursorTypeEnum.TRIM_HORIZON))).isEqualTo("a");
    assertThat(read(cursor(FIRST, CursorTypeEnum.LATEST)).getRecords()).isEmpty();
    assertThat(first(at("1"))).isEqualTo("b");
    assertThat(read(at("3")).getRecords()).isEmpty();
    assertThat(first(after(FIRST, "1"))).isEqualTo("c");
    long time = emulator.dis().stream(STREAM).records(FIRST).get(0).time();
    assertThat(
            first(
                client
                    .showCursor(ask(FIRST, CursorTypeEnum.AT_TIMESTAMP).withTimestamp(time))
                    .getPartitionCursor()))
        .isEqualTo("a");
    assertRefused("Sequence_number out of range. [4][ should be within ][0][ ][3]", () -> at("4"));
    assertRefused(
        "Request error. [timestamp is expired, timestamp should be larger than",
        () ->
            client.showCursor(
                ask(FIRST, CursorTypeEnum.AT_TIMESTAMP).withTimestamp(time - 90_000_000)));
  }

  /** The form of the documents' samples. */
  @Test
  void cursorsAreTokensOfTheKnownForm() {
    put(FIRST, "a", "b", "c", "d");
    String next = read(cursor(FIRST, CursorTypeEnum.TRIM_HORIZON)).getNextPartitionCursor();
    assertThat(next).doesNotContain("=", "+", "/");
    assertThat(new String(Base64.getUrlDecoder().decode(next), UTF_8))
        .matches(
            "\\{\"getIteratorParam\":\\{\"stream-name\":\"clicks\",\"partition-id\":\""
                + FIRST
                + "\",\"cursor-type\":\"TRIM_HORIZON\",\"starting-sequence-number\":\"4\"},"
                + "\"generateTimestamp\":[0-9]{13}}");
  }

  @Test
  void cursorsLiveForFiveMinutes() {
    put(FIRST, "a");
    String cursor = cursor(FIRST, CursorTypeEnum.TRIM_HORIZON);
    emulator.dis().forward(Duration.ofMinutes(5).minusSeconds(5));
    assertThat(read(cursor).getRecords()).hasSize(1);
    emulator.dis().forward(Duration.ofSeconds(6));
    assertRefused("DIS.4225", () -> read(cursor));
    assertRefused("DIS.4217", () -> read("bm90IGEgY3Vyc29y"));
    assertRefused("DIS.4217", () -> read("ab+c/d=="));
  }

  @Test
  void recordsExpire() {
    put(FIRST, "a", "b");
    String cursor = cursor(FIRST, CursorTypeEnum.TRIM_HORIZON);
    emulator.dis().expire(STREAM, FIRST, 1);
    assertRefused("DIS.4226", () -> read(cursor));
    assertRefused("Sequence_number out of range. [0][ should be within ][1][ ][2]", () -> at("0"));
    assertThat(describe().getPartitions().get(0).getSequenceNumberRange()).isEqualTo("[1 : 2]");
    emulator.dis().forward(Duration.ofHours(25));
    assertThat(describe().getPartitions().get(0).getSequenceNumberRange()).isEqualTo("[2 : 2]");
  }

  @Test
  void aFetchIsBoundedByItsBytes() {
    put(FIRST, "aaaa", "bbbb", "cccc");
    String cursor = cursor(FIRST, CursorTypeEnum.TRIM_HORIZON);
    ConsumeRecordsResponse page = read(cursor, 8);
    assertThat(page.getRecords()).hasSize(2);
    ConsumeRecordsResponse nothing = read(page.getNextPartitionCursor(), 3);
    assertThat(nothing.getRecords()).isEmpty();
    assertThat(read(nothing.getNextPartitionCursor(), 4).getRecords())
        .extracting(DisSdkTest::text)
        .containsExactly("cccc");
  }

  @Test
  void thereIsNoCursorBehindTheEndOfADeletedPartitionUnlessWanted() {
    put(SECOND, "a");
    emulator.dis().scale(STREAM, 1);
    String cursor = cursor(SECOND, CursorTypeEnum.TRIM_HORIZON);
    assertThat(read(cursor).getRecords()).hasSize(1);
    assertThat(read(cursor).getNextPartitionCursor()).isNull();
    emulator.dis().setCursorAtEnd(true);
    assertThat(read(cursor).getNextPartitionCursor()).isNotNull();
  }

  @Test
  void partitionsAreThrottledWhereThatIsWanted() {
    String megabyte = "x".repeat(1 << 20);
    emulator.dis().setThrottling(true);
    long refused =
        IntStream.range(0, 5)
            .mapToObj(i -> send(entry(megabyte).withPartitionId(FIRST)))
            .filter(sent -> "DIS.4303".equals(sent.getRecords().get(0).getErrorCode()))
            .count();
    assertThat(refused).isEqualTo(4);
    emulator.dis().setThrottling(false);
    assertThat(send(entry(megabyte).withPartitionId(FIRST)).getFailedRecordCount()).isZero();
    assertThatThrownBy(() -> send(entry(megabyte + "x")))
        .isInstanceOfSatisfying(
            ClientRequestException.class, e -> assertThat(e.getHttpStatusCode()).isEqualTo(413));
  }

  // ---- apps and checkpoints ----

  @Test
  void keepsCheckpoints() {
    createApp("app1");
    put(FIRST, "a", "b");
    assertThat(checkpoint()).isEqualTo("-1");
    commit("1");
    assertThat(checkpoint()).isEqualTo("1");
    assertThat(emulator.dis().checkpoints("app1", STREAM)).containsEntry(FIRST, 1L).hasSize(1);
    assertThat(emulator.dis().commits())
        .extracting(CheckpointCommit::partition, CheckpointCommit::sequence)
        .containsExactly(tuple(FIRST, 1L));
    assertThat(client.showApp(new ShowAppRequest().withAppName("app1")).getAppName())
        .isEqualTo("app1");
    assertThat(client.listApp(new ListAppRequest()).getApps()).hasSize(1);
    assertRefused("DIS.4331", () -> client.deleteApp(new DeleteAppRequest().withAppName("app1")));
    var deleted =
        client.deleteCheckpoint(
            new DeleteCheckpointRequest()
                .withAppName("app1")
                .withStreamName(STREAM)
                .withPartitionId(FIRST)
                .withCheckpointType(DeleteCheckpointRequest.CheckpointTypeEnum.LAST_READ));
    assertThat(deleted.getHttpStatusCode()).isEqualTo(204);
    assertThat(checkpoint()).isEqualTo("-1");
    var gone = client.deleteApp(new DeleteAppRequest().withAppName("app1"));
    assertThat(gone.getHttpStatusCode()).isEqualTo(204);
    assertRefused("DIS.4332", this::checkpoint);
    assertRefused("DIS.4332", () -> commit("2"));
  }

  private void createApp(String app) {
    var unused =
        client.createApp(new CreateAppRequest().withBody(new CreateAppReq().withAppName(app)));
  }

  private String checkpoint() {
    return client
        .showCheckpoint(
            new ShowCheckpointRequest()
                .withAppName("app1")
                .withStreamName(STREAM)
                .withPartitionId(FIRST)
                .withCheckpointType(ShowCheckpointRequest.CheckpointTypeEnum.LAST_READ))
        .getSequenceNumber();
  }

  private void commit(String sequence) {
    var unused =
        client.commitCheckpoint(
            new CommitCheckpointRequest()
                .withBody(
                    new CommitCheckpointReq()
                        .withAppName("app1")
                        .withStreamName(STREAM)
                        .withPartitionId("0")
                        .withSequenceNumber(sequence)
                        .withCheckpointType(CommitCheckpointReq.CheckpointTypeEnum.LAST_READ)));
  }

  // ---- refusals ----

  @Test
  void namesWhatIsNotThere() {
    assertRefused(
        "DIS.4301", () -> client.showStream(new ShowStreamRequest().withStreamName("no")));
    assertRefused("DIS.4302", () -> cursor("7", CursorTypeEnum.LATEST));
    assertRefused("DIS.4201", () -> cursor("first", CursorTypeEnum.LATEST));
    assertRefused("DIS.4307", () -> create(STREAM, 1));
    assertRefused("DIS.4216", () -> client.showCursor(ask(FIRST, null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AKTESU SKTEST", "AKTEST SKTESU"})
  void refusesOtherKeys(String keys) {
    DisClient other = client(keys.split(" ")[0], keys.split(" ")[1]);
    assertThatThrownBy(() -> other.listStreams(new ListStreamsRequest()))
        .isInstanceOfSatisfying(
            ClientRequestException.class,
            e -> {
              assertThat(e.getHttpStatusCode()).isEqualTo(401);
              assertThat(e.getErrorCode()).isEqualTo("APIGW.0301");
            });
  }

  @Test
  void asksForTheSecurityTokenOfTemporaryKeys() {
    emulator.setKeys(new ServiceKeys("AKTEST", "SKTEST", Optional.of("SECTOKEN")));
    assertThatThrownBy(this::describe).isInstanceOf(ClientRequestException.class);
    DisClient temporary =
        DisClient.newBuilder()
            .withCredential(
                new BasicCredentials()
                    .withAk("AKTEST")
                    .withSk("SKTEST")
                    .withSecurityToken("SECTOKEN")
                    .withProjectId(PROJECT))
            .withEndpoint(emulator.disEndpoint().toString())
            .build();
    assertThat(temporary.listStreams(new ListStreamsRequest()).getStreamNames())
        .containsExactly(STREAM);
  }

  @Test
  void showsItsPartitionsToTests() {
    emulator.dis().put(STREAM, NewRecord.of("a").withPartitionKey("k").toPartition("0"));
    assertThat(emulator.dis().stream(STREAM).partitions())
        .extracting(PartitionView::count)
        .containsExactly(1L, 0L);
    assertThat(emulator.dis().stream(STREAM).records("0").get(0).partitionKey()).contains("k");
    assertThat(emulator.dis().stream(STREAM).count()).isEqualTo(1);
  }

  // ---- calls ----

  private void put(String partition, String... texts) {
    PutRecordsRequestEntry[] entries =
        Arrays.stream(texts)
            .map(text -> entry(text).withPartitionId(partition))
            .toArray(PutRecordsRequestEntry[]::new);
    assertThat(send(entries).getFailedRecordCount()).isZero();
  }

  private SendRecordsResponse send(PutRecordsRequestEntry... entries) {
    return client.sendRecords(
        new SendRecordsRequest()
            .withBody(
                new PutRecordsRequest().withStreamName(STREAM).withRecords(List.of(entries))));
  }

  private static PutRecordsRequestEntry entry(String text) {
    return new PutRecordsRequestEntry()
        .withData(Base64.getEncoder().encodeToString(text.getBytes(UTF_8)));
  }

  private static ShowCursorRequest ask(String partition, CursorTypeEnum type) {
    ShowCursorRequest request =
        new ShowCursorRequest().withStreamName(STREAM).withPartitionId(partition);
    return type == null ? request : request.withCursorType(type);
  }

  private String cursor(String partition, CursorTypeEnum type) {
    return client.showCursor(ask(partition, type)).getPartitionCursor();
  }

  private String at(String sequence) {
    return client
        .showCursor(
            ask(FIRST, CursorTypeEnum.AT_SEQUENCE_NUMBER).withStartingSequenceNumber(sequence))
        .getPartitionCursor();
  }

  private String after(String partition, String sequence) {
    return client
        .showCursor(
            ask(partition, CursorTypeEnum.AFTER_SEQUENCE_NUMBER)
                .withStartingSequenceNumber(sequence))
        .getPartitionCursor();
  }

  private ConsumeRecordsResponse read(String cursor) {
    return client.consumeRecords(new ConsumeRecordsRequest().withPartitionCursor(cursor));
  }

  private ConsumeRecordsResponse read(String cursor, int maxBytes) {
    return client.consumeRecords(
        new ConsumeRecordsRequest().withPartitionCursor(cursor).withMaxFetchBytes(maxBytes));
  }

  private String first(String cursor) {
    return text(read(cursor).getRecords().get(0));
  }

  private static String text(Record record) {
    return new String(Base64.getDecoder().decode(record.getData()), UTF_8);
  }

  /** The newer SDK finds no code in the service's own form, and hands its body on. */
  private static void assertRefused(String part, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServiceResponseException.class,
            e -> {
              assertThat(e.getErrorCode()).isNull();
              assertThat(e.getErrorMsg()).contains(part).startsWith("{\"errorCode\":\"DIS.");
              assertThat(e.getHttpStatusCode()).isEqualTo(400);
            });
  }
}
