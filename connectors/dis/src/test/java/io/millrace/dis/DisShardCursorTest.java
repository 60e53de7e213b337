// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.dis.EmulatedStreams.EARLIEST;
import static io.millrace.dis.EmulatedStreams.FIRST;
import static io.millrace.dis.EmulatedStreams.after;
import static io.millrace.dis.EmulatedStreams.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that the emulator does not give, and that DIS may. */
class DisShardCursorTest {

  private final FakeDis dis = new FakeDis();

  private static List<Long> readAll(ShardCursor cursor) {
    List<Long> sequences = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(2).join();
      fetch.records().stream().map(ShardRecord::sequence).forEach(sequences::add);
    } while (!fetch.caughtUp());
    return sequences;
  }

  @Test
  void sequencesMayHaveGaps() {
    dis.put(3, 4, 9, 20);
    assertThat(readAll(dis.cursor(EARLIEST))).containsExactly(3L, 4L, 9L, 20L);
    assertThat(readAll(dis.cursor(after(4)))).containsExactly(9L, 20L);
    assertThat(readAll(dis.cursor(after(9)))).containsExactly(20L);
  }

  /** Whether the place behind the newest record can be sought is not documented. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEndMayBeOutOfRange(boolean tellsRange) {
    dis.put(0, 1, 2);
    dis.inclusive = true;
    dis.tellsRange = tellsRange;
    ShardCursor cursor = dis.cursor(after(2));
    assertThat(readAll(cursor)).isEmpty();
    assertThat(dis.asked).startsWith("AT_SEQUENCE_NUMBER 3", "AFTER_SEQUENCE_NUMBER 2", "fetch");
    dis.put(3);
    assertThat(readAll(cursor)).containsExactly(3L);
  }

  @Test
  void latestIsTheSameWhicheverWayTheRangeEnds() {
    dis.put(0, 1, 2);
    StartPosition behind = new StartPosition.After(new Position(2, 0, 5));
    assertThat(dis.client().resolve(FIRST, new StartPosition.Latest()).join()).isEqualTo(behind);
    dis.inclusive = true;
    assertThat(dis.client().resolve(FIRST, new StartPosition.Latest()).join()).isEqualTo(behind);
  }

  @Test
  void aLossIsCountedFromTheListingWhereTheRefusalDoesNotTell() {
    dis.put(0, 1, 2, 3);
    dis.expire(3);
    dis.tellsRange = false;
    StreamException loss = failure(dis.cursor(after(0)).fetch(1));
    assertThat(loss.lost()).hasValue(2);
  }

  @Test
  void whileNothingTellsTheRangeItIsAskedForAgain() {
    dis.put(0, 1);
    dis.tellsRange = false;
    dis.range = "scaling";
    StreamException failure = failure(dis.cursor(after(7)).fetch(1));
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    dis.range = "";
    assertThat(failure(dis.cursor(after(7)).fetch(1)).kind()).isEqualTo(Kind.DATA_LOSS);
  }

  /** A cursor may be missing though the partition is in service. */
  @Test
  void aMissingCursorIsMadeAnew() {
    dis.put(0, 1);
    dis.instead.add(FakeDis.json(200, "{\"partition_cursor\":\"c0\"}"));
    dis.instead.add(
        FakeDis.json(200, "{\"records\":[{\"sequence_number\":\"0\",\"data\":\"YQ==\"}]}"));
    ShardCursor cursor = dis.cursor(EARLIEST);
    assertThat(readAll(cursor)).containsExactly(0L, 1L);
    assertThat(dis.asked).contains("AT_SEQUENCE_NUMBER 1");
  }

  /** Its listings serve all partitions for some seconds, and this one has come back meanwhile. */
  @Test
  void whatWasListedBeforeItWasOpenedDoesNotEndACursor() {
    StreamClient client = dis.client();
    dis.put(0, 1);
    dis.status = "DELETED";
    ShardCursor before = client.open(FIRST, 0, EARLIEST);
    assertThat(readToEnd(before)).containsExactly(0L, 1L);

    dis.status = "ACTIVE";
    dis.put(2);
    ShardCursor again = client.open(FIRST, 0, after(1));
    assertThat(readAll(again)).containsExactly(2L);
    assertThat(again.fetch(2).join().ended()).isFalse();
    dis.put(3);
    assertThat(readAll(again)).containsExactly(3L);
  }

  private static List<Long> readToEnd(ShardCursor cursor) {
    List<Long> sequences = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(2).join();
      fetch.records().stream().map(ShardRecord::sequence).forEach(sequences::add);
    } while (!fetch.ended());
    return sequences;
  }

  @Test
  void whatWasHandedOutBeforeIsDropped() {
    dis.put(0, 1, 2, 3);
    dis.instead.add(FakeDis.json(200, "{\"partition_cursor\":\"c0\"}"));
    assertThat(readAll(dis.cursor(after(1)))).containsExactly(2L, 3L);
  }

  @Test
  void sequencesThatGoBackAreFatal() {
    dis.put(0, 5, 4);
    StreamException failure = failure(dis.cursor(EARLIEST).fetch(10));
    assertThat(failure.kind()).isEqualTo(Kind.FATAL);
    assertThat(failure).hasMessageEndingWith("sequence 4 came after 5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | the answer has no records",
        "{\"records\":[{\"data\":\"YQ==\"}]} | the answer has no sequence_number",
        "{\"records\":[{\"sequence_number\":\"x\",\"data\":\"YQ==\"}]} | the answer has no"
            + " sequence_number",
        "{\"records\":[{\"sequence_number\":\"1\"}]} | the answer has no data",
        "<html> | the answer is not JSON: <html>",
      })
  void answersThatMakeNoSenseAreAskedForAgain(String body, String message) {
    dis.put(0, 1);
    dis.instead.add(FakeDis.json(200, "{\"partition_cursor\":\"c0\"}"));
    dis.instead.add(FakeDis.json(200, body));
    ShardCursor cursor = dis.cursor(EARLIEST);
    StreamException failure = failure(cursor.fetch(10));
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageEndingWith(message);
    assertThat(readAll(cursor)).containsExactly(0L, 1L);
  }

  /** A cursor that expires again and again: the caller waits before it asks the next time. */
  @Test
  void makesACursorAnewOnceAFetch() {
    dis.put(0);
    ShardCursor cursor = dis.cursor(EARLIEST);
    assertThat(readAll(cursor)).containsExactly(0L);
    dis.asked.clear();
    dis.instead.add(FakeDis.refused("DIS.4225", "Expired"));
    dis.instead.add(FakeDis.json(200, "{\"partition_cursor\":\"c1\"}"));
    dis.instead.add(FakeDis.refused("DIS.4225", "Expired"));
    assertThat(failure(cursor.fetch(1)).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(dis.asked).containsExactly("fetch", "AT_SEQUENCE_NUMBER 1", "fetch");
    assertThat(readAll(cursor)).isEmpty();
  }

  @Test
  void toldOfALagWhereTheListingTells() {
    dis.put(0, 1, 2, 3);
    Fetch fetch = dis.cursor(EARLIEST).fetch(1).join();
    assertThat(fetch.lagRecords()).hasValue(3);
    assertThat(fetch.latest()).map(Position::sequence).contains(3L);
    assertThat(fetch.caughtUp()).isFalse();
  }

  /** A listing that hangs is nothing that a fetch waits for. */
  @Test
  void doesNotWaitForAListing() {
    dis.put(0, 1);
    dis.listingHangs = true;
    ShardCursor cursor = dis.cursor(EARLIEST);
    assertThat(cursor.fetch(10)).isCompletedWithValueMatching(fetch -> !fetch.caughtUp());
    assertThat(cursor.fetch(10)).isCompleted();
    assertThat(cursor.fetch(10)).isCompletedWithValueMatching(Fetch::caughtUp);
  }
}
