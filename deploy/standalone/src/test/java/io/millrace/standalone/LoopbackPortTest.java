// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class LoopbackPortTest {

  @Test
  void isNoneThatASystemHandsOut() {
    for (int i = 0; i < 100; i++) {
      assertThat(LoopbackPort.free()).isBetween(20_000, 31_999);
    }
  }

  @Test
  void aClusterHasTwoOfThem() {
    for (int i = 0; i < 100; i++) {
      Ports ports = Ports.pick(0);
      assertThat(ports.rest()).isNotEqualTo(ports.zooKeeper());
    }
  }

  @Test
  void oneThatIsListenedAtAnswersAndIsNotFree() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(LoopbackPort.answers(socket.getLocalPort())).isTrue();
      assertThat(LoopbackPort.isFree(socket.getLocalPort())).isFalse();
    }
  }

  @Test
  void oneThatIsTakenAndNotListenedAtDoesNotAnswer() throws Exception {
    try (Socket deaf = new Socket()) {
      deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(LoopbackPort.answers(deaf.getLocalPort())).isFalse();
    }
  }
}
