// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.stage;

import java.util.concurrent.TimeUnit;

/** A thread that looks at something again and again, until it is closed. */
final class Watch implements AutoCloseable {

  private final long intervalMillis;
  private final Runnable look;
  private final Thread thread;

  /**
   * Begins at once.
   *
   * @param name of the thread
   * @param intervalMillis from the end of one look to the next
   */
  Watch(String name, long intervalMillis, Runnable look) {
    this.intervalMillis = intervalMillis;
    this.look = look;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        look.run();
        TimeUnit.MILLISECONDS.sleep(intervalMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the last look is over. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
