// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventReaderTest {

  @Test
  void readsDataHubsEvents() {
    assertThat(
            EventReader.dataHub()
                .records(
                    "{\"eventId\":\"9:9\",\"records\":[{\"eventId\":\"0:1\",\"data\":\"[\\\"x\\\"]\"},"
                        + "{\"data\":{\"eventId\":\"8:8\"},\"eventId\":\"0:2\"}]}"))
        .containsExactly(new RecordId("0", 1), new RecordId("0", 2));
  }

  @Test
  void readsDissEvents() {
    assertThat(
            EventReader.dis()
                .records(
                    "{\"ShardID\":\"shardId-0000000003\",\"Message\":{\"next_partition_cursor\":\"x\","
                        + "\"records\":[{\"partition_key\":\"k\",\"data\":\"\",\"sequence_number\":\"7\"},"
                        + "{\"partition_key\":\"k\",\"data\":\"\",\"sequence_number\":\"8\"}],"
                        + "\"millis_behind_latest\":\"\"},\"Tag\":\"latest\",\"StreamName\":\"s\"}"))
        .containsExactly(
            new RecordId("shardId-0000000003", 7), new RecordId("shardId-0000000003", 8));
  }

  @Test
  void refusesWhatIsNoEvent() {
    assertThatThrownBy(() -> EventReader.dis().records("{\"ShardID\":"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                EventReader.dis()
                    .records("{\"Message\":{\"records\":[{\"sequence_number\":\"7\"}]}}"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EventReader.dataHub().records("{\"records\":[{\"eventId\":\"7\"}]}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
