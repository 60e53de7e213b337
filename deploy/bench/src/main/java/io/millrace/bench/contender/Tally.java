// SPDX-License-Identifier: Apache-2.0
package io.millrace.bench.contender;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a contender has done that calls no function: told on standard output, calls and records in
 * all, several times a second.
 */
final class Tally {

  private static final long TELL_MILLIS = 20;

  private static final AtomicLong CALLS = new AtomicLong();
  private static final AtomicLong RECORDS = new AtomicLong();

  private Tally() {}

  static void add(int records) {
    RECORDS.addAndGet(records);
    CALLS.incrementAndGet();
  }

  static void tell() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  System.out.println(CALLS.get() + " " + RECORDS.get());
                  TimeUnit.MILLISECONDS.sleep(TELL_MILLIS);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "tally");
    thread.setDaemon(true);
    thread.start();
  }
}
