// SPDX-License-Identifier: Apache-2.0
package io.millrace.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ledger.DeliveryLedger;
import io.millrace.ledger.LedgerException;
import io.millrace.model.Position;
import io.millrace.model.StartPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which positions are written with which request. */
final class BookkeeperTest {

  private final ManualTime time = new ManualTime(1_000_000);
  private final List<Write> writes = new ArrayList<>();
  private final List<String> written = new ArrayList<>();
  private final Map<String, Integer> opened = new HashMap<>();
  private int mostTogether = 8;
  private Bookkeeper books;

  private record Write(Map<String, Long> delivered, CompletableFuture<Void> answer) {}

  private void begin(boolean strict, String... shards) {
    Lease lease = new Lease(Duration.ofDays(365));
    lease.renew(0);
    books =
        new Bookkeeper(
            "orders",
            new LedgerTerms(new Store(), "l", strict, false, "job", false, false),
            new ManualTask(
                time,
                () -> {
                  throw new AssertionError("nothing is launched here");
                }),
            lease,
            new Random(1),
            new Told());
    for (String shard : shards) {
      books.open(shard);
    }
    pump();
  }

  private void delivered(String shard, long sequence) {
    books.delivered(shard, new Position(sequence, 0, 0));
  }

  private void pump() {
    books.pump();
    time.runSoon();
  }

  private void answer(int write) {
    writes.get(write).answer().complete(null);
    time.runSoon();
  }

  private void refuse(int write, LedgerException.Kind kind) {
    writes.get(write).answer().completeExceptionally(new LedgerException(kind, "no", null));
    time.runSoon();
  }

  private List<Map<String, Long>> requests() {
    return writes.stream().map(Write::delivered).toList();
  }

  @Test
  void whatIsDeliveredDuringAWriteMakesTheNext() {
    begin(false, "1", "2", "3");
    delivered("1", 10);
    pump();
    delivered("1", 11);
    delivered("2", 20);
    pump();
    delivered("1", 12);
    delivered("3", 30);
    pump();
    assertThat(requests()).containsExactly(Map.of("1", 10L));
    answer(0);
    assertThat(requests()).containsExactly(Map.of("1", 10L), Map.of("1", 12L, "2", 20L, "3", 30L));
    assertThat(books.isBusy()).isTrue();
    answer(1);
    assertThat(books.isBusy()).isFalse();
    assertThat(written).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void aWriteHoldsNoMoreThanTheStoreTakes() {
    mostTogether = 2;
    begin(false, "1", "2", "3");
    for (int shard = 1; shard <= 3; shard++) {
      delivered(Integer.toString(shard), shard);
    }
    pump();
    assertThat(writes.get(0).delivered()).hasSize(2);
    answer(0);
    assertThat(writes.get(1).delivered()).hasSize(1);
  }

  /** Of several shards nobody knows for which one a write failed. */
  @Test
  void afterAWriteThatFailedEachIsWrittenForItself() {
    begin(false, "1", "2");
    delivered("1", 10);
    delivered("2", 20);
    pump();
    delivered("2", 21);
    refuse(0, LedgerException.Kind.MOVED);
    assertThat(requests().subList(1, 3))
        .containsExactlyInAnyOrder(Map.of("1", 10L), Map.of("2", 21L));
    assertThat(written).isEmpty();
    answer(1);
    answer(2);
    delivered("1", 11);
    delivered("2", 22);
    pump();
    assertThat(requests().get(3)).isEqualTo(Map.of("1", 11L, "2", 22L));
  }

  @Test
  void aShardThatWasMovedMeanwhileIsOpenedAgainBeforeItIsWritten() {
    begin(false, "1", "2");
    delivered("1", 10);
    delivered("2", 20);
    pump();
    books.resume("1");
    delivered("1", 3);
    refuse(0, LedgerException.Kind.UNAVAILABLE);
    assertThat(opened).isEqualTo(Map.of("1", 2, "2", 1));
    assertThat(requests().subList(1, 3))
        .containsExactlyInAnyOrder(Map.of("1", 3L), Map.of("2", 20L));
  }

  @Test
  void aShardThatIsDoneWithIsForgottenOnceItIsWritten() {
    begin(false, "1", "2");
    delivered("1", 10);
    delivered("2", 20);
    pump();
    books.close("1");
    assertThat(books.isOpen("1")).isTrue();
    refuse(0, LedgerException.Kind.UNAVAILABLE);
    assertThat(books.isOpen("1")).isTrue();
    answer(1);
    answer(2);
    assertThat(books.isOpen("1")).isFalse();
    assertThat(books.isOpen("2")).isTrue();
  }

  /** Lanes wait for a strict ledger, and none is to wait for what others write. */
  @Test
  void aStrictLedgerIsWrittenAtOnce() {
    begin(true, "1", "2");
    delivered("1", 10);
    pump();
    delivered("2", 20);
    pump();
    assertThat(requests()).containsExactly(Map.of("1", 10L), Map.of("2", 20L));
  }

  @Test
  void aStoreThatTakesOneAtATimeIsGivenOne() {
    mostTogether = 1;
    begin(false, "1", "2");
    delivered("1", 10);
    delivered("2", 20);
    pump();
    assertThat(requests()).containsExactlyInAnyOrder(Map.of("1", 10L), Map.of("2", 20L));
  }

  private final class Store implements DeliveryLedger {

    @Override
    public CompletableFuture<Entry> open(String shard) {
      opened.merge(shard, 1, Integer::sum);
      return CompletableFuture.completedFuture(new Entry(new StartPosition.Earliest(), 0));
    }

    @Override
    public CompletableFuture<Void> write(String shard, Position delivered) {
      return add(Map.of(shard, delivered.sequence()));
    }

    @Override
    public int mostTogether() {
      return mostTogether;
    }

    @Override
    public CompletableFuture<Void> write(Map<String, Position> delivered) {
      Map<String, Long> sequences = new HashMap<>();
      delivered.forEach((shard, position) -> sequences.put(shard, position.sequence()));
      return add(sequences);
    }

    private CompletableFuture<Void> add(Map<String, Long> sequences) {
      Write write = new Write(sequences, new CompletableFuture<>());
      writes.add(write);
      return write.answer();
    }

    @Override
    public void close() {}
  }

  private final class Told implements Bookkeeper.Lanes {
    @Override
    public void opened(String shard, DeliveryLedger.Entry entry) {}

    @Override
    public void moved(String shard, DeliveryLedger.Entry entry) {
      throw new AssertionError(shard);
    }

    @Override
    public void written(String shard) {
      written.add(shard);
    }

    @Override
    public void unknown(String shard) {
      throw new AssertionError(shard);
    }

    @Override
    public void failing(String shard, String message) {}
  }
}
