// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EventScanTest {

  private static List<Run> runs(String... ids) {
    StringBuilder event = new StringBuilder("{\"eventSource\":\"acs:datahub\",\"records\":[");
    for (String id : ids) {
      event
          .append("{\"eventId\":\"")
          .append(id)
          .append("\",\"systemTime\":1463000123000,\"data\":\"[\\\"eventId\\\",\\\"é\\\"]\"},");
    }
    event.setLength(event.length() - 1);
    return EventScan.runs(event.append("]}").toString().getBytes(UTF_8));
  }

  @Test
  void joinsWhatFollowsEachOther() {
    assertThat(runs("0:9", "0:10", "0:11")).containsExactly(new Run(0, 9, 3));
  }

  @Test
  void beginsAnewAtAGapAndAtAnotherShard() {
    assertThat(runs("0:1", "0:3", "255:4", "255:5", "0:4"))
        .containsExactly(new Run(0, 1, 1), new Run(0, 3, 1), new Run(255, 4, 2), new Run(0, 4, 1));
  }

  @Test
  void findsTheSequencesOfTheOneShardOfDis() {
    assertThat(
            EventScan.runs(
                ("{\"ShardID\":\"shardId-0000000012\",\"Message\":{\"next_partition_cursor\":\"e\","
                        + "\"records\":[{\"partition_key\":\"\",\"data\":\"c2Vx\","
                        + "\"sequence_number\":\"7\"},{\"partition_key\":\"\",\"data\":\"\","
                        + "\"sequence_number\":\"8\"},{\"partition_key\":\"\",\"data\":\"\","
                        + "\"sequence_number\":\"10\"}],\"millis_behind_latest\":\"\"},"
                        + "\"Tag\":\"latest\",\"StreamName\":\"orders\"}")
                    .getBytes(UTF_8)))
        .containsExactly(new Run(12, 7, 2), new Run(12, 10, 1));
  }

  @Test
  void findsNothingWhereThereIsNothing() {
    assertThat(EventScan.runs("{}".getBytes(UTF_8))).isEmpty();
    assertThat(EventScan.runs("\"eventId".getBytes(UTF_8))).isEmpty();
    assertThat(EventScan.runs("{\"ShardID\":\"shardId-0000000000\"}".getBytes(UTF_8))).isEmpty();
    assertThat(EventScan.runs("{\"ShardID\":\"".getBytes(UTF_8))).isEmpty();
  }
}
