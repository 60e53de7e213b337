// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.dis.EmulatedStreams.EARLIEST;
import static io.millrace.dis.EmulatedStreams.FIRST;
import static io.millrace.dis.EmulatedStreams.SECOND;
import static io.millrace.dis.EmulatedStreams.STREAM;
import static io.millrace.dis.EmulatedStreams.after;
import static io.millrace.dis.EmulatedStreams.awaitEnd;
import static io.millrace.dis.EmulatedStreams.failure;
import static io.millrace.dis.EmulatedStreams.object;
import static io.millrace.dis.EmulatedStreams.readAll;
import static io.millrace.dis.EmulatedStreams.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.credentials.Credentials;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.emulator.fault.FaultTarget;
import io.millrace.inquiry.Finding;
import io.millrace.inquiry.Finding.Verdict;
import io.millrace.model.Shard;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client against the emulated DIS. */
class DisEmulatorTest {

  private final EmulatedStreams streams = new EmulatedStreams();

  @BeforeEach
  void create() {
    streams.dis().createStream(STREAM, 2);
  }

  @AfterEach
  void close() {
    streams.close();
  }

  private ShardCursor cursor(String partition) {
    return streams.client().open(partition, 0, EARLIEST);
  }

  @Test
  void describesAndLists() {
    StreamClient client = streams.client();
    assertThat(client.describe().join().name()).isEqualTo(EmulatedStreams.PROJECT + "/clicks");
    assertThat(client.describe().join().kind()).isEqualTo("BLOB, COMMON, 24 h");
  }

  @Test
  void readsRecordsAsTheyAre() {
    streams.put(FIRST, "a", "b");
    streams.dis().put(STREAM, NewRecord.of("c").toPartition(FIRST));
    Fetch fetch = cursor(FIRST).fetch(1000).join();
    assertThat(fetch.records())
        .extracting(record -> record.sequence() + " " + record.index() + " " + text(record))
        .containsExactly("0 0 a", "1 0 b", "2 0 c");
    assertThat(fetch.records())
        .extracting(record -> object(record).path("partition_key").asText())
        .containsExactly("k", "k", "");
    assertThat(fetch.records().get(0).time())
        .isEqualTo(streams.dis().stream(STREAM).records(FIRST).get(0).time());
    assertThat(fetch.records().get(0).shard()).isEqualTo(FIRST);
    assertThat(fetch.lagRecords()).hasValue(0);
  }

  @Test
  void makesCursorsAnewThatHaveExpired() {
    ShardCursor cursor = cursor(FIRST);
    streams.put(FIRST, "a", "b");
    assertThat(readAll(cursor)).containsExactly("a", "b");
    streams.dis().forward(Duration.ofMinutes(6));
    streams.put(FIRST, "c");
    assertThat(readAll(cursor)).containsExactly("c");
    streams.dis().faults().add(rule(FaultKind.EXPIRED_CURSOR).times(1));
    streams.put(FIRST, "d");
    assertThat(readAll(cursor)).containsExactly("d");
    streams.dis().faults().add(rule(FaultKind.STATUS).withErrorCode("DIS.4217").times(1));
    streams.put(FIRST, "e");
    assertThat(readAll(cursor)).containsExactly("e");
    assertThat(streams.calls("cursors")).isEqualTo(4);
  }

  private static FaultRule rule(FaultKind kind) {
    return FaultRule.of(FaultTarget.DIS, kind).onOperation("getRecords");
  }

  @Test
  void takesTooManyRequestsForThrottling() {
    ShardCursor cursor = cursor(FIRST);
    streams.dis().faults().add(rule(FaultKind.HTML).times(1));
    assertThat(failure(cursor.fetch(1)).kind()).isEqualTo(Kind.UNAVAILABLE);
    streams.put(FIRST, "x".repeat(900_000), "x".repeat(900_000), "x".repeat(900_000));
    streams.put(FIRST, "x".repeat(900_000));
    streams.dis().setThrottling(true);
    List<Kind> kinds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      cursor.fetch(1).handle((fetch, e) -> e == null || kinds.add(failureKind(e))).join();
    }
    assertThat(kinds).containsExactly(Kind.THROTTLED);
  }

  private static Kind failureKind(Throwable e) {
    return failure(CompletableFuture.failedFuture(e.getCause())).kind();
  }

  // ---- scaling ----

  @Test
  void aPartitionOutOfServiceIsReadToItsEnd() {
    streams.put(SECOND, "a", "b");
    ShardCursor cursor = cursor(SECOND);
    StreamClient client = streams.client();
    streams.dis().scale(STREAM, 1);
    assertThat(client.shards().join())
        .extracting(Shard::id, Shard::open)
        .containsExactly(tuple(FIRST, true), tuple(SECOND, false));
    assertThat(cursor.fetch(1).join().records()).hasSize(1);
    assertThat(cursor.fetch(1).join().records()).hasSize(1);
    awaitEnd(cursor);
    assertThat(cursor.fetch(1).join().ended()).isTrue();
  }

  @Test
  void theEndIsFoundAlsoWhereThereIsAlwaysANextCursor() {
    streams.dis().setCursorAtEnd(true);
    streams.put(SECOND, "a");
    streams.dis().scale(STREAM, 1);
    ShardCursor cursor = cursor(SECOND);
    assertThat(cursor.fetch(10).join().records()).hasSize(1);
    awaitEnd(cursor);
  }

  @Test
  void aPartitionThatIsBackGoesOnWhereItWas() {
    streams.put(SECOND, "a", "b");
    ShardCursor before = cursor(SECOND);
    assertThat(readAll(before)).hasSize(2);
    streams.dis().scale(STREAM, 1);
    streams.dis().scale(STREAM, 3);
    streams.put(SECOND, "c");
    streams.put("2", "new");
    StreamClient client = streams.client();
    assertThat(client.shards().join()).hasSize(3).allMatch(Shard::open);
    assertThat(readAll(client.open(SECOND, 0, after(1)))).containsExactly("c");
    assertThat(readAll(client.open("shardId-0000000002", 0, EARLIEST))).containsExactly("new");
  }

  @Test
  void anExpiredPartitionIsNotListedAndEnds() {
    streams.dis().scale(STREAM, 1);
    ShardCursor cursor = cursor(SECOND);
    streams.dis().forward(Duration.ofHours(25));
    assertThat(streams.client().shards().join()).extracting(Shard::id).containsExactly(FIRST);
    assertThat(cursor.fetch(1).join().ended()).isTrue();
    streams.dis().scale(STREAM, 2);
    streams.put(SECOND, "again");
    assertThat(streams.client().shards().join()).hasSize(2);
    assertThat(readAll(cursor(SECOND))).containsExactly("again");
  }

  // ---- keys ----

  @Test
  void isLetInByAnIamToken() {
    try (EmulatedStreams others =
        new EmulatedStreams(Emulator.builder().authToken("MIITOKEN").start())) {
      others.dis().createStream(STREAM, 1);
      others.put(FIRST, "a");
      StreamClient client = others.client(others.stream(() -> Credentials.ofAuthToken("MIITOKEN")));
      assertThat(readAll(client.open(FIRST, 0, EARLIEST))).containsExactly("a");
      assertThat(others.calls)
          .allSatisfy(
              call ->
                  assertThat(call.headers())
                      .extracting(Map.Entry::getKey)
                      .contains("X-Auth-Token")
                      .doesNotContain("Authorization"));
      StreamClient wrong = others.client(others.stream(() -> Credentials.ofAuthToken("OTHER")));
      assertThat(failure(wrong.shards()).kind()).isEqualTo(Kind.REFUSED);
    }
  }

  // ---- inquiry ----

  @Test
  void theEmulatorAnswersAsTheInquiryExpects() {
    streams.put(FIRST, "a", "b");
    streams.dis().scale(STREAM, 3);
    streams.dis().scale(STREAM, 2);
    List<Finding> findings = new ArrayList<>();
    new DisInquiry(streams.stream(), streams, streams.clock).ask(findings::add);
    assertThat(findings).hasSizeGreaterThan(12);
    assertThat(findings).filteredOn(finding -> finding.verdict() == Verdict.DIFFERS).isEmpty();
    assertThat(findings)
        .filteredOn(finding -> finding.verdict() == Verdict.NOT_ASKED)
        .extracting(Finding::question)
        .containsExactly("a partition that has expired");
    assertThat(findings).extracting(Finding::answer).contains("-14, -5, +5, +14 min");
  }
}
