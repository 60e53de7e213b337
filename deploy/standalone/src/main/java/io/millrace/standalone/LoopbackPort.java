// SPDX-License-Identifier: Apache-2.0
package io.millrace.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.random.RandomGenerator;

/**
 * Ports of loopback for those who must know one before they listen there, or come back to it.
 *
 * <p>They are none of those that a system hands out by itself, to listeners and to connections
 * (Linux from 32768 on, others from 49152 on): while nobody listens there, only somebody who wants
 * that very port can take it.
 */
public final class LoopbackPort {

  private static final int FIRST = 20_000;
  private static final int BEHIND = 32_000;
  private static final int TRIES = 1_000;

  private LoopbackPort() {}

  /** One where nobody listens. */
  public static int free() {
    RandomGenerator random = RandomGenerator.getDefault();
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(FIRST, BEHIND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new ClusterException(
        "No free port on loopback, of %d tried between %d and %d".formatted(TRIES, FIRST, BEHIND));
  }

  /** Whether somebody listens there: asked without listening, which would keep others from it. */
  static boolean answers(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether one could listen there. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
