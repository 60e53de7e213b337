// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dispatch.lane.LaneSnapshot;
import io.millrace.dispatch.lane.LastError;
import io.millrace.dispatch.lane.LedgerMark;
import io.millrace.dispatch.lane.Suspension;
import io.millrace.model.Position;
import io.millrace.model.ShardRecord;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** The forms of state, byte by byte: what was written once must be readable for ever. */
final class StateFormsTest {

  private static final ShardRecord RECORD =
      new ShardRecord("7", 42, 12345, 1, 1463000123000L, new byte[] {1, 2, 3}, false);
  private static final String RECORD_FORM_1 =
      "01"
          + "000137"
          + "0000002a"
          + "0000000000003039"
          + "00000001"
          + "00000154a19a4678"
          + "00"
          + "00000003"
          + "010203";

  private static final LaneSnapshot LANE =
      new LaneSnapshot(
          "7",
          5,
          9,
          2,
          3,
          1_000,
          1_000,
          Suspension.BY_HAND,
          false,
          Optional.of(new Position(4, 0, 77)),
          Optional.of(new LastError("boom", "r1", 88)),
          10,
          11,
          12,
          0,
          Optional.empty(),
          LedgerMark.NONE,
          List.of());
  private static final String LANE_FORM_1 =
      "01"
          + "000137"
          + "0000000000000005"
          + "0000000000000009"
          + "00000002"
          + "00000003"
          + "00000000000003e8"
          + "01"
          + "00"
          + "01"
          + "0000000000000004"
          + "00000000"
          + "000000000000004d"
          + "01"
          + "0004626f6f6d"
          + "01"
          + "00027231"
          + "0000000000000058"
          + "000000000000000a"
          + "000000000000000b"
          + "000000000000000c";
  private static final LaneSnapshot LANE_WITH_LEDGER =
      new LaneSnapshot(
          "7",
          0,
          0,
          0,
          0,
          0,
          0,
          Suspension.NONE,
          false,
          Optional.empty(),
          Optional.empty(),
          0,
          0,
          0,
          0,
          Optional.empty(),
          new LedgerMark("l", 3, List.of(new Position(4, 0, 77)), "job"),
          List.of("c"));
  private static final String LANE_FORM_2 =
      "02"
          + "000137"
          + "00".repeat(8 + 8 + 4 + 4 + 8 + 1 + 1 + 1 + 1 + 8 + 8 + 8)
          + "00016c"
          + "0000000000000003"
          + "00000001"
          + "0000000000000004"
          + "00000000"
          + "000000000000004d"
          + "00036a6f62"
          + "000163";

  private static final LaneSnapshot LANE_SKIPPED =
      new LaneSnapshot(
          "7",
          5,
          9,
          2,
          3,
          1_000,
          500,
          Suspension.EXHAUSTED,
          true,
          Optional.of(new Position(4, 0, 77)),
          Optional.empty(),
          10,
          11,
          12,
          13,
          Optional.of(new Position(8, 1, 78)),
          LedgerMark.NONE,
          List.of("c", "d"));
  private static final String LANE_FORM_3 =
      "03"
          + "000137"
          + "0000000000000005"
          + "0000000000000009"
          + "00000002"
          + "00000003"
          + "00000000000003e8"
          + "00000000000001f4"
          + "02"
          + "01"
          + "01"
          + "0000000000000004"
          + "00000000"
          + "000000000000004d"
          + "00"
          + "000000000000000a"
          + "000000000000000b"
          + "000000000000000c"
          + "000000000000000d"
          + "01"
          + "0000000000000008"
          + "00000001"
          + "000000000000004e"
          + "0000"
          + "0000000000000000"
          + "00000000"
          + "0000"
          + "02"
          + "000163"
          + "000164";

  private static <T> String written(VersionedSerializer<T> serializer, T value) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return HexFormat.of().formatHex(out.getCopyOfBuffer());
  }

  private static <T> T read(VersionedSerializer<T> serializer, String hex) throws IOException {
    return serializer.deserialize(new DataInputDeserializer(HexFormat.of().parseHex(hex)));
  }

  @Test
  void recordsKeepTheirForm() throws IOException {
    assertThat(written(ShardRecordSerializer.INSTANCE, RECORD)).isEqualTo(RECORD_FORM_1);
    ShardRecord read = read(ShardRecordSerializer.INSTANCE, RECORD_FORM_1);
    assertThat(read).isEqualTo(RECORD);
    assertThat(read.lane()).isEqualTo(42);
    assertThat(read.time()).isEqualTo(RECORD.time());
    assertThat(Arrays.equals(read.body(), RECORD.body())).isTrue();
  }

  @Test
  void lanesKeepTheirForm() throws IOException {
    assertThat(written(LaneSnapshotSerializer.INSTANCE, LANE_SKIPPED)).isEqualTo(LANE_FORM_3);
    assertThat(read(LaneSnapshotSerializer.INSTANCE, LANE_FORM_3)).isEqualTo(LANE_SKIPPED);
    assertThat(read(LaneSnapshotSerializer.INSTANCE, LANE_FORM_2)).isEqualTo(LANE_WITH_LEDGER);
    assertThat(read(LaneSnapshotSerializer.INSTANCE, LANE_FORM_1)).isEqualTo(LANE);
  }

  @Test
  void aLaterFormIsRefusedByName() {
    assertThatThrownBy(() -> read(LaneSnapshotSerializer.INSTANCE, "04" + "000137"))
        .hasMessageContaining("form 4")
        .hasMessageContaining("later version");
  }

  @Test
  void anErrorOfAnyLengthAndScriptFits() throws IOException {
    LaneSnapshot long1 =
        new LaneSnapshot(
            "7",
            0,
            0,
            0,
            0,
            0,
            0,
            Suspension.NONE,
            false,
            Optional.empty(),
            Optional.of(new LastError("失".repeat(100_000), "失".repeat(100_000), 1)),
            0,
            0,
            0,
            0,
            Optional.empty(),
            LedgerMark.NONE,
            List.of());
    LaneSnapshot read =
        read(LaneSnapshotSerializer.INSTANCE, written(LaneSnapshotSerializer.INSTANCE, long1));
    assertThat(read.lastError().orElseThrow().message()).hasSize(2000);
    assertThat(read.lastError().orElseThrow().requestId()).hasSize(200);
  }
}
