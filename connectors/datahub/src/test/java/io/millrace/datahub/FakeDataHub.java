// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.FieldData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordData;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.RecordEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One shard, "0", with what the emulator cannot be: sequences shared by several records, gaps, an
 * answer of the test's own. A cursor is {@code c} and the number of the record since the beginning.
 */
final class FakeDataHub implements HttpTransport {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMPTY = "3" + "0".repeat(31);

  final List<String> asked = new ArrayList<>();

  /** Answers to give instead of the right one, the next first. */
  final Deque<CompletableFuture<HttpAnswer>> instead = new ArrayDeque<>();

  String state = "ACTIVE";
  String topic = "{\"RecordType\":\"TUPLE\",\"RecordSchema\":\"{\\\"fields\\\":[{}]}\"}";

  /** The listing; empty for one with the shard in its state. */
  String shards = "";

  boolean tellsLatest = true;
  boolean acceptsTheEnd = true;

  private final List<RecordEntry> records = new ArrayList<>();
  private int expired;

  /** Appends records of one sequence. */
  void put(long sequence, int count) {
    for (int i = 0; i < count; i++) {
      records.add(
          RecordEntry.newBuilder()
              .setSequence(sequence)
              .setSystemTime(1000 + sequence)
              .setData(
                  RecordData.newBuilder()
                      .addData(
                          FieldData.newBuilder()
                              .setValue(ByteString.copyFromUtf8(sequence + "." + i))))
              .build());
    }
  }

  /** Drops the oldest records. */
  void expire(int count) {
    expired += count;
  }

  /** Becomes another topic of the same name. */
  void recreate() {
    records.clear();
    expired = 0;
  }

  void refuseNext(String code) {
    instead.add(refused(code));
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    try {
      String path = call.uri().getPath();
      if (path.endsWith("/topics/t01")) {
        return json(topic);
      }
      if (path.endsWith("/shards")) {
        return json(
            shards.isEmpty()
                ? "{\"Shards\":[{\"ShardId\":\"0\",\"State\":\"" + state + "\"}]}"
                : shards);
      }
      boolean fetch = call.headers().contains(Map.entry("x-datahub-request-action", "sub"));
      JsonNode seek = fetch ? JSON.missingNode() : JSON.readTree(call.body());
      asked.add(
          fetch
              ? "fetch"
              : seek.path("Type").asText()
                  + (seek.has("Sequence") ? " " + seek.path("Sequence").asLong() : ""));
      if (!instead.isEmpty()) {
        return instead.remove();
      }
      return fetch ? fetched(call) : sought(seek);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<HttpAnswer> fetched(HttpCall call) throws IOException {
    GetRecordsRequest request = GetRecordsRequest.parseFrom(DataHubFrame.unwrap(call.body()));
    int from =
        request.getCursor().equals(EMPTY)
            ? expired
            : Integer.parseInt(request.getCursor().substring(1));
    if (from < expired) {
      return refused("InvalidCursor");
    }
    int to = Math.min(records.size(), from + request.getLimit());
    if (from == records.size() && !state.equals("ACTIVE")) {
      return refused("InvalidShardOperation");
    }
    GetRecordsResponse.Builder answer =
        GetRecordsResponse.newBuilder()
            .setNextCursor(to == from ? request.getCursor() : "c" + to)
            .setRecordCount(to - from)
            .addAllRecords(records.subList(from, to));
    if (tellsLatest && !records.isEmpty()) {
      answer.setLatestSequence(records.get(records.size() - 1).getSequence());
    }
    byte[] body = DataHubFrame.wrap(answer.build().toByteArray());
    return CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), body));
  }

  private CompletableFuture<HttpAnswer> sought(JsonNode seek) {
    if (records.size() == expired && !seek.path("Type").asText().equals("SEQUENCE")) {
      return json("{\"Cursor\":\"" + EMPTY + "\",\"Sequence\":0}");
    }
    return switch (seek.path("Type").asText()) {
      case "OLDEST" -> at(expired);
      case "LATEST" -> at(firstOf(records.get(records.size() - 1).getSequence()));
      case "SEQUENCE" -> atSequence(seek.path("Sequence").asLong());
      default -> refused("SeekOutOfRange");
    };
  }

  private CompletableFuture<HttpAnswer> atSequence(long sequence) {
    int index = firstOf(sequence);
    boolean end = index == records.size();
    boolean isNext =
        end && !records.isEmpty() && records.get(index - 1).getSequence() + 1 == sequence;
    boolean known = !end && (records.get(index).getSequence() == sequence || index > expired);
    if (index < expired || !(known || (isNext && acceptsTheEnd && expired < records.size()))) {
      return refused("SeekOutOfRange");
    }
    return at(index);
  }

  private int firstOf(long sequence) {
    int index = 0;
    while (index < records.size() && records.get(index).getSequence() < sequence) {
      index++;
    }
    return index;
  }

  private CompletableFuture<HttpAnswer> at(int index) {
    long sequence =
        index < records.size()
            ? records.get(index).getSequence()
            : records.get(index - 1).getSequence() + 1;
    return json("{\"Cursor\":\"c" + index + "\",\"Sequence\":" + sequence + "}");
  }

  private static CompletableFuture<HttpAnswer> json(String body) {
    return CompletableFuture.completedFuture(new HttpAnswer(200, Map.of(), body.getBytes(UTF_8)));
  }

  static CompletableFuture<HttpAnswer> refused(String code) {
    byte[] body =
        ("{\"RequestId\":\"q\",\"ErrorCode\":\"" + code + "\",\"ErrorMessage\":\"because\"}")
            .getBytes(UTF_8);
    return CompletableFuture.completedFuture(
        new HttpAnswer(400, Map.of("x-datahub-request-id", "q-1"), body));
  }

  @Override
  public void close() {}
}
