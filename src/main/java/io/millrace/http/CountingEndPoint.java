// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A socket that counts the bytes the operating system took from it. A request whose connection was
 * found dead has taken none, and then it is certain that nobody acted on it.
 */
final class CountingEndPoint extends SocketChannelEndPoint {

  private final AtomicLong written = new AtomicLong();

  CountingEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /** The socket under a connection's layers. */
  static CountingEndPoint of(EndPoint endPoint) {
    EndPoint inner = endPoint;
    while (inner instanceof EndPoint.Wrapper wrapper) {
      inner = wrapper.unwrap();
    }
    return (CountingEndPoint) inner;
  }

  /** Bytes written so far; while a write is under way, all of it counts. */
  long written() {
    return written.get();
  }

  // Counted before and corrected after: another thread that sees the connection fail must not read
  // "nothing written" between the system call and our counting.
  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long offered = remaining(buffers);
    written.addAndGet(offered);
    boolean done;
    try {
      done = super.flush(buffers);
    } catch (IOException | RuntimeException e) {
      written.addAndGet(-offered);
      throw e;
    }
    written.addAndGet(-remaining(buffers));
    return done;
  }

  private static long remaining(ByteBuffer... buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }
}
