// SPDX-License-Identifier: Apache-2.0
package io.millrace.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A socket that asks whether a request may still go out, right before each part of it does, and
 * counts the bytes the operating system took.
 *
 * <p>A process can be frozen at any moment before a write, and thaw when what it was about to send
 * is another's business. And a request whose connection was found dead has taken no bytes; then it
 * is certain that nobody acted on it.
 */
final class CallEndPoint extends SocketChannelEndPoint {

  private static final BooleanSupplier ALWAYS = () -> true;

  private final AtomicLong written = new AtomicLong();
  private volatile BooleanSupplier permit = ALWAYS;

  /** True once a write was refused: it is not to go out with what ends the connection, either. */
  private volatile boolean shut;

  CallEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  /** The socket under a connection's layers. */
  static CallEndPoint of(EndPoint endPoint) {
    EndPoint inner = endPoint;
    while (inner instanceof EndPoint.Wrapper wrapper) {
      inner = wrapper.unwrap();
    }
    return (CallEndPoint) inner;
  }

  /** Bytes written so far; while a write is under way, all of it counts. */
  long written() {
    return written.get();
  }

  /**
   * From now on everything is written with this permit, until {@link #permitAll}.
   *
   * @param permit asked before each write, on any thread; a refused write fails, and so does its
   *     connection
   */
  void permitWith(BooleanSupplier permit) {
    this.permit = permit;
  }

  /** A request is through, or given up. */
  void permitAll() {
    permit = ALWAYS;
  }

  // Counted before and corrected after: another thread that sees the connection fail must not read
  // "nothing written" between the system call and our counting.
  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    if (shut || !permit.getAsBoolean()) {
      shut = true;
      throw new NotLetOutException();
    }
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

  /** The permit was refused; nothing of this write has left. */
  static final class NotLetOutException extends IOException {

    private static final long serialVersionUID = 1L;

    NotLetOutException() {
      super("may not be sent any more");
    }
  }
}
