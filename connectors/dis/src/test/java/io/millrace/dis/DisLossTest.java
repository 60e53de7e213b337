// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static io.millrace.dis.EmulatedStreams.EARLIEST;
import static io.millrace.dis.EmulatedStreams.FIRST;
import static io.millrace.dis.EmulatedStreams.SECOND;
import static io.millrace.dis.EmulatedStreams.STREAM;
import static io.millrace.dis.EmulatedStreams.after;
import static io.millrace.dis.EmulatedStreams.failure;
import static io.millrace.dis.EmulatedStreams.readAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that are gone before they were read. */
class DisLossTest {

  private static final String WHERE =
      "DIS p0000000000000000000000000000001/clicks partition shardId-000000000";

  private final EmulatedStreams streams = new EmulatedStreams();

  @BeforeEach
  void create() {
    streams.dis().createStream(STREAM, 2);
  }

  @AfterEach
  void close() {
    streams.close();
  }

  @Test
  void tellsWhatExpiredWhileAShardStoodStill() {
    streams.put(FIRST, "a", "b", "c", "d");
    ShardCursor cursor = streams.client().open(FIRST, 0, after(0));
    streams.dis().expire(STREAM, FIRST, 3);
    StreamException loss = failure(cursor.fetch(10));
    assertThat(loss.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(loss.lost()).hasValue(2);
    assertThat(loss)
        .hasMessage(
            WHERE
                + "0: sequences 1 to 2 are gone (2): they expired before they were read, because"
                + " the partition lags by more than the stream's retention; source.on-data-loss:"
                + " earliest goes on without them");
    assertThat(failure(cursor.fetch(10)).lost()).as("asked again").hasValue(2);
    cursor.acceptLoss();
    assertThat(readAll(cursor)).containsExactly("d");
  }

  private static void readRest(ShardCursor cursor, int records) {
    assertThat(cursor.fetch(records).join().records()).hasSize(records);
  }

  @Test
  void aTimeThatHasExpiredIsALoss() {
    streams.put(FIRST, "a");
    long start = streams.dis().stream(STREAM).records(FIRST).get(0).time();
    streams.dis().forward(Duration.ofHours(25));
    streams.put(FIRST, "b");
    ShardCursor cursor = streams.client().open(FIRST, 0, new StartPosition.At(start));
    StreamException loss = failure(cursor.fetch(10));
    assertThat(loss.lost()).hasValue(1);
    assertThat(loss).hasMessageContaining("has expired, nobody knows how much, possibly nothing");
    cursor.acceptLoss();
    assertThat(readAll(cursor)).containsExactly("b");
  }

  @Test
  void aPartitionThatExpiredWithUnreadRecordsIsALoss() {
    streams.put(SECOND, "a", "b", "c");
    ShardCursor cursor = streams.client().open(SECOND, 0, EARLIEST);
    assertThat(cursor.fetch(1).join().records()).hasSize(1);
    streams.dis().scale(STREAM, 1);
    streams.dis().forward(Duration.ofHours(25));
    // What was fetched is handed out still.
    readRest(cursor, 2);
    assertLost(streams.client().open(SECOND, 0, after(0)), 1);
  }

  private static void assertLost(ShardCursor cursor, long records) {
    StreamException loss = failure(cursor.fetch(10));
    assertThat(loss.kind()).isEqualTo(Kind.DATA_LOSS);
    assertThat(loss.lost()).hasValue(records);
    assertThat(loss)
        .hasMessageStartingWith(WHERE + "1: the partition is gone with all that followed");
    cursor.acceptLoss();
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }

  @Test
  void aPartitionThatExpiredBehindItsEndIsNone() {
    streams.put(SECOND, "a");
    streams.dis().scale(STREAM, 1);
    StreamClient client = streams.client();
    ShardCursor cursor = client.open(SECOND, 0, EARLIEST);
    assertThat(client.shards().join()).hasSize(2);
    assertThat(cursor.fetch(10).join().records()).hasSize(1);
    streams.dis().forward(Duration.ofHours(25));
    assertThat(cursor.fetch(10).join().ended()).isTrue();
  }
}
