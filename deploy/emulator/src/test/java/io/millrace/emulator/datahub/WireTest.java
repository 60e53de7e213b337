// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.datahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.emulator.CapturedRequest;
import io.millrace.emulator.datahub.ShardLog.Place;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames and cursors, byte by byte. */
class WireTest {

  private static final byte[] READ =
      HexFormat.of()
          .parseHex(
              "44485542f3265210000000240a2033303030356166313962333830303030303030303030303030303030"
                  + "303030301064");

  @Test
  void opensAndSealsTheFramesOfTheSdk() {
    List<CapturedRequest> framed =
        CapturedRequest.load("datahub-protobuf.jsonl").stream()
            .filter(request -> request.headers().containsKey("x-datahub-request-action"))
            .toList();
    assertThat(framed).hasSizeGreaterThan(3);
    for (CapturedRequest request : framed) {
      byte[] sent = request.body();
      assertThat(Frame.open(sent).remaining()).isEqualTo(sent.length - Frame.HEADER);
      byte[] resealed = new byte[sent.length];
      System.arraycopy(sent, Frame.HEADER, resealed, Frame.HEADER, sent.length - Frame.HEADER);
      assertThat(Frame.seal(resealed)).isEqualTo(sent);
    }
  }

  @Test
  void refusesABrokenFrame() {
    for (int i = 0; i < READ.length; i++) {
      byte[] broken = READ.clone();
      broken[i] ^= 1;
      assertThatThrownBy(() -> Frame.open(broken))
          .as("byte " + i)
          .isInstanceOf(DataHubException.class);
    }
    byte[] unchecked = READ.clone();
    for (int i = 4; i < 8; i++) {
      unchecked[i] = 0;
    }
    assertThat(Frame.open(unchecked).remaining()).isEqualTo(READ.length - Frame.HEADER);
    assertThatThrownBy(() -> Frame.open(new byte[5])).hasMessageContaining("5 bytes");
  }

  @Test
  void writesCursorsAsTheServiceDoes() {
    assertThat(text(0, 0, 0)).isEqualTo("30000000000000000000000000000000");
    assertThat(text(7, 0, 0)).isEqualTo("30000000000000000000000000000000");
    assertThat(text(0, 6, 1_463_000_123_000L))
        .isEqualTo("3000" + "57339c3b" + "0000000000000006" + "0000");
  }

  @Test
  void readsItsOwnCursorsOnly() {
    assertThat(Cursor.place(300, text(300, 1L << 40, 1_463_000_123_000L)))
        .isEqualTo(new Place(1L << 40, 0, 0));
    assertThat(Cursor.place(7, text(7, 0, 0))).isEqualTo(new Place(0, 0, 0));
    assertThat(Cursor.place(7, Cursor.text(7, new Place(5, 4095, 1000))))
        .isEqualTo(new Place(5, 4095, 0));
    for (String cursor :
        List.of(
            "",
            "c",
            text(8, 3, 1000),
            text(7, 3, 1000) + "0",
            "4" + text(7, 3, 1000).substring(1),
            text(7, 3, 1000).replace('3', 'g'))) {
      assertThatThrownBy(() -> Cursor.place(7, cursor))
          .isInstanceOfSatisfying(
              DataHubException.class, e -> assertThat(e.code()).isEqualTo("InvalidCursor"));
    }
  }

  private static String text(int shard, long sequence, long time) {
    return Cursor.text(shard, new Place(sequence, 0, time));
  }
}
