// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class StatusTableTest {

  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  @Test
  void aLineForAShardAndTheLastErrorInFull() throws IOException {
    String status =
        """
        {"job":"j1","name":"orders","state":"RUNNING","function":"s/f",
         "blocked":{"since":%1$d,"message":"403 Forbidden"},
         "shards":[
          {"shard":"0","state":"RETRYING","waitingFor":"NEXT_ATTEMPT","position":{"sequence":41,"index":0,"time":1},
           "readPosition":50,"lagRecords":9,"lagMs":61000,"attempts":3,"nextAttemptAt":%2$d,
           "inFlightSince":null,"lastError":{"message":"Boom, with a long text","requestId":"r-1",
           "at":%1$d},"latencyMs":{"p50":40,"p99":2100,"calls":7},"recordsPerEnvelope":10.5,
           "envelopes":4,"records":42,"discarded":2,"subtask":1,"host":"h"},
          {"shard":"1","state":"DELIVERING","position":null,"readPosition":null,"lagRecords":null,
           "lagMs":null,"attempts":0,"nextAttemptAt":null,"inFlightSince":%1$d,"lastError":null,
           "envelopes":0,"records":0,"discarded":0,"subtask":0,"host":"h"}]}
        """
            .formatted(NOW.toEpochMilli() - 90_000, NOW.toEpochMilli() + 1500);

    assertThat(print(status).lines())
        .containsExactly(
            "orders  RUNNING  job j1",
            "BLOCKED since 2026-11-21T23:58:30Z: s/f: 403 Forbidden",
            "SHARD  STATE       WAITS FOR     DELIVERED  READ  LAG  BEHIND  ATTEMPTS  NEXT     CALL"
                + " FOR  P50   P99   EVENTS  RECORDS  PER EVENT  SKIPPED  SUBTASK",
            "0      RETRYING    next attempt  41         50    9    1m1s    3         in 1.5s  -   "
                + "      40ms  2.1s  4       42       10.5       2        1@h",
            "1      DELIVERING  -             -          -     -    -       0         -        1m30s"
                + "     -     -     0       0        -          0        0@h",
            "",
            "shard 0, last error, 2026-11-21T23:58:30Z, request r-1:",
            "  Boom, with a long text");
  }

  @Test
  void aJobThatDoesNotRunHasNoShards() throws IOException {
    assertThat(print("{\"job\":\"j1\",\"name\":\"orders\",\"state\":\"FINISHED\",\"shards\":[]}"))
        .isEqualToNormalizingNewlines("orders  FINISHED  job j1\nno shards reported yet\n");
  }

  private static String print(String status) throws IOException {
    StringWriter text = new StringWriter();
    StatusTable.print(
        new ObjectMapper().readTree(status),
        Clock.fixed(NOW, ZoneOffset.UTC),
        new PrintWriter(text, true));
    return text.toString();
  }
}
