// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.http.HttpCall;
import io.millrace.http.HttpSettings;
import io.millrace.http.HttpTransport;
import io.millrace.http.JettyTransport;
import java.time.Duration;
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
    StringBuilder event = new StringBuilder();
    event.append("{\"eventSource\":\"acs:datahub\",\"eventName\":\"acs:datahub:putRecord\",");
    event.append("\"eventSourceARN\":\"/projects/bench/topics/").append(assignment.topic());
    event.append("\",\"region\":\"local\",\"records\":[");
    for (int sequence = 0; sequence < assignment.records(); sequence++) {
      event.append(sequence == 0 ? "" : ",");
      event.append("{\"eventId\":\"").append(shard).append(':').append(sequence);
      event.append("\",\"systemTime\":").append(System.currentTimeMillis());
      event.append(",\"data\":\"[\\\"").append("x".repeat(assignment.bytes()));
      event.append("\\\"]\"}");
    }
    return event.append("]}").toString().getBytes(US_ASCII);
  }
}
