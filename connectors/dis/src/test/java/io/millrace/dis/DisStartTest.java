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

import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where reading begins. */
class DisStartTest {

  private final EmulatedStreams streams = new EmulatedStreams();
  private StreamClient client;

  @BeforeEach
  void create() {
    streams.dis().createStream(STREAM, 2);
    client = streams.client();
  }

  @AfterEach
  void close() {
    streams.close();
  }

  private List<String> from(StartPosition start) {
    return readAll(client.open(FIRST, 0, start));
  }

  private StartPosition resolved(StartPosition start) {
    return client.resolve(FIRST, start).join();
  }

  @Test
  void latestIsBehindTheNewestRecord() {
    StartPosition.Latest latest = new StartPosition.Latest();
    assertThat(resolved(latest)).isEqualTo(EARLIEST);
    streams.put(FIRST, "a", "b");
    streams.dis().forward(Duration.ofSeconds(11));
    StartPosition start = client().resolve(FIRST, latest).join();
    long time = streams.dis().stream(STREAM).records(FIRST).get(1).time();
    assertThat(start).isEqualTo(new StartPosition.After(new Position(1, 0, time)));
    streams.put(FIRST, "c");
    assertThat(from(start)).containsExactly("c");
  }

  /** What is known of the stream is kept for some seconds. */
  private StreamClient client() {
    client = streams.client();
    return client;
  }

  @Test
  void latestOfAPartitionWhoseRecordsHaveExpiredIsBehindThem() {
    streams.put(FIRST, "a", "b");
    streams.dis().expire(STREAM, FIRST, 2);
    assertThat(resolved(new StartPosition.Latest())).isEqualTo(after(1));
  }

  @Test
  void latestOfAPartitionOutOfServiceIsItsEnd() {
    streams.put(SECOND, "a", "b");
    streams.dis().scale(STREAM, 1);
    StartPosition start = client().resolve(SECOND, new StartPosition.Latest()).join();
    streams.dis().scale(STREAM, 2);
    streams.put(SECOND, "c");
    assertThat(readAll(client.open(SECOND, 0, start))).containsExactly("c");
  }

  @Test
  void beginsAtATime() {
    streams.put(FIRST, "a");
    streams.dis().forward(Duration.ofMinutes(1));
    streams.put(FIRST, "b");
    long time = streams.dis().stream(STREAM).records(FIRST).get(1).time();
    assertThat(from(new StartPosition.At(time))).containsExactly("b");
    assertThat(from(new StartPosition.At(time - 1))).containsExactly("b");
    assertThat(from(new StartPosition.At(time + 1))).isEmpty();
    assertThat(client.pin(FIRST, new StartPosition.At(time)).join()).isEqualTo(after(0));
    assertThat(client.pin(FIRST, new StartPosition.At(time + 1)).join())
        .isEqualTo(new StartPosition.At(time + 1));
  }

  @Test
  void beginsAtASequence() {
    streams.put(FIRST, "a", "b", "c");
    StartPosition second = resolved(new StartPosition.Sequences(Map.of(FIRST, 1L)));
    assertThat(second).isEqualTo(after(0));
    assertThat(from(second)).containsExactly("b", "c");
    assertThat(resolved(new StartPosition.Sequences(Map.of(FIRST, 3L)))).isEqualTo(after(2));
    assertThat(resolved(new StartPosition.Sequences(Map.of(SECOND, 3L)))).isEqualTo(EARLIEST);
    var refused = failure(client.resolve(FIRST, new StartPosition.Sequences(Map.of(FIRST, 4L))));
    assertThat(refused.kind()).isEqualTo(Kind.FATAL);
    assertThat(refused)
        .hasMessageEndingWith(
            "source.start-sequences: 4 is not accepted; accepted: a sequence that the partition"
                + " has, or the next one, 3");
  }

  @Test
  void beginsBehindTheCheckpointOfAnApp() {
    streams.put(FIRST, "a", "b", "c");
    StartPosition.Subscription app = new StartPosition.Subscription();
    var missing = failure(client.resolve(FIRST, app));
    assertThat(missing.kind()).isEqualTo(Kind.REFUSED);
    assertThat(missing).hasMessageContaining("DIS.4332");
    streams.dis().createApp("app1");
    assertThat(resolved(app)).isEqualTo(EARLIEST);
    streams.dis().setCheckpoint("app1", STREAM, FIRST, 1);
    assertThat(resolved(app)).isEqualTo(after(1));
    assertThat(from(resolved(app))).containsExactly("c");
  }
}
