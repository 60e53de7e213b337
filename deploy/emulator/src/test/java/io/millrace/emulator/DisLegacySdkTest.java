// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.huaweicloud.dis.DIS;
import com.huaweicloud.dis.DISClient;
import com.huaweicloud.dis.DISConfig;
import com.huaweicloud.dis.exception.DISAuthenticationException;
import com.huaweicloud.dis.exception.DISClientException;
import com.huaweicloud.dis.exception.DISPartitionExpiredException;
import com.huaweicloud.dis.exception.DISPartitionNotExistsException;
import com.huaweicloud.dis.exception.DISSequenceNumberOutOfRangeException;
import com.huaweicloud.dis.exception.DISStreamNotExistsException;
import com.huaweicloud.dis.exception.DISTimestampOutOfRangeException;
import com.huaweicloud.dis.iface.app.request.ListAppsRequest;
import com.huaweicloud.dis.iface.app.request.ListStreamConsumingStateRequest;
import com.huaweicloud.dis.iface.app.response.PartitionConsumingState;
import com.huaweicloud.dis.iface.data.request.CommitCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.DeleteCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.GetCheckpointRequest;
import com.huaweicloud.dis.iface.data.request.GetPartitionCursorRequest;
import com.huaweicloud.dis.iface.data.request.GetRecordsRequest;
import com.huaweicloud.dis.iface.data.request.PutRecordsRequest;
import com.huaweicloud.dis.iface.data.request.PutRecordsRequestEntry;
import com.huaweicloud.dis.iface.data.response.GetRecordsResult;
import com.huaweicloud.dis.iface.data.response.PutRecordsResult;
import com.huaweicloud.dis.iface.stream.request.CreateStreamRequest;
import com.huaweicloud.dis.iface.stream.request.DescribeStreamRequest;
import com.huaweicloud.dis.iface.stream.request.ListStreamsRequest;
import com.huaweicloud.dis.iface.stream.request.UpdatePartitionCountRequest;
import com.huaweicloud.dis.iface.stream.response.DescribeStreamResult;
import com.huaweicloud.dis.iface.stream.response.PartitionResult;
import com.huaweicloud.dis.util.compress.CompressionType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DIS's older SDK, unmodified, against the emulator. */
class DisLegacySdkTest {

  private static final String STREAM = "clicks";
  private static final String FIRST = "shardId-0000000000";
  private static final String SECOND = "shardId-0000000001";

  private Emulator emulator;
  private DIS client;

  @BeforeEach
  void start() {
    emulator =
        Emulator.builder()
            .clock(InstantSource.fixed(Instant.now()))
            .credentials("AKTEST", "SKTEST")
            .authToken("MIITOKEN")
            .start();
    client = new DISClient(config());
    CreateStreamRequest request = new CreateStreamRequest();
    request.setStreamName(STREAM);
    request.setStreamType("COMMON");
    request.setPartitionCount(2);
    var unused = client.createStream(request);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private DISConfig config() {
    DISConfig config = new DISConfig();
    config.set("exception.retries", "0");
    config.set("records.retries", "0");
    return config
        .setEndpoint(emulator.disEndpoint().toString())
        .setRegion("eu-de")
        .setProjectId("p0000000000000000000000000000001")
        .setAK("AKTEST")
        .setSK("SKTEST");
  }

  @Test
  void listsDescribesAndScalesStreams() {
    assertThat(client.listStreams(new ListStreamsRequest()).getStreamNames())
        .containsExactly(STREAM);
    assertThat(describe().getStatus()).isEqualTo("RUNNING");
    UpdatePartitionCountRequest scale = new UpdatePartitionCountRequest();
    scale.setStreamName(STREAM);
    scale.setTargetPartitionCount(1);
    var unused = client.updatePartitionCount(scale);
    assertThat(describe().getPartitions())
        .extracting(PartitionResult::getPartitionId, PartitionResult::getStatus)
        .containsExactly(tuple(FIRST, "ACTIVE"), tuple(SECOND, "DELETED"));
  }

  private DescribeStreamResult describe() {
    DescribeStreamRequest request = new DescribeStreamRequest();
    request.setStreamName(STREAM);
    request.setLimitPartitions(100);
    return client.describeStream(request);
  }

  @Test
  void putsAndReadsRecords() {
    put(client, "a", "b");
    GetRecordsResult page = read(cursor("TRIM_HORIZON", ""));
    assertThat(page.getRecords())
        .extracting(record -> UTF_8.decode(record.getData()).toString())
        .containsExactly("a", "b");
    assertThat(page.getRecords().get(0).getPartitionKey()).isEqualTo("k");
    assertThat(page.getRecords().get(1).getSequenceNumber()).isEqualTo("1");
    assertThat(page.getRecords().get(1).getTimestamp()).isPositive();
    assertThat(read(page.getNextPartitionCursor()).getRecords()).isEmpty();
    assertThat(read(cursor("AFTER_SEQUENCE_NUMBER", "0")).getRecords()).hasSize(1);
  }

  @Test
  void takesCompressedRecords() {
    DISConfig lz4 = config();
    lz4.setBodyCompressEnabled(true);
    lz4.setBodyCompressType(CompressionType.LZ4);
    put(new DISClient(lz4), "a");
    assertThat(emulator.dis().stream(STREAM).count()).isEqualTo(1);
  }

  @Test
  void keepsCheckpoints() {
    // Throws when a body comes back.
    client.createApp("app1");
    put(client, "a", "b");
    assertThat(client.getCheckpoint(question()).getSequenceNumber()).isEqualTo("-1");
    CommitCheckpointRequest commit = new CommitCheckpointRequest();
    commit.setAppName("app1");
    commit.setStreamName(STREAM);
    commit.setPartitionId(FIRST);
    commit.setCheckpointType("LAST_READ");
    commit.setSequenceNumber("1");
    commit.setMetadata("meta");
    var unused = client.commitCheckpoint(commit);
    assertThat(client.getCheckpoint(question()).getSequenceNumber()).isEqualTo("1");
    assertThat(client.getCheckpoint(question()).getMetadata()).isEqualTo("meta");

    ListStreamConsumingStateRequest state = new ListStreamConsumingStateRequest();
    state.setAppName("app1");
    state.setStreamName(STREAM);
    state.setCheckpointType("LAST_READ");
    assertThat(client.listStreamConsumingState(state).getPartitionConsumingStates())
        .extracting(
            PartitionConsumingState::getPartitionId,
            PartitionConsumingState::getSequenceNumber,
            PartitionConsumingState::getLatestOffset)
        .containsExactly(tuple("0", "1", 2L), tuple("1", "-1", 0L));
    ListAppsRequest list = new ListAppsRequest();
    list.setLimit(10);
    assertThat(client.listApps(list).getApps()).hasSize(1);
    assertThat(client.describeApp("app1").getAppName()).isEqualTo("app1");

    DeleteCheckpointRequest forget = new DeleteCheckpointRequest();
    forget.setAppName("app1");
    forget.setStreamName(STREAM);
    forget.setPartitionId(FIRST);
    forget.setCheckpointType("LAST_READ");
    var deleted = client.deleteCheckpoint(forget);
    client.deleteApp("app1");
    assertThat(emulator.dis().apps()).isEmpty();
  }

  private static GetCheckpointRequest question() {
    GetCheckpointRequest request = new GetCheckpointRequest();
    request.setAppName("app1");
    request.setStreamName(STREAM);
    request.setPartitionId(FIRST);
    request.setCheckpointType("LAST_READ");
    return request;
  }

  /** The SDK tells refusals apart by their texts. */
  @Test
  void refusesInTheWordsThatTheSdkKnows() {
    put(client, "a");
    assertThatThrownBy(() -> cursor("AT_SEQUENCE_NUMBER", "7"))
        .isInstanceOfSatisfying(
            DISSequenceNumberOutOfRangeException.class,
            e -> assertThat(e.getMessage()).contains("[7][ should be within ][0][ ][1]"));
    GetPartitionCursorRequest past = ask("AT_TIMESTAMP", "");
    past.setTimestamp(1L);
    assertThatThrownBy(() -> client.getPartitionCursor(past))
        .isInstanceOf(DISTimestampOutOfRangeException.class);
    GetPartitionCursorRequest other = ask("LATEST", "");
    other.setStreamName("other");
    assertThatThrownBy(() -> client.getPartitionCursor(other))
        .isInstanceOf(DISStreamNotExistsException.class);
    GetPartitionCursorRequest third = ask("LATEST", "");
    third.setPartitionId("2");
    assertThatThrownBy(() -> client.getPartitionCursor(third))
        .isInstanceOf(DISPartitionNotExistsException.class);
    emulator.dis().scale(STREAM, 1);
    emulator.dis().forward(Duration.ofHours(25));
    GetPartitionCursorRequest expired = ask("LATEST", "");
    expired.setPartitionId(SECOND);
    assertThatThrownBy(() -> client.getPartitionCursor(expired))
        .isInstanceOf(DISPartitionExpiredException.class);
    assertThatThrownBy(() -> read("nonsense"))
        .isInstanceOf(DISClientException.class)
        .hasMessageContaining("DIS.4217");
  }

  @Test
  void acceptsAnIamTokenAndTemporaryKeys() {
    DISConfig token = config().setAuthType("authtoken").setAuthToken("MIITOKEN");
    assertThat(new DISClient(token).listStreams(new ListStreamsRequest()).getStreamNames())
        .containsExactly(STREAM);
    DISConfig wrong = config().setAuthType("authtoken").setAuthToken("MIITOKEO");
    assertThatThrownBy(() -> new DISClient(wrong).listStreams(new ListStreamsRequest()))
        .isInstanceOf(DISAuthenticationException.class);
    assertThatThrownBy(
            () -> new DISClient(config().setSK("SKTESU")).listStreams(new ListStreamsRequest()))
        .isInstanceOf(DISAuthenticationException.class);
    emulator.setKeys(new ServiceKeys("AKTEST", "SKTEST", Optional.of("SECTOKEN")));
    DISConfig temporary = config().setSecurityToken("SECTOKEN");
    assertThat(new DISClient(temporary).listStreams(new ListStreamsRequest()).getStreamNames())
        .containsExactly(STREAM);
  }

  // ---- calls ----

  private static void put(DIS client, String... texts) {
    PutRecordsRequest request = new PutRecordsRequest();
    request.setStreamName(STREAM);
    request.setRecords(Arrays.stream(texts).map(DisLegacySdkTest::entry).toList());
    PutRecordsResult result = client.putRecords(request);
    assertThat(result.getFailedRecordCount().get()).isZero();
  }

  private static PutRecordsRequestEntry entry(String text) {
    PutRecordsRequestEntry entry = new PutRecordsRequestEntry();
    entry.setData(ByteBuffer.wrap(text.getBytes(UTF_8)));
    entry.setPartitionId(FIRST);
    entry.setPartitionKey("k");
    return entry;
  }

  private static GetPartitionCursorRequest ask(String type, String sequence) {
    GetPartitionCursorRequest request = new GetPartitionCursorRequest();
    request.setStreamName(STREAM);
    request.setPartitionId(FIRST);
    request.setCursorType(type);
    if (!sequence.isEmpty()) {
      request.setStartingSequenceNumber(sequence);
    }
    return request;
  }

  private String cursor(String type, String sequence) {
    return client.getPartitionCursor(ask(type, sequence)).getPartitionCursor();
  }

  private GetRecordsResult read(String cursor) {
    GetRecordsRequest request = new GetRecordsRequest();
    request.setPartitionCursor(cursor);
    request.setMaxFetchBytes(1L << 20);
    return client.getRecords(request);
  }
}
