// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.dis.DisEmulator;
import io.millrace.emulator.dis.NewRecord;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The emulator, clients of it, and what went over the wire. */
final class EmulatedStreams implements HttpTransport {

  static final String PROJECT = "p0000000000000000000000000000001";
  static final String STREAM = "clicks";
  static final String FIRST = "shardId-0000000000";
  static final String SECOND = "shardId-0000000001";
  static final StartPosition EARLIEST = new StartPosition.Earliest();

  private static final ObjectMapper JSON = new ObjectMapper();

  final Emulator emulator;

  /** The emulator's. */
  final Clock clock;

  final List<HttpCall> calls = new CopyOnWriteArrayList<>();

  private final HttpTransport transport =
      new JettyTransport(new HttpSettings(Duration.ofMinutes(2), 1024));
  private final List<AutoCloseable> opened = new ArrayList<>();

  EmulatedStreams() {
    this(Clock.fixed(Instant.now(), ZoneOffset.UTC));
  }

  private EmulatedStreams(Clock clock) {
    this(Emulator.builder().clock(clock).start(), clock);
  }

  EmulatedStreams(Emulator emulator) {
    this(emulator, Clock.systemUTC());
  }

  private EmulatedStreams(Emulator emulator, Clock clock) {
    this.emulator = emulator;
    this.clock = clock;
  }

  DisEmulator dis() {
    return emulator.dis();
  }

  /** The stream as a job would name it, with small fetches. */
  DisStream stream() {
    return stream(() -> keys(Optional.empty()));
  }

  DisStream stream(CredentialsProvider credentials) {
    return stream(credentials, 1 << 20);
  }

  DisStream stream(CredentialsProvider credentials, int maxFetchBytes) {
    return new DisStream(
        emulator.disEndpoint(),
        PROJECT,
        STREAM,
        "app1",
        maxFetchBytes,
        EventForm.DEFAULT,
        credentials);
  }

  StreamClient client() {
    return client(stream());
  }

  StreamClient client(DisStream stream) {
    StreamClient client = stream.open(this);
    opened.add(client::close);
    return client;
  }

  static Credentials keys(Optional<String> token) {
    return new Credentials("testid", "testkey", token);
  }

  void put(String partition, String... texts) {
    dis()
        .put(
            STREAM,
            Arrays.stream(texts)
                .map(text -> NewRecord.of(text).toPartition(partition).withPartitionKey("k"))
                .toList());
  }

  long calls(String operation) {
    return calls.stream().filter(call -> call.uri().getPath().endsWith("/" + operation)).count();
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    return transport.send(call);
  }

  @Override
  public void close() {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    transport.close();
    emulator.close();
  }

  static StartPosition after(long sequence) {
    return new StartPosition.After(new Position(sequence, 0, 0));
  }

  /** Until the cursor has caught up or the partition has ended. */
  static List<String> readAll(ShardCursor cursor, int atOnce) {
    List<String> texts = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(atOnce).join();
      assertThat(fetch.records()).hasSizeLessThanOrEqualTo(atOnce);
      fetch.records().forEach(record -> texts.add(text(record)));
    } while (!fetch.caughtUp());
    return texts;
  }

  static List<String> readAll(ShardCursor cursor) {
    return readAll(cursor, 1000);
  }

  /** Reads on, without a record, until the partition has ended. */
  static void awaitEnd(ShardCursor cursor) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              Fetch fetch = cursor.fetch(10).join();
              assertThat(fetch.records()).isEmpty();
              return fetch.ended();
            });
  }

  /** The record's data as text. */
  static String text(ShardRecord record) {
    JsonNode object = object(record);
    assertThat(object.path("sequence_number").asText()).isEqualTo(record.sequence() + "");
    return new String(Base64.getDecoder().decode(object.path("data").asText()), UTF_8);
  }

  static JsonNode object(ShardRecord record) {
    try {
      return JSON.readTree(record.body(), 0, RecordEncoder.objectLength(record.body()));
    } catch (IOException e) {
      throw new AssertionError(new String(record.body(), UTF_8), e);
    }
  }

  static StreamException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(future::join);
    assertThat(thrown).hasCauseInstanceOf(StreamException.class);
    return (StreamException) thrown.getCause();
  }
}
