// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.exception.AuthorizationFailureException;
import com.aliyun.datahub.client.exception.DatahubClientException;
import com.aliyun.datahub.client.exception.InvalidParameterException;
import com.aliyun.datahub.client.exception.LimitExceededException;
import com.aliyun.datahub.client.exception.MalformedRecordException;
import com.aliyun.datahub.client.exception.ResourceAlreadyExistException;
import com.aliyun.datahub.client.exception.ResourceNotFoundException;
import com.aliyun.datahub.client.exception.SeekOutOfRangeException;
import com.aliyun.datahub.client.exception.ShardNotFoundException;
import com.aliyun.datahub.client.exception.ShardSealedException;
import com.aliyun.datahub.client.exception.SubscriptionOfflineException;
import com.aliyun.datahub.client.exception.SubscriptionOffsetResetException;
import com.aliyun.datahub.client.exception.SubscriptionSessionInvalidException;
import com.aliyun.datahub.client.model.BlobRecordData;
import com.aliyun.datahub.client.model.CompressType;
import com.aliyun.datahub.client.model.CursorType;
import com.aliyun.datahub.client.model.ExpandMode;
import com.aliyun.datahub.client.model.Field;
import com.aliyun.datahub.client.model.FieldType;
import com.aliyun.datahub.client.model.GetCursorResult;
import com.aliyun.datahub.client.model.GetRecordsResult;
import com.aliyun.datahub.client.model.PutRecordsResult;
import com.aliyun.datahub.client.model.RecordEntry;
import com.aliyun.datahub.client.model.RecordSchema;
import com.aliyun.datahub.client.model.RecordType;
import com.aliyun.datahub.client.model.ShardEntry;
import com.aliyun.datahub.client.model.ShardState;
import com.aliyun.datahub.client.model.SubscriptionOffset;
import com.aliyun.datahub.client.model.SubscriptionState;
import com.aliyun.datahub.client.model.TupleRecordData;
import io.millrace.emulator.datahub.TopicView.ShardView;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DataHub's unmodified SDK against the emulator, in each of its transports. */
class DataHubSdkTest {

  private static final String PROJECT = "test_project";
  private static final String TOPIC = "orders";
  private static final RecordSchema SCHEMA = schema();

  private Emulator emulator;
  private DatahubClient client;

  /** The transports of the SDK. */
  private enum Transport {
    PROTOBUF(true, CompressType.NONE),
    JSON(false, CompressType.NONE),
    PROTOBUF_LZ4(true, CompressType.LZ4),
    PROTOBUF_DEFLATE(true, CompressType.DEFLATE),
    JSON_LZ4(false, CompressType.LZ4);

    private final boolean binary;
    private final CompressType compression;

    Transport(boolean binary, CompressType compression) {
      this.binary = binary;
      this.compression = compression;
    }
  }

  @BeforeEach
  void start() {
    emulator = Emulator.builder().clock(InstantSource.fixed(Instant.now())).start();
    client = client(Transport.PROTOBUF);
    client.createProject(PROJECT, "a project");
    client.createTopic(PROJECT, TOPIC, 3, 3, RecordType.TUPLE, SCHEMA, "a topic");
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void describesAndListsTopics() {
    client.createTopic(PROJECT, "blobs", 2, 7, RecordType.BLOB, "bytes");
    assertThat(client.listProject().getProjectNames()).containsExactly(PROJECT);
    assertThat(client.getProject(PROJECT).getComment()).isEqualTo("a project");
    assertThat(client.listTopic(PROJECT).getTopicNames()).containsExactly("blobs", TOPIC);
    var topic = client.getTopic(PROJECT, TOPIC);
    assertThat(topic.getShardCount()).isEqualTo(3);
    assertThat(topic.getLifeCycle()).isEqualTo(3);
    assertThat(topic.getRecordType()).isEqualTo(RecordType.TUPLE);
    assertThat(topic.getRecordSchema().getFields())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("comment")
        .isEqualTo(SCHEMA.getFields());
    assertThat(topic.getExpandMode()).isEqualTo(ExpandMode.SPLIT_EXTEND);
    assertThat(client.getTopic(PROJECT, "blobs").getRecordType()).isEqualTo(RecordType.BLOB);

    client.updateTopic(PROJECT, TOPIC, 5, "another comment");
    assertThat(client.getTopic(PROJECT, TOPIC).getLifeCycle()).isEqualTo(5);
    assertThatThrownBy(() -> client.createTopic(PROJECT, "blobs", 1, 1, RecordType.BLOB, ""))
        .isInstanceOf(ResourceAlreadyExistException.class);
    client.deleteTopic(PROJECT, "blobs");
    assertThatThrownBy(() -> client.getTopic(PROJECT, "blobs"))
        .isInstanceOfSatisfying(
            ResourceNotFoundException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchTopic"));
    assertThatThrownBy(() -> client.getTopic("no_project", TOPIC))
        .isInstanceOfSatisfying(
            ResourceNotFoundException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("NoSuchProject"));
  }

  @Test
  void refusesAWrongKey() {
    DatahubClient other = client(Transport.PROTOBUF, new AliyunAccount("testid", "wrong"));
    assertThatThrownBy(() -> other.getTopic(PROJECT, TOPIC))
        .isInstanceOf(AuthorizationFailureException.class);
    emulator.setKeys(new ServiceKeys("testid", "wrong", Optional.empty()));
    assertThat(other.getTopic(PROJECT, TOPIC).getShardCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void keepsEveryTypeOfColumn(Transport transport) {
    DatahubClient sdk = client(transport);
    TupleRecordData full = new TupleRecordData(SCHEMA);
    full.setField("f_str", "héllo \"q\" \n");
    full.setField("f_big", 9L);
    full.setField("f_dbl", 1.0E10);
    full.setField("f_bool", true);
    full.setField("f_ts", 1463000123000000L);
    full.setField("f_dec", new BigDecimal("12.30"));
    full.setField("f_int", 7);
    full.setField("f_flt", 1.25f);
    full.setField("f_ti", (byte) 1);
    full.setField("f_si", (short) -2);
    TupleRecordData sparse = new TupleRecordData(SCHEMA);
    sparse.setField("f_big", -1L);
    RecordEntry first = entry(full, "0");
    first.addAttribute("k", "v");
    assertThat(
            sdk.putRecords(PROJECT, TOPIC, List.of(first, entry(sparse, "0")))
                .getFailedRecordCount())
        .isZero();

    GetCursorResult cursor = sdk.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST);
    GetRecordsResult result = sdk.getRecords(PROJECT, TOPIC, "0", SCHEMA, cursor.getCursor(), 10);
    assertThat(result.getRecordCount()).isEqualTo(2);
    assertThat(result.getLatestSequence()).isEqualTo(1);
    RecordEntry read = result.getRecords().get(0);
    assertThat(read.getSequence()).isZero();
    assertThat(read.getSystemTime()).isEqualTo(cursor.getTimestamp()).isPositive();
    assertThat(read.getAttributes()).containsEntry("k", "v");
    TupleRecordData data = (TupleRecordData) read.getRecordData();
    for (Field field : SCHEMA.getFields()) {
      assertThat(data.getField(field.getName())).isEqualTo(full.getField(field.getName()));
    }
    TupleRecordData nulls = (TupleRecordData) result.getRecords().get(1).getRecordData();
    assertThat(nulls.getField("f_big")).isEqualTo(-1L);
    assertThat(nulls.getField("f_str")).isNull();
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).records("0").get(0).columns().get(2))
        .hasValue("1.0E10");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void keepsBlobs(Transport transport) {
    client.createTopic(PROJECT, "blobs", 1, 1, RecordType.BLOB, "bytes");
    DatahubClient sdk = client(transport);
    byte[] data = {0, -1, 97, 98, 99};
    RecordEntry entry = new RecordEntry();
    entry.setShardId("0");
    entry.setRecordData(new BlobRecordData(data));
    sdk.putRecords(PROJECT, "blobs", List.of(entry));
    String cursor = sdk.getCursor(PROJECT, "blobs", "0", CursorType.OLDEST).getCursor();
    GetRecordsResult result = sdk.getRecords(PROJECT, "blobs", "0", cursor, 10);
    assertThat(((BlobRecordData) result.getRecords().get(0).getRecordData()).getData())
        .isEqualTo(data);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void pagesThroughAShardAndWaitsAtItsEnd(Transport transport) {
    put("1", 0, 25);
    DatahubClient sdk = client(transport);
    String cursor = sdk.getCursor(PROJECT, TOPIC, "1", CursorType.OLDEST).getCursor();
    List<Long> sequences = new ArrayList<>();
    for (int page = 0; page < 3; page++) {
      GetRecordsResult result = sdk.getRecords(PROJECT, TOPIC, "1", SCHEMA, cursor, 10);
      assertThat(result.getStartSequence()).isEqualTo(page * 10L);
      assertThat(result.getLatestSequence()).isEqualTo(24);
      for (RecordEntry record : result.getRecords()) {
        sequences.add(record.getSequence());
        assertThat(((TupleRecordData) record.getRecordData()).getField("f_big"))
            .isEqualTo(record.getSequence());
      }
      cursor = result.getNextCursor();
    }
    assertThat(sequences).isEqualTo(IntStream.range(0, 25).mapToObj(i -> (long) i).toList());
    GetRecordsResult end = sdk.getRecords(PROJECT, TOPIC, "1", SCHEMA, cursor, 10);
    assertThat(end.getRecordCount()).isZero();
    assertThat(end.getNextCursor()).isEqualTo(cursor);

    put("1", 25, 1);
    GetRecordsResult more = sdk.getRecords(PROJECT, TOPIC, "1", SCHEMA, cursor, 10);
    assertThat(more.getRecords()).hasSize(1);
    assertThat(more.getRecords().get(0).getSequence()).isEqualTo(25);
  }

  @Test
  void answersTheFourKindsOfCursor() {
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getCursor())
        .isEqualTo("3" + "0".repeat(31));
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 0).getSequence())
        .isZero();
    assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 1))
        .isInstanceOf(SeekOutOfRangeException.class);
    put("0", 0, 10);

    GetCursorResult latest = client.getCursor(PROJECT, TOPIC, "0", CursorType.LATEST);
    assertThat(latest.getSequence()).isEqualTo(9);
    GetRecordsResult last = client.getRecords(PROJECT, TOPIC, "0", SCHEMA, latest.getCursor(), 10);
    assertThat(last.getRecordCount()).isEqualTo(1);

    GetCursorResult sixth = client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 6);
    assertThat(sixth.getSequence()).isEqualTo(6);
    assertThat(sixth.getCursor().charAt(27)).isEqualTo('6');
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 10).getSequence())
        .isEqualTo(10);
    assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 11))
        .isInstanceOf(SeekOutOfRangeException.class);

    long first = client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getTimestamp();
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.SYSTEM_TIME, first).getSequence())
        .isZero();
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.SYSTEM_TIME, 1).getSequence())
        .isZero();
    assertThatThrownBy(
            () ->
                client.getCursor(
                    PROJECT,
                    TOPIC,
                    "0",
                    CursorType.SYSTEM_TIME,
                    System.currentTimeMillis() + 10_000))
        .isInstanceOf(SeekOutOfRangeException.class);
    assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "7", CursorType.OLDEST))
        .isInstanceOf(ShardNotFoundException.class);
  }

  @Test
  void expiresRecordsAndRefusesForeignCursors() {
    put("0", 0, 10);
    String oldest = client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getCursor();
    String second = client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 1).getCursor();
    emulator.dataHub().expire(PROJECT, TOPIC, "0", 4);
    assertThatThrownBy(() -> client.getRecords(PROJECT, TOPIC, "0", SCHEMA, oldest, 10))
        .isInstanceOfSatisfying(
            InvalidParameterException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("InvalidCursor"));
    assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "0", CursorType.SEQUENCE, 3))
        .isInstanceOf(SeekOutOfRangeException.class);
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getSequence()).isEqualTo(4);
    assertThatThrownBy(() -> client.getRecords(PROJECT, TOPIC, "1", SCHEMA, second, 10))
        .hasMessageContaining("InvalidCursor");
    assertThatThrownBy(() -> client.getRecords(PROJECT, TOPIC, "0", SCHEMA, "garbage", 10))
        .hasMessageContaining("InvalidCursor");
  }

  @Test
  void routesByKeyAndInTurn() {
    List<RecordEntry> entries = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      RecordEntry keyed = entry(row(i), null);
      keyed.setPartitionKey("key-" + i % 5);
      entries.add(keyed);
      entries.add(entry(row(i), null));
    }
    assertThat(client.putRecords(PROJECT, TOPIC, entries).getFailedRecordCount()).isZero();
    var topic = emulator.dataHub().topic(PROJECT, TOPIC);
    assertThat(topic.count()).isEqualTo(60);
    Map<String, List<String>> shardsOfKey = new HashMap<>();
    for (ShardView shard : topic.shards()) {
      assertThat(shard.count()).isGreaterThanOrEqualTo(10);
      topic
          .records(shard.id())
          .forEach(
              record ->
                  record
                      .partitionKey()
                      .ifPresent(
                          key ->
                              shardsOfKey
                                  .computeIfAbsent(key, k -> new ArrayList<>())
                                  .add(shard.id())));
    }
    assertThat(shardsOfKey).hasSize(5);
    shardsOfKey
        .values()
        .forEach(shards -> assertThat(shards).hasSize(6).containsOnly(shards.get(0)));
  }

  @Test
  void reportsWhatItCouldNotPut() {
    PutRecordsResult result =
        client.putRecords(PROJECT, TOPIC, List.of(entry(row(1), "0"), entry(row(2), "9")));
    assertThat(result.getFailedRecordCount()).isEqualTo(1);
    assertThat(result.getPutErrorEntries().get(0).getIndex()).isEqualTo(1);
    assertThat(result.getPutErrorEntries().get(0).getErrorcode()).isEqualTo("NoSuchShard");
    client.createTopic(PROJECT, "blobs", 1, 1, RecordType.BLOB, "bytes");
    assertThatThrownBy(
            () -> client.putRecordsByShard(PROJECT, "blobs", "0", List.of(entry(row(1), null))))
        .isInstanceOf(MalformedRecordException.class);
    client.putRecordsByShard(
        PROJECT, TOPIC, "2", List.of(entry(row(1), null), entry(row(2), null)));
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).shard("2").count()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void splitsAndMergesWithLineage(Transport transport) {
    DatahubClient sdk = client(transport);
    put("0", 0, 5);
    var split = sdk.splitShard(PROJECT, TOPIC, "0");
    assertThat(split.getNewShards()).extracting(ShardEntry::getShardId).containsExactly("3", "4");
    assertThat(sdk.mergeShard(PROJECT, TOPIC, "1", "4").getShardId()).isEqualTo("5");

    Map<String, ShardEntry> shards = new HashMap<>();
    sdk.listShard(PROJECT, TOPIC).getShards().forEach(s -> shards.put(s.getShardId(), s));
    assertThat(shards.get("0").getState()).isEqualTo(ShardState.CLOSED);
    assertThat(shards.get("0").getClosedTime()).isPositive();
    assertThat(shards.get("3").getParentShardIds()).containsExactly("0");
    assertThat(shards.get("5").getParentShardIds()).containsExactlyInAnyOrder("1", "4");
    assertThat(shards.get("5").getState()).isEqualTo(ShardState.ACTIVE);
    assertThat(shards.get("3").getRightShardId()).isEqualTo("5");
    assertThat(shards.get("3").getLeftShardId()).isNull();
    assertThat(shards.get("5").getLeftShardId()).isEqualTo("3");
    assertThat(shards.get("5").getBeginHashKey()).isEqualTo(shards.get("3").getEndHashKey());

    String cursor = sdk.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getCursor();
    GetRecordsResult rest = sdk.getRecords(PROJECT, TOPIC, "0", SCHEMA, cursor, 10);
    assertThat(rest.getRecordCount()).isEqualTo(5);
    assertThatThrownBy(() -> sdk.getRecords(PROJECT, TOPIC, "0", SCHEMA, rest.getNextCursor(), 10))
        .isInstanceOf(ShardSealedException.class);
    String empty = sdk.getCursor(PROJECT, TOPIC, "4", CursorType.OLDEST).getCursor();
    assertThatThrownBy(() -> sdk.getRecords(PROJECT, TOPIC, "4", SCHEMA, empty, 10))
        .isInstanceOf(ShardSealedException.class);

    PutRecordsResult late = sdk.putRecords(PROJECT, TOPIC, List.of(entry(row(1), "0")));
    assertThat(late.getPutErrorEntries().get(0).getErrorcode()).isEqualTo("InvalidShardOperation");
    assertThatThrownBy(() -> sdk.mergeShard(PROJECT, TOPIC, "3", "2"))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> sdk.mergeShard(PROJECT, TOPIC, "0", "3"))
        .isInstanceOf(ShardSealedException.class);
    assertThatThrownBy(() -> sdk.splitShard(PROJECT, TOPIC, "3", shards.get("3").getBeginHashKey()))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void guardsYoungShardsIfTold() {
    emulator.dataHub().setSplitGuard(true);
    assertThatThrownBy(() -> client.splitShard(PROJECT, TOPIC, "0"))
        .isInstanceOf(LimitExceededException.class);
    emulator.dataHub().setSplitGuard(false);
    client.splitShard(PROJECT, TOPIC, "0");
  }

  @Test
  void addsShardsWithoutParents() {
    client.extendShard(PROJECT, TOPIC, 6);
    assertThat(client.listShard(PROJECT, TOPIC).getShards())
        .hasSize(6)
        .allSatisfy(shard -> assertThat(shard.getParentShardIds()).isEmpty());
    for (int i = 0; i < 60; i++) {
      RecordEntry keyed = entry(row(i), null);
      keyed.setPartitionKey("key-" + i);
      client.putRecords(PROJECT, TOPIC, List.of(keyed));
    }
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).shards())
        .allSatisfy(shard -> assertThat(shard.count()).isPositive());
  }

  @Test
  void fencesSubscriptionOffsets() {
    String sub = client.createSubscription(PROJECT, TOPIC, "mine").getSubId();
    List<String> shards = List.of("0");
    assertThatThrownBy(() -> commit(sub, new SubscriptionOffset()))
        .isInstanceOf(SubscriptionSessionInvalidException.class);

    SubscriptionOffset mine =
        client.openSubscriptionSession(PROJECT, TOPIC, sub, shards).getOffsets().get("0");
    assertThat(mine.getSessionId()).isEqualTo("1");
    assertThat(mine.getVersionId()).isZero();
    assertThat(mine.getSequence()).isEqualTo(-1);
    assertThat(mine.getTimestamp()).isEqualTo(-1);
    mine.setSequence(5);
    mine.setTimestamp(1463000123000L);
    commit(sub, mine);
    SubscriptionOffset stored =
        client.getSubscriptionOffset(PROJECT, TOPIC, sub, shards).getOffsets().get("0");
    assertThat(stored.getSequence()).isEqualTo(5);
    assertThat(stored.getSessionId()).isNull();

    SubscriptionOffset theirs =
        client.openSubscriptionSession(PROJECT, TOPIC, sub, shards).getOffsets().get("0");
    assertThat(theirs.getSessionId()).isEqualTo("2");
    assertThat(theirs.getSequence()).isEqualTo(5);
    assertThatThrownBy(() -> commit(sub, mine))
        .isInstanceOf(SubscriptionSessionInvalidException.class);

    SubscriptionOffset reset = new SubscriptionOffset();
    reset.setSequence(1);
    reset.setTimestamp(2);
    client.resetSubscriptionOffset(PROJECT, TOPIC, sub, Map.of("0", reset));
    assertThatThrownBy(() -> commit(sub, theirs))
        .isInstanceOf(SubscriptionOffsetResetException.class);
    theirs.setVersionId(1);
    commit(sub, theirs);

    client.updateSubscriptionState(PROJECT, TOPIC, sub, SubscriptionState.OFFLINE);
    assertThatThrownBy(() -> commit(sub, theirs)).isInstanceOf(SubscriptionOfflineException.class);
    assertThat(client.getSubscription(PROJECT, TOPIC, sub).getState())
        .isEqualTo(SubscriptionState.OFFLINE);
    client.updateSubscriptionState(PROJECT, TOPIC, sub, SubscriptionState.ONLINE);
    commit(sub, theirs);
    assertThat(client.listSubscription(PROJECT, TOPIC, 1, 10).getTotalCount()).isEqualTo(1);
    client.deleteSubscription(PROJECT, TOPIC, sub);
    assertThatThrownBy(() -> client.getSubscription(PROJECT, TOPIC, sub))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void takesARecordOfAMegabyte() {
    client.createTopic(PROJECT, "blobs", 1, 1, RecordType.BLOB, "bytes");
    byte[] big = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 6; i++) {
      RecordEntry entry = new RecordEntry();
      entry.setRecordData(new BlobRecordData(big));
      client.putRecordsByShard(PROJECT, "blobs", "0", List.of(entry));
    }
    String cursor = client.getCursor(PROJECT, "blobs", "0", CursorType.OLDEST).getCursor();
    GetRecordsResult result = client.getRecords(PROJECT, "blobs", "0", cursor, 1000);
    assertThat(result.getRecordCount()).isBetween(3, 4);
    assertThat(
            client.getRecords(PROJECT, "blobs", "0", result.getNextCursor(), 1000).getRecordCount())
        .isEqualTo(6 - result.getRecordCount());
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aColumnCanBeAppendedAndWhatIsThereStaysAsItIs(Transport transport) {
    put("0", 0, 1);
    client.appendField(PROJECT, TOPIC, new Field("added", FieldType.BIGINT));
    client.appendField(
        PROJECT, TOPIC, List.of(new Field("last", FieldType.STRING, true, "a comment")));
    put("0", 1, 1);
    DatahubClient sdk = client(transport);
    RecordSchema schema = sdk.getTopic(PROJECT, TOPIC).getRecordSchema();
    assertThat(schema.getFields()).hasSize(12);
    TupleRecordData row = new TupleRecordData(schema);
    row.setField("f_big", 2L);
    row.setField("added", 7L);
    sdk.putRecords(PROJECT, TOPIC, List.of(entry(row, "0")));

    String cursor = sdk.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getCursor();
    List<RecordEntry> read = sdk.getRecords(PROJECT, TOPIC, "0", schema, cursor, 10).getRecords();
    assertThat(read).hasSize(3);
    assertThat(((TupleRecordData) read.get(2).getRecordData()).getField("added")).isEqualTo(7L);
    assertThat(emulator.dataHub().topic(PROJECT, TOPIC).records("0"))
        .extracting(record -> record.columns().size())
        .containsExactly(10, 10, 12);
    assertThatThrownBy(
            () -> client.appendField(PROJECT, TOPIC, new Field("added", FieldType.BIGINT)))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void recordsReachTheirAgeAsTheClockIsPutForward() {
    put("0", 0, 3);
    String cursor = client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getCursor();
    emulator.dataHub().forward(Duration.ofDays(2));
    put("0", 3, 1);
    assertThat(client.getRecords(PROJECT, TOPIC, "0", SCHEMA, cursor, 10).getRecordCount())
        .isEqualTo(4);
    emulator.dataHub().forward(Duration.ofDays(1).plusMillis(1));
    assertThatThrownBy(() -> client.getRecords(PROJECT, TOPIC, "0", SCHEMA, cursor, 10))
        .hasMessageContaining("The cursor is expired.");
    assertThat(client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST).getSequence()).isEqualTo(3);
    client.splitShard(PROJECT, TOPIC, "0");
    emulator.dataHub().forward(Duration.ofDays(3).plusMillis(1));
    assertThat(client.listShard(PROJECT, TOPIC).getShards())
        .extracting(ShardEntry::getShardId)
        .containsExactly("1", "2", "3", "4");
    assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "0", CursorType.OLDEST))
        .isInstanceOf(ShardNotFoundException.class);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void recordsOfOneSequenceArePagedThrough(Transport transport) {
    put("1", 0, 1);
    emulator
        .dataHub()
        .faults()
        .add(FaultRule.of(FaultTarget.DATAHUB, FaultKind.SHARED_SEQUENCE).times(1));
    put("1", 1, 5);
    put("1", 6, 1);
    DatahubClient sdk = client(transport);
    List<String> read = new ArrayList<>();
    String cursor = sdk.getCursor(PROJECT, TOPIC, "1", CursorType.OLDEST).getCursor();
    for (int page = 0; page < 4; page++) {
      GetRecordsResult result = sdk.getRecords(PROJECT, TOPIC, "1", SCHEMA, cursor, 2);
      for (RecordEntry record : result.getRecords()) {
        read.add(
            record.getSequence()
                + "="
                + ((TupleRecordData) record.getRecordData()).getField("f_big"));
      }
      cursor = result.getNextCursor();
    }
    assertThat(read).containsExactly("0=0", "1=1", "1=2", "1=3", "1=4", "1=5", "2=6");
    assertThat(sdk.getCursor(PROJECT, TOPIC, "1", CursorType.SEQUENCE, 1).getSequence())
        .isEqualTo(1);
  }

  @Test
  void refusesWhatIsTooLarge() {
    TupleRecordData row = row(1);
    row.setField("f_str", "x".repeat((2 << 20) + 1));
    assertThatThrownBy(
            () -> client.putRecordsByShard(PROJECT, TOPIC, "0", List.of(entry(row, null))))
        .isInstanceOf(MalformedRecordException.class);
    row.setField("f_str", "x".repeat(2 << 20));
    client.putRecordsByShard(PROJECT, TOPIC, "0", List.of(entry(row, null)));
    assertThatThrownBy(
            () ->
                client.putRecordsByShard(
                    PROJECT, TOPIC, "0", List.of(entry(row, null), entry(row, null))))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("at most 4194304");
    List<RecordEntry> many = Collections.nCopies(10_001, entry(row(1), null));
    assertThatThrownBy(() -> client.putRecordsByShard(PROJECT, TOPIC, "0", many))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("at most 10000");
  }

  @Test
  void aChildIsUnknownForAMomentIfToldSo() {
    emulator
        .dataHub()
        .faults()
        .add(
            FaultRule.of(FaultTarget.DATAHUB, FaultKind.STATUS)
                .withErrorCode("NoSuchShard")
                .onShard("3")
                .times(2));
    client.splitShard(PROJECT, TOPIC, "0");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> client.getCursor(PROJECT, TOPIC, "3", CursorType.OLDEST))
          .isInstanceOf(ShardNotFoundException.class);
    }
    assertThat(client.getCursor(PROJECT, TOPIC, "3", CursorType.OLDEST).getSequence()).isZero();
  }

  @Test
  void metersAShard() {
    put("0", 0, 3);
    assertThat(client.getMeterInfo(PROJECT, TOPIC, "0").getStorage()).isPositive();
    assertThat(client.getMeterInfo(PROJECT, TOPIC, "1").getStorage()).isZero();
  }

  @Test
  void unknownOperationIsRefusedInTheServicesWords() {
    assertThatThrownBy(() -> client.listTopicSchema(PROJECT, TOPIC))
        .isInstanceOfSatisfying(
            DatahubClientException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo("InvalidUriSpec"));
  }

  private void commit(String sub, SubscriptionOffset offset) {
    client.commitSubscriptionOffset(PROJECT, TOPIC, sub, Map.of("0", offset));
  }

  private void put(String shard, int from, int count) {
    List<RecordEntry> entries =
        IntStream.range(from, from + count).mapToObj(i -> entry(row(i), null)).toList();
    client.putRecordsByShard(PROJECT, TOPIC, shard, entries);
  }

  private static TupleRecordData row(long number) {
    TupleRecordData row = new TupleRecordData(SCHEMA);
    row.setField("f_big", number);
    return row;
  }

  private static RecordEntry entry(TupleRecordData data, String shard) {
    RecordEntry entry = new RecordEntry();
    entry.setRecordData(data);
    entry.setShardId(shard);
    return entry;
  }

  private DatahubClient client(Transport transport) {
    return client(transport, new AliyunAccount("testid", "testkey"));
  }

  private DatahubClient client(Transport transport, AliyunAccount account) {
    return DatahubClientBuilder.newBuilder()
        .setDatahubConfig(
            new DatahubConfig(emulator.dataHubEndpoint().toString(), account, transport.binary))
        .setHttpConfig(PatientSdk.dataHub().setCompressType(transport.compression))
        .build();
  }

  private static RecordSchema schema() {
    RecordSchema schema = new RecordSchema();
    schema.addField(new Field("f_str", FieldType.STRING));
    schema.addField(new Field("f_big", FieldType.BIGINT, false));
    schema.addField(new Field("f_dbl", FieldType.DOUBLE));
    schema.addField(new Field("f_bool", FieldType.BOOLEAN));
    schema.addField(new Field("f_ts", FieldType.TIMESTAMP));
    schema.addField(new Field("f_dec", FieldType.DECIMAL));
    schema.addField(new Field("f_int", FieldType.INTEGER));
    schema.addField(new Field("f_flt", FieldType.FLOAT));
    schema.addField(new Field("f_ti", FieldType.TINYINT));
    schema.addField(new Field("f_si", FieldType.SMALLINT));
    return schema;
  }
}
