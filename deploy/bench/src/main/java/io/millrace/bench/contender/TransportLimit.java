// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.http.HttpCall;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Millrace's HTTP client alone: for each shard one call after another, always with the same event,
 * which was written beforehand. Unsigned, and no answer is looked at.
 */
final class TransportLimit {

  private static final int KEPT = 1024;

  private final HttpTransport transport = new JettyTransport(HttpSettings.DEFAULT);

  static void begin(Assignment assignment) {
    TransportLimit limit = new TransportLimit();
    for (int shard = 0; shard < assignment.shards(); shard++) {
      limit.callAgain(
          new HttpCall(
              "POST",
              assignment.invocations(),
              List.of(Map.entry("Content-Type", "application/octet-stream")),
              event(shard, assignment),
              Duration.ofSeconds(Assignment.TIMEOUT_SECONDS),
              KEPT));
    }
  }

  private void callAgain(HttpCall call) {
    // On the transport's threads from the first answer on.
    var unused = transport.send(call).whenComplete((answer, failure) -> callAgain(call));
  }

  private static byte[] event(int shard, Assignment assignment) {
    StringBuilder records = new StringBuilder();
    for (int sequence = 0; sequence < assignment.records(); sequence++) {
      records.append(sequence == 0 ? "" : ",").append(record(shard, sequence, assignment));
    }
    String event =
        switch (assignment.pair()) {
          case DATAHUB_FC ->
              """
              {"eventSource":"acs:datahub","eventName":"acs:datahub:putRecord",\
              "eventSourceARN":"/projects/bench/topics/%s","region":"local","records":[%s]}\
              """
                  .formatted(assignment.topic(), records);
          case DIS_FUNCTIONGRAPH ->
              """
              {"ShardID":"shardId-%010d","Message":{"next_partition_cursor":"","records":[%s],\
              "millis_behind_latest":""},"Tag":"latest","StreamName":"%s"}\
              """
                  .formatted(shard, records, assignment.topic());
        };
    return event.getBytes(US_ASCII);
  }

  private static String record(int shard, int sequence, Assignment assignment) {
    String payload = "x".repeat(assignment.bytes());
    return switch (assignment.pair()) {
      case DATAHUB_FC ->
          """
          {"eventId":"%d:%d","systemTime":%d,"data":"[\\"%s\\"]"}\
          """
              .formatted(shard, sequence, System.currentTimeMillis(), payload);
      case DIS_FUNCTIONGRAPH ->
          """
          {"partition_key":"","data":"%s","sequence_number":"%d"}\
          """
              .formatted(Base64.getEncoder().encodeToString(payload.getBytes(US_ASCII)), sequence);
    };
  }
}
