// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.aliyun.datahub.client.DatahubClient;
import com.aliyun.datahub.client.DatahubClientBuilder;
import com.aliyun.datahub.client.auth.AliyunAccount;
import com.aliyun.datahub.client.common.DatahubConfig;
import com.aliyun.datahub.client.http.HttpConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.credentials.Credentials;
import io.millrace.credentials.CredentialsProvider;
import io.millrace.emulator.Emulator;
import io.millrace.emulator.datahub.DataHubEmulator;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import io.millrace.model.ShardRecord;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.Fetch;
import io.millrace.source.StreamClient.ShardCursor;
import io.millrace.source.StreamException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The emulator, clients of ours and of the vendor's, and what went over the wire of ours. */
final class EmulatedTopics implements HttpTransport {

  static final String PROJECT = "test_project";

  /** A limit for what hangs, not for what is slow. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  final Emulator emulator;
  final List<HttpCall> calls = new CopyOnWriteArrayList<>();
  final List<HttpAnswer> answers = new CopyOnWriteArrayList<>();

  private final HttpTransport transport = new JettyTransport(new HttpSettings(PATIENCE, 1024));
  private final List<StreamClient> clients = new ArrayList<>();

  EmulatedTopics() {
    this(Emulator.builder().clock(InstantSource.fixed(Instant.now())).start());
  }

  EmulatedTopics(Emulator emulator) {
    this.emulator = emulator;
    emulator.dataHub().createProject(PROJECT);
  }

  DataHubEmulator dataHub() {
    return emulator.dataHub();
  }

  StreamClient client(String topic) {
    return client(topic, WireForm.DEFAULT, EventForm.DEFAULT);
  }

  StreamClient client(String topic, WireForm wire, EventForm form) {
    return client(topic, "", wire, form, () -> keys(Optional.empty()));
  }

  StreamClient client(
      String topic,
      String subscription,
      WireForm wire,
      EventForm form,
      CredentialsProvider credentials) {
    StreamClient client =
        new DataHubStream(
                emulator.dataHubEndpoint(),
                "/projects/" + PROJECT + "/topics/" + topic,
                subscription,
                wire,
                form,
                credentials)
            .open(this);
    clients.add(client);
    return client;
  }

  static Credentials keys(Optional<String> token) {
    return new Credentials("testid", "testkey", token);
  }

  /** The vendor's own. */
  DatahubClient sdk() {
    return DatahubClientBuilder.newBuilder()
        .setDatahubConfig(
            new DatahubConfig(
                emulator.dataHubEndpoint().toString(), new AliyunAccount("testid", "testkey")))
        .setHttpConfig(
            new HttpConfig()
                .setConnTimeout((int) PATIENCE.toMillis())
                .setReadTimeout((int) PATIENCE.toMillis()))
        .build();
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    calls.add(call);
    return transport
        .send(call)
        .thenApply(
            answer -> {
              answers.add(answer);
              return answer;
            });
  }

  @Override
  public void close() {
    clients.forEach(StreamClient::close);
    transport.close();
    emulator.close();
  }

  /** Until the cursor has caught up or the shard has ended. */
  static List<ShardRecord> readAll(ShardCursor cursor, int atOnce) {
    List<ShardRecord> records = new ArrayList<>();
    Fetch fetch;
    do {
      fetch = cursor.fetch(atOnce).join();
      records.addAll(fetch.records());
    } while (!fetch.caughtUp());
    return records;
  }

  static List<ShardRecord> readAll(ShardCursor cursor) {
    return readAll(cursor, 1000);
  }

  /** The record's {@code data}. */
  static String data(ShardRecord record) {
    try {
      JsonNode body = JSON.readTree(record.body());
      assertThat(body.path("eventId").asText()).isEqualTo(record.shard() + ":" + record.sequence());
      assertThat(body.path("systemTime").asLong()).isEqualTo(record.time());
      return body.path("data").asText();
    } catch (IOException e) {
      throw new AssertionError(new String(record.body(), UTF_8), e);
    }
  }

  /** The columns in the record's {@code data}, null where one is null. */
  static List<String> columns(ShardRecord record) {
    try {
      List<String> columns = new ArrayList<>();
      for (JsonNode column : JSON.readTree(data(record))) {
        columns.add(column.isNull() ? null : column.asText());
      }
      return columns;
    } catch (IOException e) {
      throw new AssertionError(data(record), e);
    }
  }

  static StreamException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(future::join);
    assertThat(thrown).hasCauseInstanceOf(StreamException.class);
    return (StreamException) thrown.getCause();
  }
}
