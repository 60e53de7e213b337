// SPDX-License-Identifier: Apache-2.0
package io.millrace.datahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsRequest;
import com.aliyun.datahub.client.model.protobuf.DatahubProtos.GetRecordsResponse;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Held to frames that the SDK sent and accepted, recorded on the wire. */
final class DataHubFrameTest {

  private static final String TUPLE =
      "44485542eee9d3cb000000980a20333030303561663139623338303030303030303030303030303030313030"
          + "3030100118052267220233302a023331300538f88ce98cca2a42080a060a016b1201764a4a0a030a01730a03"
          + "0a01310a050a03312e350a060a04747275650a120a10313436333030303132333030303030300a070a053132"
          + "2e33300a030a01370a060a04312e32350a030a01310a00280530f88ce98cca2a";

  @Test
  void wrapsAsTheSdkDoes() {
    byte[] message =
        GetRecordsRequest.newBuilder()
            .setCursor("30005af19b3800000000000000000000")
            .setLimit(100)
            .build()
            .toByteArray();

    assertThat(HexFormat.of().formatHex(DataHubFrame.wrap(message)))
        .isEqualTo(
            "44485542f3265210000000240a20333030303561663139623338303030303030303030303030303030303030"
                + "30301064");
  }

  @Test
  void unwrapsWhatTheSdkAccepts() throws Exception {
    GetRecordsResponse answer = GetRecordsResponse.parseFrom(DataHubFrame.unwrap(bytes(TUPLE)));

    assertThat(answer.getRecordsCount()).isEqualTo(1);
    assertThat(answer.getRecords(0).getSequence()).isEqualTo(5);
    assertThat(answer.getLatestSequence()).isEqualTo(5);
  }

  @Test
  void aCrcOfZeroIsNoCrc() throws Exception {
    String without = TUPLE.substring(0, 8) + "00000000" + TUPLE.substring(16);

    assertThat(GetRecordsResponse.parseFrom(DataHubFrame.unwrap(bytes(without))).getRecordsCount())
        .isEqualTo(1);
  }

  @Test
  void damageIsNoticed() {
    byte[] flipped = bytes(TUPLE);
    flipped[60] ^= 1;
    assertThatThrownBy(() -> DataHubFrame.unwrap(flipped)).hasMessageContaining("CRC");

    byte[] cut = java.util.Arrays.copyOf(bytes(TUPLE), 100);
    assertThatThrownBy(() -> DataHubFrame.unwrap(cut)).hasMessageContaining("holds 88");

    byte[] other = bytes(TUPLE);
    other[0] = 'X';
    assertThatThrownBy(() -> DataHubFrame.unwrap(other)).hasMessageContaining("no DHUB frame");

    assertThatThrownBy(() -> DataHubFrame.unwrap(new byte[5])).hasMessageContaining("5 bytes");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
