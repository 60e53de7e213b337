// SPDX-License-Identifier: Apache-2.0
package io.millrace.emulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose port is its own, whether it listens or not. */
final class LoopbackServerTest {

  private static final int OUTAGES = 100;

  private LoopbackServer server;

  @BeforeEach
  void start() {
    server = LoopbackServer.start("test", 0, Optional.empty(), exchange -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** On a busy machine, where threads that hold the port are late to let go of it. */
  @Test
  void comesUpAtOnceAsOftenAsItGoesDown() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread[] busy = new Thread[2 * Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < busy.length; i++) {
      busy[i] = new Thread(() -> spin(done), "busy-" + i);
      busy[i].start();
    }
    try {
      for (int i = 0; i < OUTAGES; i++) {
        server.goDown();
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        server.comeUp();
        connect();
      }
    } finally {
      done.set(true);
      for (Thread thread : busy) {
        thread.join();
      }
    }
    assertThat(server.isUp()).isTrue();
  }

  private static void spin(AtomicBoolean done) {
    while (!done.get()) {
      Thread.onSpinWait();
    }
  }

  private void connect() throws IOException {
    URI uri = server.uri();
    new Socket(InetAddress.getLoopbackAddress(), uri.getPort()).close();
  }
}
