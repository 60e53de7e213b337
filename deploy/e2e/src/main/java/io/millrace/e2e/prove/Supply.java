// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import io.millrace.e2e.stage.OrderProducer;
import io.millrace.e2e.stage.Pause;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps records coming while faults are made: so fast that they last about until the last fault,
 * and the rest at full speed after it. A fault is over when records are delivered again, so where
 * faults take longer than was thought there are more records than were planned. One thread of its
 * own puts them.
 */
final class Supply implements AutoCloseable {

  private static final int LEAST_SECONDS = 20;
  private static final int SLOWEST = 20;
  private static final int FASTEST = 4_000;
  private static final int BATCH = 500;

  private final OrderProducer producer;
  private final long records;
  private final OptionalInt fixed;
  private final Thread thread;
  private final AtomicInteger secondsToCome;
  private volatile boolean flushing;
  private volatile Optional<IOException> failure = Optional.empty();

  /**
   * @param records to be put in all, at the least
   * @param seconds that all faults take, roughly
   */
  Supply(OrderProducer producer, long records, int seconds) {
    this(producer, records, seconds, OptionalInt.empty());
  }

  private Supply(OrderProducer producer, long records, int seconds, OptionalInt fixed) {
    this.producer = producer;
    this.records = records;
    this.fixed = fixed;
    this.secondsToCome = new AtomicInteger(seconds);
    this.thread = new Thread(this::run, "supply");
    thread.setDaemon(true);
  }

  /** As many records a second as are asked for, whatever is done meanwhile, until it is flushed. */
  static Supply atRate(OrderProducer producer, int rate) {
    return new Supply(producer, Long.MAX_VALUE, 0, OptionalInt.of(rate));
  }

  void start() {
    thread.start();
  }

  /** One fault less to last for, which took so many of the seconds. */
  void faultDone(int seconds) {
    secondsToCome.addAndGet(-seconds);
  }

  /** Puts the rest, where there is one, at full speed and returns when all is put. */
  void flush() throws IOException, InterruptedException {
    flushing = true;
    thread.join();
    check();
  }

  /** Fails where the records stopped coming. */
  void check() throws IOException {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private void run() {
    long last = System.nanoTime();
    double due = BATCH;
    try {
      while (!isEnough()) {
        long now = System.nanoTime();
        due += rate() * (now - last) / 1e9;
        last = now;
        long open = records - producer.written();
        int count =
            (int) Math.min(open > 0 ? open : BATCH, flushing ? BATCH : Math.min(BATCH, (long) due));
        if (count == 0) {
          Pause.briefly();
          continue;
        }
        producer.put(count);
        due = count == open ? 0 : Math.max(0, due - count);
        if (!flushing) {
          Pause.briefly();
        }
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    } catch (RuntimeException e) {
      // The SDK throws these too; a proof on the records put until then would prove too little.
      failure = Optional.of(new IOException("the producer failed: " + e, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isEnough() {
    return flushing && (fixed.isPresent() || producer.written() >= records);
  }

  private double rate() {
    if (fixed.isPresent()) {
      return fixed.getAsInt();
    }
    double seconds = Math.max(LEAST_SECONDS, secondsToCome.get());
    return Math.max(SLOWEST, Math.min(FASTEST, (records - producer.written()) / seconds));
  }

  /** Puts no more, and returns when that is so. */
  void end() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }
}
