// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DataHubShardCursorTest {

  private final FakeDataHub dataHub = new FakeDataHub();
  private final StreamClient client =
      new DataHubStream(
              URI.create("https://h"),
              "/projects/p01/topics/t01",
              "",
              WireForm.DEFAULT,
              EventForm.DEFAULT,
              () -> new Credentials("id", "secret", Optional.of("token")))
          .open(dataHub);

  @Test
  void recordsOfOneSequenceAreCountedAcrossFetches() {
    dataHub.put(5, 1);
    dataHub.put(6, 4);
    dataHub.put(9, 2);
    ShardCursor cursor = open(new StartPosition.Earliest());

    assertThat(places(cursor.fetch(3).join())).containsExactly("5.0", "6.0", "6.1");
    assertThat(places(cursor.fetch(3).join())).containsExactly("6.2", "6.3", "9.0");
    assertThat(places(cursor.fetch(3).join())).containsExactly("9.1");
  }

  @Test
  void goesOnInTheMiddleOfASequence() {
    dataHub.put(5, 1);
    dataHub.put(6, 4);
    dataHub.put(9, 2);
    ShardCursor cursor = open(after(6, 1));

    assertThat(places(cursor.fetch(3).join())).containsExactly("6.2");
    assertThat(places(cursor.fetch(3).join())).containsExactly("6.3", "9.0", "9.1");
    assertThat(dataHub.asked).containsExactly("SEQUENCE 6", "fetch", "fetch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"Shards\":null}", "{\"Shards\":\"none\"}"})
  void aListingWithoutShardsIsNoEmptyStream(String listing) {
    dataHub.shards = listing;

    StreamException failure = EmulatedTopics.failure(client.shards());

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("p01/t01").hasMessageContaining("no Shards");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"message\":\"busy\"}", "{\"RecordType\":null}"})
  void aTopicWithoutARecordTypeIsAskedForAgain(String topic) {
    dataHub.topic = topic;

    StreamException failure = EmulatedTopics.failure(client.describe());

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("p01/t01").hasMessageContaining("no RecordType");
  }

  @Test
  void bodiesAreTheRecordsOwn() {
    dataHub.put(5, 2);

    assertThat(open(after(5, 0)).fetch(10).join().records())
        .extracting(record -> new String(record.body(), UTF_8))
        .containsExactly("{\"eventId\":\"0:5\",\"systemTime\":1005,\"data\":\"[\\\"5.1\\\"]\"}");
  }

  @Test
  void aCaughtUpShardGoesOnThoughDataHubRefusesTheEnd() {
    dataHub.acceptsTheEnd = false;
    dataHub.put(5, 1);
    ShardCursor cursor = open(after(5, 0));

    Fetch nothing = cursor.fetch(10).join();
    assertThat(nothing.records()).isEmpty();
    assertThat(nothing.caughtUp()).isTrue();
    dataHub.put(6, 1);
    assertThat(places(cursor.fetch(10).join())).containsExactly("6.0");
  }

  @Test
  void anExpiredCursorIsRenewedFromThePositionReached() {
    dataHub.put(5, 1);
    dataHub.put(6, 2);
    dataHub.put(7, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());
    assertThat(places(cursor.fetch(2).join())).containsExactly("5.0", "6.0");

    dataHub.refuseNext("InvalidCursor");

    assertThat(places(cursor.fetch(10).join())).containsExactly("6.1", "7.0");
    assertThat(dataHub.asked).containsExactly("OLDEST", "fetch", "fetch", "SEQUENCE 6", "fetch");
  }

  @Test
  void aCursorThatExpiresAtOnceAgainIsTriedLater() {
    dataHub.put(5, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());
    cursor.fetch(1).join();
    dataHub.refuseNext("InvalidCursor");
    dataHub.instead.add(answer("{\"Cursor\":\"c0\",\"Sequence\":5}"));
    dataHub.refuseNext("InvalidCursor");

    assertThat(failure(cursor).kind()).isEqualTo(Kind.UNAVAILABLE);

    dataHub.put(6, 1);
    assertThat(places(cursor.fetch(10).join())).containsExactly("6.0");
  }

  @Test
  void recordsThatExpiredUnreadAreALossAndNotSkipped() {
    for (int sequence = 0; sequence < 10; sequence++) {
      dataHub.put(sequence, 1);
    }
    ShardCursor cursor = open(after(2, 0));
    dataHub.expire(7);

    StreamException failure = failure(cursor);

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure)
        .hasMessageContaining("DataHub p01/t01 shard 0")
        .hasMessageContaining("sequences 3 to 6 are gone (4)");
    assertThat(failure(cursor).kind()).isEqualTo(Kind.DATA_LOSS);
  }

  @Test
  void whatExpiredAfterItWasReadIsNoLoss() {
    for (int sequence = 0; sequence < 10; sequence++) {
      dataHub.put(sequence, 1);
    }
    ShardCursor cursor = open(after(2, 0));
    dataHub.expire(3);

    assertThat(places(cursor.fetch(2).join())).containsExactly("3.0", "4.0");
  }

  @Test
  void allExpiredAndAllReadIsNoLossUntilSomethingIsMissing() {
    dataHub.put(0, 1);
    dataHub.put(1, 1);
    dataHub.expire(2);
    ShardCursor cursor = open(after(1, 0));
    assertThat(cursor.fetch(5).join().caughtUp()).isTrue();

    dataHub.put(2, 1);
    assertThat(places(cursor.fetch(5).join())).containsExactly("2.0");

    dataHub.expire(1);
    ShardCursor late = open(after(1, 0));
    assertThat(late.fetch(5).join().records()).isEmpty();
    dataHub.put(3, 1);
    assertThat(failure(late)).hasMessageContaining("sequences 2 to 2 are gone (1)");
  }

  @Test
  void aTopicMadeAnewIsNoticed() {
    dataHub.put(100, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());
    cursor.fetch(5).join();
    dataHub.recreate();
    dataHub.put(0, 1);
    dataHub.refuseNext("InvalidCursor");

    StreamException failure = failure(cursor);

    assertThat(failure.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(failure).hasMessageContaining("created again");
  }

  @Test
  void aSealedShardEndsOnceItIsListedAsClosed() {
    dataHub.put(0, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());
    dataHub.state = "CLOSING";
    assertThat(places(cursor.fetch(5).join())).containsExactly("0.0");
    assertThat(failure(cursor).kind()).isEqualTo(Kind.UNAVAILABLE);

    dataHub.state = "CLOSED";

    assertThat(cursor.fetch(5).join().ended()).isTrue();
    assertThat(cursor.fetch(5).join().ended()).isTrue();
  }

  @Test
  void aShardThatRefusesEvenTheSeekEndsToo() {
    dataHub.state = "CLOSED";
    dataHub.refuseNext("InvalidShardOperation");

    assertThat(open(new StartPosition.Earliest()).fetch(5).join().ended()).isTrue();
  }

  @Test
  void lagIsWhatDataHubHasBehindTheLastRecord() {
    for (int sequence = 0; sequence < 10; sequence++) {
      dataHub.put(sequence, 1);
    }
    ShardCursor cursor = open(new StartPosition.Earliest());

    Fetch first = cursor.fetch(4).join();
    assertThat(first.lagRecords()).isEqualTo(OptionalLong.of(6));
    assertThat(first.caughtUp()).isFalse();
    assertThat(first.latest()).map(Position::sequence).contains(9L);
    Fetch last = cursor.fetch(100).join();
    assertThat(last.lagRecords()).isEqualTo(OptionalLong.of(0));
    assertThat(last.caughtUp()).isTrue();
  }

  @Test
  void withoutDataHubsHelpOnlyAnEmptyAnswerIsCaughtUp() {
    dataHub.tellsLatest = false;
    dataHub.put(0, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());

    assertThat(cursor.fetch(5).join().caughtUp()).isFalse();
    assertThat(cursor.fetch(5).join().caughtUp()).isTrue();
  }

  @Test
  void aFailedFetchAsksForTheSameAgain() {
    dataHub.put(0, 2);
    dataHub.put(1, 1);
    ShardCursor cursor = open(new StartPosition.Earliest());
    cursor.fetch(1).join();
    dataHub.instead.add(
        CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), new byte[] {1, 2})));

    assertThat(failure(cursor)).hasMessageContaining("cannot be read");
    assertThat(places(cursor.fetch(5).join())).containsExactly("0.1", "1.0");
  }

  @Test
  void aTimeInTheFutureIsWaitedFor() {
    long tomorrow = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
    ShardCursor cursor = open(new StartPosition.At(tomorrow));
    dataHub.refuseNext("SeekOutOfRange");

    Fetch nothing = cursor.fetch(5).join();

    assertThat(nothing.records()).isEmpty();
    assertThat(nothing.caughtUp()).isTrue();
    assertThat(dataHub.asked).containsExactly("SYSTEM_TIME");
  }

  @Test
  void latestIsResolvedBehindAllRecordsOfTheNewestSequence() {
    assertThat(client.resolve("0", new StartPosition.Latest()).join())
        .isEqualTo(new StartPosition.Earliest());

    dataHub.put(7, 1);
    dataHub.put(8, 3);

    assertThat(client.resolve("0", new StartPosition.Latest()).join())
        .isEqualTo(new StartPosition.After(new Position(8, 2, 1008)));
  }

  @ParameterizedTest
  @CsvSource({
    "LimitExceeded,       THROTTLED",
    "limitexceeded,       THROTTLED",
    "Unauthorized,        REFUSED",
    "NoPermission,        REFUSED",
    "ExpiredAccessToken,  REFUSED",
    "NoSuchProject,       REFUSED",
    "NoSuchTopic,         REFUSED",
    "TopicOffline,        REFUSED",
    "NoSuchShard,         UNAVAILABLE",
    "ShardNotReady,       UNAVAILABLE",
    "InternalServerError, UNAVAILABLE",
    "SomethingNew,        UNAVAILABLE",
    "InvalidParameter,    FATAL",
    "MalformedRecord,     FATAL",
  })
  void refusalsSayWhatToDo(String code, Kind kind) {
    dataHub.refuseNext(code);

    StreamException failure = failure(open(new StartPosition.Earliest()));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure)
        .hasMessage("DataHub p01/t01 shard 0: " + code + ", HTTP 400: because (request q-1)");
  }

  private ShardCursor open(StartPosition start) {
    return client.open("0", 3, start);
  }

  private static StartPosition after(long sequence, int index) {
    return new StartPosition.After(new Position(sequence, index, 0));
  }

  private static List<String> places(Fetch fetch) {
    return fetch.records().stream().map(ShardRecord::position).map(Position::toString).toList();
  }

  private static StreamException failure(ShardCursor cursor) {
    Throwable thrown = catchThrowable(() -> cursor.fetch(100).join());
    assertThat(thrown).isInstanceOf(CompletionException.class);
    assertThat(thrown.getCause()).isInstanceOf(StreamException.class);
    return (StreamException) thrown.getCause();
  }

  private static CompletableFuture<HttpAnswer> answer(String json) {
    return CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), json.getBytes(UTF_8)));
  }
}
