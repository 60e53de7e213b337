// SPDX-License-Identifier: Apache-2.0
package io.millrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardSplitSerializerTest {

  private static final ShardSplitSerializer SERIALIZER = ShardSplitSerializer.INSTANCE;

  private static final ShardSplit MERGED =
      new ShardSplit(
          "12",
          4904,
          new StartPosition.After(new Position(77, 3, 1_700_000_000_123L)),
          List.of("4", "7"),
          true);

  @Test
  void readsWhatItWrote() throws IOException {
    for (StartPosition next :
        List.of(
            new StartPosition.Earliest(),
            new StartPosition.At(1_700_000_000_000L),
            new StartPosition.After(new Position(5, 0, 6)))) {
      ShardSplit split = new ShardSplit("0", 451, next, List.of(), false);
      assertThat(SERIALIZER.deserialize(1, SERIALIZER.serialize(split))).isEqualTo(split);
    }
    assertThat(SERIALIZER.deserialize(1, SERIALIZER.serialize(MERGED))).isEqualTo(MERGED);
  }

  /** Bytes as version 1 wrote them: they are in savepoints, and are to be read for ever. */
  @Test
  void readsVersion1() throws IOException {
    String golden =
        "0002"
            + "3132" // shard "12"
            + "00001328" // lane 4904
            + "02" // after
            + "000000000000004d" // sequence 77
            + "00000003" // index 3
            + "0000018bcfe5687b" // time
            + "00000002"
            + "0001"
            + "34"
            + "0001"
            + "37" // parents "4" and "7"
            + "01"; // finished
    assertThat(SERIALIZER.deserialize(1, HexFormat.of().parseHex(golden))).isEqualTo(MERGED);
    assertThat(HexFormat.of().formatHex(SERIALIZER.serialize(MERGED))).isEqualTo(golden);
  }

  @Test
  void refusesALaterVersion() {
    assertThatThrownBy(() -> SERIALIZER.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a split of form 2 was written by a later version of Millrace; this one reads up to 1");
  }

  @Test
  void refusesToHoldLatest() {
    assertThatThrownBy(() -> new ShardSplit("0", 451, new StartPosition.Latest(), List.of(), false))
        .hasMessage("shard 0: not resolved: Latest[]");
  }
}
