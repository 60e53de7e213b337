// SPDX-License-Identifier: Apache-2.0
package io.millrace.e2e.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.e2e.stage.OrderProducer;
import io.millrace.e2e.stage.PositionStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SupplyTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final AtomicLong written = new AtomicLong();

  /** A stream that takes everything. */
  private class Counting implements OrderProducer {

    @Override
    public void createStream(int shards) {}

    @Override
    public PositionStore subscribe() {
      throw new UnsupportedOperationException("nobody reads");
    }

    @Override
    public long written() {
      return written.get();
    }

    @Override
    public void put(int count) throws IOException, InterruptedException {
      written.addAndGet(count);
    }
  }

  private void awaitMoreThan(long records) {
    await().atMost(PATIENCE).until(() -> written.get() > records);
  }

  @Test
  void theRestIsPutWhenTheFaultsAreOver() throws Exception {
    try (Supply supply = new Supply(new Counting(), 20_000, 3600)) {
      supply.start();
      supply.flush();
      assertThat(written).hasValue(20_000);
    }
  }

  @Test
  void recordsGoOnComingUntilTheFaultsAreOver() throws Exception {
    try (Supply supply = new Supply(new Counting(), 10, 1)) {
      supply.start();
      awaitMoreThan(10);
      long late = written.get();
      awaitMoreThan(late);
      supply.flush();
      long put = written.get();
      supply.end();
      assertThat(written).hasValue(put);
    }
  }

  @Test
  void aRateIsKeptUntilTheFaultsAreOver() throws Exception {
    try (Supply supply = Supply.atRate(new Counting(), 1000)) {
      supply.start();
      awaitMoreThan(600);
      supply.flush();
    }
    assertThat(written.get()).isGreaterThan(600);
  }

  @Test
  void whatKeepsRecordsFromComingIsTold() throws Exception {
    OrderProducer refused =
        new Counting() {
          @Override
          public void put(int count) throws IOException {
            throw new IOException("the stream is gone");
          }
        };
    try (Supply supply = new Supply(refused, 10, 1)) {
      supply.start();
      assertThatThrownBy(supply::flush).hasMessage("the stream is gone");
      assertThatThrownBy(supply::check).hasMessage("the stream is gone");
    }
  }
}
