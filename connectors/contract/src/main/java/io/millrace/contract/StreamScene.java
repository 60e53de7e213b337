// SPDX-License-Identifier: Apache-2.0
package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.fault.FaultKind;
import io.millrace.emulator.fault.FaultRule;
import io.millrace.model.ShardRecord;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An emulated stream of two shards, clients of it, and what went over the wire. */
final class StreamScene implements AutoCloseable {

  static final StartPosition EARLIEST = new StartPosition.Earliest();
  static final int LANE = 7;

  final StreamStage stage;
  final Emulator emulator;
  final WireTap wire = new WireTap();
  final String first;
  final String second;

  private final List<StreamClient> clients = new ArrayList<>();

  StreamScene(StreamStage stage) {
    this(stage, Emulator.builder().start());
  }

  StreamScene(StreamStage stage, Emulator emulator) {
    this.stage = stage;
    this.emulator = emulator;
    this.first = stage.shard(0);
    this.second = stage.shard(1);
    stage.create(emulator, 2);
  }

  static Credentials keys(String secret) {
    return new Credentials("testid", secret, Optional.empty());
  }

  Map<String, String> options() {
    return new HashMap<>(stage.options(stage.endpoint(emulator)));
  }

  /** A client that knows nothing yet. */
  StreamClient client() {
    return client(options(), () -> keys("testkey"));
  }

  StreamClient client(Map<String, String> options, CredentialsProvider credentials) {
    StreamClient client = stage.factory(options, credentials).open(wire);
    clients.add(client);
    return client;
  }

  ShardCursor cursor(String shard, StartPosition start) {
    return client().open(shard, LANE, start);
  }

  void put(String shard, String... texts) {
    stage.put(emulator, shard, texts);
  }

  /** Makes the next fetch that reaches the service fail. */
  void strikeFetch(FaultKind kind, int times) {
    strike(FaultRule.of(stage.service(), kind).onOperation("getRecords").times(times));
  }

  void strike(FaultRule rule) {
    emulator.dis().faults().add(rule);
  }

  void clearFaults() {
    emulator.dis().faults().clear(stage.service());
  }

  long fetches() {
    return wire.calls().stream().filter(stage::isFetch).count();
  }

  /** Until the cursor has caught up or the shard has ended. */
  List<ShardRecord> readAll(ShardCursor cursor, int atOnce) {
    List<ShardRecord> records = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(atOnce).join();
      assertThat(fetch.records()).hasSizeLessThanOrEqualTo(atOnce);
      records.addAll(fetch.records());
    } while (!fetch.caughtUp());
    return records;
  }

  List<ShardRecord> readAll(ShardCursor cursor) {
    return readAll(cursor, 1000);
  }

  List<String> texts(ShardCursor cursor) {
    return texts(readAll(cursor));
  }

  List<String> texts(List<ShardRecord> records) {
    return records.stream().map(stage::text).toList();
  }

  /** Reads on, without a record, until the shard has ended. */
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

  static StreamException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(future::join);
    assertThat(thrown).hasCauseInstanceOf(StreamException.class);
    assertThat(thrown.getCause().getMessage()).doesNotContain("\n", "testkey");
    return (StreamException) thrown.getCause();
  }

  @Override
  public void close() {
    clients.forEach(StreamClient::close);
    wire.close();
    emulator.close();
  }
}
