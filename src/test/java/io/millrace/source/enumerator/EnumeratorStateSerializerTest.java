// SPDX-License-Identifier: Apache-2.0
package io.millrace.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.StartPosition;
import io.millrace.source.ShardSplit;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnumeratorStateSerializerTest {

  private static final EnumeratorStateSerializer SERIALIZER = EnumeratorStateSerializer.INSTANCE;

  private static final EnumeratorState STATE =
      new EnumeratorState(
          1024,
          true,
          List.of(
              new TrackedShard(
                  "0", 451, List.of(), new StartPosition.Earliest(), ShardState.DRAINED),
              new TrackedShard(
                  "1", 2340, List.of("0"), new StartPosition.At(9), ShardState.READING),
              new TrackedShard(
                  "2", 3592, List.of("1"), new StartPosition.Earliest(), ShardState.NEW)),
          List.of(new ShardSplit("1", 2340, new StartPosition.At(9), List.of("0"), false)));

  /** Bytes as version 1 wrote them: they are in savepoints, and are to be read for ever. */
  private static final String VERSION_1 =
      "00000400" // maximum parallelism 1024
          + "01" // begun
          + "00000003"
          + ("0001" + "30" + "000001c3" + "00000000" + "00" + "02")
          + ("0001" + "31" + "00000924" + "00000001" + "000130" + "01" + "0000000000000009" + "01")
          + ("0001" + "32" + "00000e08" + "00000001" + "000131" + "00" + "00")
          + "00000001" // form of the splits
          + "00000001"
          + ("00000018" + "000131" + "00000924" + "01" + "0000000000000009")
          + ("00000001" + "000130" + "00");

  @Test
  void readsVersion1() throws IOException {
    EnumeratorState read = SERIALIZER.deserialize(1, HexFormat.of().parseHex(VERSION_1));
    assertThat(read).usingRecursiveComparison().isEqualTo(STATE);
    assertThat(HexFormat.of().formatHex(SERIALIZER.serialize(STATE))).isEqualTo(VERSION_1);
  }

  @Test
  void refusesALaterVersion() {
    assertThatThrownBy(() -> SERIALIZER.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("written by a later version of Millrace");
  }

  @Test
  void knowsWhichSplitsReadersHeld() {
    EnumeratorState held = new EnumeratorState(1024, true, STATE.shards(), List.of());
    assertThat(held.scattered()).containsExactly("1");
    assertThat(STATE.scattered()).isEmpty();
  }
}
