// SPDX-License-Identifier: Apache-2.0
package io.millrace.dis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.credentials.Credentials;
import io.millrace.http.HttpAnswer;
import io.millrace.http.HttpCall;
import io.millrace.http.HttpTransport;
import io.millrace.model.StartPosition;
import io.millrace.source.StreamClient;
import io.millrace.source.StreamClient.ShardCursor;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One partition with what the emulator cannot be: gaps between sequences, ranges that end with the
 * newest record, an answer of the test's own. A cursor is {@code c} and the sequence to read next.
 */
final class FakeDis implements HttpTransport {

  final List<String> asked = new ArrayList<>();

  /** Answers to questions for cursors and records instead of the right one, the next first. */
  final Deque<HttpAnswer> instead = new ArrayDeque<>();

  String status = "ACTIVE";

  /** The listed range; empty for the right one. */
  String range = "";

  /** Whether the range, and what a refusal says of it, ends with the newest record. */
  boolean inclusive;

  /** Whether refusals of sequences say what they should have been. */
  boolean tellsRange = true;

  boolean listingHangs;

  private final List<Long> sequences = new ArrayList<>();

  StreamClient client() {
    return new DisStream(
            URI.create("http://127.0.0.1:1"),
            "p1",
            "s",
            "",
            1 << 20,
            EventForm.DEFAULT,
            () -> new Credentials("id", "secret", Optional.empty()))
        .open(this);
  }

  ShardCursor cursor(StartPosition start) {
    return client().open(EmulatedStreams.FIRST, 0, start);
  }

  void put(long... given) {
    for (long sequence : given) {
      sequences.add(sequence);
    }
  }

  void expire(int count) {
    sequences.subList(0, count).clear();
  }

  @Override
  public CompletableFuture<HttpAnswer> send(HttpCall call) {
    return listingHangs && call.uri().getPath().endsWith("/streams/s")
        ? new CompletableFuture<>()
        : CompletableFuture.completedFuture(answer(call.uri()));
  }

  private HttpAnswer answer(URI uri) {
    String path = uri.getPath();
    if (path.endsWith("/streams/s")) {
      return json(
          200,
          "{\"stream_id\":\"1\",\"create_time\":1,\"partitions\":[{\"partition_id\":"
              + "\"shardId-0000000000\",\"status\":\""
              + status
              + "\",\"sequence_number_range\":\""
              + (range.isEmpty() ? "[" + first() + " : " + last() + "]" : range)
              + "\"}],\"has_more_partitions\":false}");
    }
    Map<String, String> query = new HashMap<>();
    for (String pair : uri.getQuery().split("&")) {
      query.put(pair.split("=")[0], pair.split("=")[1]);
    }
    boolean fetch = path.endsWith("/records");
    asked.add(
        fetch
            ? "fetch"
            : query.get("cursor-type")
                + Optional.ofNullable(query.get("starting-sequence-number"))
                    .map(sequence -> " " + sequence)
                    .orElse(""));
    if (!instead.isEmpty()) {
      return instead.remove();
    }
    return fetch
        ? records(Long.parseLong(query.get("partition-cursor").substring(1)))
        : cursor(query);
  }

  private long first() {
    return sequences.isEmpty() ? 0 : sequences.get(0);
  }

  private long next() {
    return sequences.isEmpty() ? 0 : sequences.get(sequences.size() - 1) + 1;
  }

  private long last() {
    return inclusive ? next() - 1 : next();
  }

  private HttpAnswer cursor(Map<String, String> query) {
    long asked =
        Optional.ofNullable(query.get("starting-sequence-number")).map(Long::parseLong).orElse(0L);
    long sequence =
        switch (query.get("cursor-type")) {
          case "TRIM_HORIZON" -> first();
          case "AT_SEQUENCE_NUMBER" -> asked;
          case "AFTER_SEQUENCE_NUMBER" -> asked + 1;
          default -> throw new IllegalStateException(query.toString());
        };
    if (asked > last() || sequence < first()) {
      return refused(
          "DIS.4224",
          "Sequence_number out of range."
              + (tellsRange
                  ? " [" + asked + "][ should be within ][" + first() + "][ ][" + last() + "]"
                  : ""));
    }
    return json(200, "{\"partition_cursor\":\"c" + sequence + "\"}");
  }

  private HttpAnswer records(long from) {
    StringBuilder records = new StringBuilder();
    long next = from;
    for (long sequence : sequences) {
      if (sequence >= from) {
        records
            .append(records.isEmpty() ? "" : ",")
            .append("{\"sequence_number\":\"")
            .append(sequence)
            .append("\",\"data\":\"YQ==\",\"timestamp\":5}");
        next = sequence + 1;
      }
    }
    return json(200, "{\"records\":[" + records + "],\"next_partition_cursor\":\"c" + next + "\"}");
  }

  static HttpAnswer json(int status, String body) {
    return new HttpAnswer(status, Map.of(), body.getBytes(UTF_8));
  }

  static HttpAnswer refused(String code, String message) {
    return json(400, "{\"errorCode\":\"" + code + "\",\"message\":\"" + message + "\"}");
  }

  @Override
  public void close() {}
}
